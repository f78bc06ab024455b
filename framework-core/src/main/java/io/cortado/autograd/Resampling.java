package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.IndexSpec;
import java.util.List;

/** Values between those of an axis. */
public final class Resampling {

  private Resampling() {}

  /**
   * What each new element is made of: of as many old ones as there are taps.
   *
   * @param extent of the axis before
   * @param indices int32, one tensor for each tap, with the number of an old element for each new
   *     one
   * @param weights one tensor for each tap, with what that element counts
   */
  public record Taps(int extent, List<Tensor> indices, List<Tensor> weights) {

    /** Copies the lists. */
    public Taps {
      indices = List.copyOf(indices);
      weights = List.copyOf(weights);
    }
  }

  /**
   * Computes the elements of an axis anew as weighted sums of its old ones: {@code y[i] = sum over
   * taps t of weight[t][i] x[index[t][i]]}.
   *
   * @throws IllegalArgumentException if the axis is not of the extent that the taps are for
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html">
   *     torch.nn.functional.interpolate</a>
   */
  public static Tensor resample(Tensor x, int axis, Taps taps) {
    Step step = Checks.step("resample", x);
    Checks.floats("resample", x);
    if (x.dim(axis) != taps.extent()) {
      throw new IllegalArgumentException(
          "resample: axis %d of tensor %s has not the extent %d that the taps are for"
              .formatted(axis, x.shape(), taps.extent()));
    }
    int count = taps.indices().getFirst().dim(0);
    Tensor y = step.empty(x.shape().with(axis, count));
    Along along = new Along(x, axis, y, taps);
    if (along.single()) {
      along.gather(0, x.buffer(), 0, y.buffer());
    } else {
      along.forward(step, x.buffer(), y.buffer());
    }
    return step.records(x)
        ? step.record("resample", y, g -> along.backward(step, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  /** One call. */
  private record Along(Backend backend, IndexSpec spec, BinarySpec weigh, long size, Taps taps) {

    Along(Tensor x, int axis, Tensor y, Taps taps) {
      AxisSpec a = AxisSpec.of(x.shape(), axis);
      int count = y.dim(axis);
      int outer = Math.toIntExact(a.outer());
      Shape rows = Shape.of(outer, count, Math.toIntExact(a.inner()), 1);
      this(
          x.device().backend(),
          new IndexSpec("resample", a.outer(), a.extent(), count, a.inner(), true),
          new BinarySpec(BinaryOp.MUL, rows, Shape.of(1, count, 1, 1), rows),
          y.size(),
          taps);
    }

    /** Says whether each new element is an old one. */
    boolean single() {
      return taps.weights().isEmpty();
    }

    void gather(int tap, Buffer x, float beta, Buffer y) {
      backend.gather(spec, taps.indices().get(tap).buffer(), x, beta, y);
    }

    void forward(Step step, Buffer x, Buffer y) {
      try (Temporaries temporaries = new Temporaries(step)) {
        Buffer taken = temporaries.floats(size);
        for (int t = 0; t < taps.indices().size(); t++) {
          gather(t, x, 0, taken);
          backend.binary(weigh, taken, taps.weights().get(t).buffer(), t == 0 ? 0 : 1, y);
        }
      }
    }

    void backward(Step step, Buffer dy, float beta, Buffer dx) {
      if (single()) {
        backend.scatterAdd(spec, taps.indices().getFirst().buffer(), dy, beta, dx);
        return;
      }
      try (Temporaries temporaries = new Temporaries(step)) {
        Buffer weighted = temporaries.floats(size);
        for (int t = 0; t < taps.indices().size(); t++) {
          backend.binary(weigh, dy, taps.weights().get(t).buffer(), 0, weighted);
          float added = t == 0 ? beta : 1;
          backend.scatterAdd(spec, taps.indices().get(t).buffer(), weighted, added, dx);
        }
      }
    }
  }
}
