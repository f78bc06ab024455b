package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A parameter as a direction and a length, {@code g v / |v|}; see {@link Parametrizations}. */
final class WeightNorm extends Parametrization {

  private final Parameter computed;
  private final @Nullable Integer dim;
  private final Parameter direction;
  private final Parameter length;

  WeightNorm(Parameter computed, @Nullable Integer dim) {
    this.computed = computed;
    Shape shape = computed.shape();
    this.dim = dim == null ? null : Integer.valueOf(shape.axis(dim));
    Shape lengths = Shape.scalar();
    if (this.dim != null) {
      int[] dims = new int[shape.rank()];
      Arrays.fill(dims, 1);
      dims[this.dim] = shape.dim(this.dim);
      lengths = Shape.of(dims);
    }
    // The direction first, because the first length is its.
    float[] first = new float[Math.toIntExact(lengths.size())];
    direction =
        parameter(
            "original1",
            shape,
            (values, s, random) -> {
              computed.initializer().fill(values, s, random);
              lengths(values, s, first);
            });
    length =
        parameter(
            "original0",
            lengths,
            (values, s, random) -> System.arraycopy(first, 0, values, 0, first.length));
  }

  private void lengths(float[] values, Shape s, float[] lengths) {
    double[] squares = new double[lengths.length];
    long inner = dim == null ? 1 : s.product(dim + 1, s.rank());
    for (int i = 0; i < values.length; i++) {
      int k = dim == null ? 0 : (int) (i / inner % s.dim(dim));
      squares[k] += (double) values[i] * values[i];
    }
    for (int k = 0; k < lengths.length; k++) {
      lengths[k] = (float) Math.sqrt(squares[k]);
    }
  }

  @Override
  Tensor compute() {
    Tensor v = direction.value();
    int rank = v.shape().rank();
    int[] others = IntStream.range(0, rank).filter(a -> dim == null || a != dim).toArray();
    Tensor norm = dim == null ? v.norm() : others.length == 0 ? v.abs() : v.norm(2, others, true);
    return v.mul(length.value().div(norm));
  }

  @Override
  Tensor computeAsItIs() {
    return compute();
  }

  @Override
  Parameter original() {
    return direction;
  }

  @Override
  Parameter computed() {
    return computed;
  }

  @Override
  public String toString() {
    return "WeightNorm(dim=" + dim + ")";
  }
}
