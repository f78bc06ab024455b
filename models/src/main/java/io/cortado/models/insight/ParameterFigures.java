package io.cortado.models.insight;

import io.cortado.backend.Buffer;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures the weights and the gradients of a model as they lie in its flat buffers. */
public final class ParameterFigures {

  /** Of more parameters than these, the first are measured. */
  private static final int MOST = 100;

  private static final int CHUNK = 1 << 16;

  private final ParameterStore store;
  private final float[] chunk;

  /** Makes one for a model's parameters. */
  public ParameterFigures(ParameterStore store) {
    this.store = store;
    this.chunk = new float[(int) Math.min(CHUNK, store.size())];
  }

  /**
   * One parameter.
   *
   * @param weight its values
   * @param gradient its gradient of the last step; null if it is frozen
   */
  public record Figure(String name, String shape, Spread weight, @Nullable Spread gradient) {}

  /** Measures all; waits for the device. Between steps. */
  public List<Figure> measure() {
    List<Figure> figures = new ArrayList<>();
    List<Parameter> parameters = store.parameters();
    for (int i = 0; i < Math.min(MOST, parameters.size()); i++) {
      Parameter p = parameters.get(i);
      figures.add(
          new Figure(
              p.name(),
              p.shape().toString(),
              spread(store.values(), p),
              p.isTrainable() ? spread(store.gradients(), p) : null));
    }
    return figures;
  }

  /** Returns the norm of all from those of the parts. */
  public static double norm(List<Figure> figures, boolean ofGradients) {
    double sum = 0;
    for (Figure f : figures) {
      Spread s = ofGradients ? f.gradient : f.weight;
      sum += s == null ? 0 : s.norm() * s.norm();
    }
    return Math.sqrt(sum);
  }

  private Spread spread(Buffer from, Parameter p) {
    return Spread.of(
        p.shape().size(),
        chunk,
        (at, into, n) -> store.device().backend().download(from, p.offset() + at, into, 0, n));
  }
}
