package io.cortado.models.page;

import io.cortado.backend.Buffer;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures the weights and the gradients of a model as they lie in its flat buffers. */
final class ParameterFigures {

  /** How many bars a histogram has. */
  static final int BARS = 30;

  /** Of more parameters than these, the first are measured. */
  private static final int MOST = 100;

  private static final int CHUNK = 1 << 16;

  private final ParameterStore store;
  private final float[] chunk;

  ParameterFigures(ParameterStore store) {
    this.store = store;
    this.chunk = new float[(int) Math.min(CHUNK, store.size())];
  }

  /**
   * What one parameter's values are like.
   *
   * @param norm their Euclidean norm
   * @param min the smallest finite one
   * @param max the largest finite one
   * @param bars how many lie in each {@link #BARS}-th from min to max
   * @param notFinite how many are infinite or NaN
   */
  record Spread(double norm, float min, float max, int[] bars, long notFinite) {}

  /**
   * One parameter.
   *
   * @param weight its values
   * @param gradient its gradient of the last step; null if it is frozen
   */
  record Figure(String name, String shape, Spread weight, @Nullable Spread gradient) {}

  /** Measures all; waits for the device. Between steps. */
  List<Figure> measure() {
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
  static double norm(List<Figure> figures, boolean ofGradients) {
    double sum = 0;
    for (Figure f : figures) {
      Spread s = ofGradients ? f.gradient : f.weight;
      sum += s == null ? 0 : s.norm * s.norm;
    }
    return Math.sqrt(sum);
  }

  private Spread spread(Buffer from, Parameter p) {
    long size = p.shape().size();
    double squares = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    long notFinite = 0;
    for (long at = 0; at < size; at += chunk.length) {
      int n = read(from, p, at);
      for (int i = 0; i < n; i++) {
        float v = chunk[i];
        squares += (double) v * v;
        if (Math.abs(v) <= Float.MAX_VALUE) {
          min = Math.min(min, v);
          max = Math.max(max, v);
        } else {
          notFinite++;
        }
      }
    }
    return notFinite == size
        ? new Spread(Math.sqrt(squares), 0, 0, new int[BARS], notFinite)
        : new Spread(Math.sqrt(squares), min, max, bars(from, p, min, max), notFinite);
  }

  private int[] bars(Buffer from, Parameter p, float min, float max) {
    int[] bars = new int[BARS];
    long size = p.shape().size();
    double scale = max > min ? BARS / ((double) max - min) : 0;
    for (long at = 0; at < size; at += chunk.length) {
      // A parameter of one chunk is still there.
      int n = size <= chunk.length ? (int) size : read(from, p, at);
      for (int i = 0; i < n; i++) {
        float v = chunk[i];
        if (Math.abs(v) <= Float.MAX_VALUE) {
          bars[Math.min(BARS - 1, (int) ((v - min) * scale))]++;
        }
      }
    }
    return bars;
  }

  private int read(Buffer from, Parameter p, long at) {
    int n = (int) Math.min(chunk.length, p.shape().size() - at);
    store.device().backend().download(from, p.offset() + at, chunk, 0, n);
    return n;
  }
}
