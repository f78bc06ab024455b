package io.cortado.loss;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;

/** What the losses of contrasted embeddings have in common. */
final class Contrast {

  /** The square of the length below which PyTorch's normalize leaves a vector short. */
  private static final float SHORTEST = 1e-24f;

  private static final Pointwise UNIT =
      Pointwise.of("normalize", (x, squares) -> x.mul(squares.clampMin(SHORTEST).rsqrt()));

  private static final Pointwise NOT_ITSELF =
      Pointwise.of(
          "contrast",
          3,
          in -> in.get(1).eq(in.get(2)).where(Expr.of(Float.NEGATIVE_INFINITY), in.get(0)));

  private Contrast() {}

  /** Complains unless both are [N, D] with at least one row. */
  static void check(String what, Tensor a, Tensor b) {
    if (a.shape().rank() != 2 || !a.shape().equals(b.shape()) || a.dim(0) == 0) {
      throw new IllegalArgumentException(
          "%s: embeddings of shapes %s and %s; both need one shape [N, D] with N at least 1"
              .formatted(what, a.shape(), b.shape()));
    }
  }

  static float temperature(String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(
          what + ": temperature " + value + " has to be above 0; 0.05 to 0.5 are usual");
    }
    return (float) value;
  }

  /** Divides each row by its length. */
  static Tensor unit(Tensor rows) {
    return UNIT.apply(rows, rows.square().sum(-1, true));
  }

  /** Makes what each row has in common with itself impossible. */
  static Tensor withoutItself(Tensor logits) {
    int n = logits.dim(0);
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i;
    }
    Device device = logits.device();
    return NOT_ITSELF.apply(logits, device.tensor(numbers, n, 1), device.tensor(numbers, 1, n));
  }

  /** Labels each of n rows with the one that is some rows behind it, in a circle. */
  static Tensor partners(Device device, int n, int behind) {
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = (i + behind) % n;
    }
    return device.tensor(labels, n);
  }
}
