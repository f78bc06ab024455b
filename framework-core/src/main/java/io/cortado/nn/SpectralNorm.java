package io.cortado.nn;

import io.cortado.Philox;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.pointwise.Pointwise;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A parameter divided by its largest singular value; see {@link Parametrizations}. */
final class SpectralNorm extends Parametrization {

  /** How many power iterations the first vectors come from. */
  private static final int FIRST_ITERATIONS = 15;

  private final Parameter computed;
  private final int iterations;
  private final float eps;
  private final int dim;
  private final Parameter original;
  private final @Nullable Vectors vectors; // null for a parameter of one axis
  private final Pointwise normalize;

  /** The left and the right singular vector. */
  private static final class Vectors extends Module {
    final float[] firstU;
    final float[] firstV;
    final StateTensor u;
    final StateTensor v;

    Vectors(int rows, int columns) {
      firstU = new float[rows];
      firstV = new float[columns];
      u = state("_u", Shape.of(rows), () -> firstU);
      v = state("_v", Shape.of(columns), () -> firstV);
    }
  }

  SpectralNorm(Parameter computed, int iterations, float eps, int dim) {
    this.computed = computed;
    this.iterations = iterations;
    this.eps = eps;
    Shape shape = computed.shape();
    this.dim = shape.axis(dim);
    normalize = Pointwise.of("normalize", (x, norm) -> x.div(norm.clampMin(eps)));
    int rows = shape.dim(dim);
    int columns = Math.toIntExact(shape.size() / Math.max(1, rows));
    vectors = shape.rank() < 2 ? null : child("0", new Vectors(rows, columns));
    original =
        parameter(
            "original",
            shape,
            (values, s, random) -> {
              computed.initializer().fill(values, s, random);
              if (vectors != null) {
                first(values, s, vectors, random);
              }
            });
  }

  // ---------------------------------------------------------------- the first vectors

  private void first(float[] w, Shape s, Vectors to, Philox random) {
    double[] u = new double[to.firstU.length];
    double[] v = new double[to.firstV.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextGaussian();
    }
    toLengthOne(v);
    for (int i = 0; i < FIRST_ITERATIONS; i++) {
      product(w, s, v, u, false);
      product(w, s, u, v, true);
    }
    for (int i = 0; i < u.length; i++) {
      to.firstU[i] = (float) u[i];
    }
    for (int i = 0; i < v.length; i++) {
      to.firstV[i] = (float) v[i];
    }
  }

  /** Computes the matrix, or its transpose, times a vector, and makes the length 1. */
  private void product(float[] w, Shape s, double[] x, double[] y, boolean transposed) {
    Arrays.fill(y, 0);
    int inner = Math.toIntExact(s.product(dim + 1, s.rank()));
    int rows = s.dim(dim);
    for (int i = 0; i < w.length; i++) {
      int row = i / inner % rows;
      int column = i / (inner * rows) * inner + i % inner;
      y[transposed ? column : row] += w[i] * x[transposed ? row : column];
    }
    toLengthOne(y);
  }

  private void toLengthOne(double[] x) {
    double squares = 0;
    for (double e : x) {
      squares += e * e;
    }
    double length = Math.max(Math.sqrt(squares), eps);
    for (int i = 0; i < x.length; i++) {
      x[i] /= length;
    }
  }

  // ---------------------------------------------------------------- the parameter

  @Override
  Tensor compute() {
    return compute(isTraining());
  }

  @Override
  Tensor computeAsItIs() {
    return compute(false);
  }

  private Tensor compute(boolean iterate) {
    Tensor w = original.value();
    if (vectors == null) {
      return normalize.apply(w, w.norm());
    }
    Tensor matrix = matrix(w);
    Tensor u = vectors.u.value();
    Tensor v = vectors.v.value();
    if (iterate) {
      Step step = w.device().currentStep("spectralNorm");
      Tensor[] better = step.withoutRecording(() -> improved(matrix, vectors.v.value()));
      u = better[0];
      v = better[1];
      keep(u, vectors.u.value());
      keep(v, vectors.v.value());
    }
    return w.div(u.dot(matrix.matmul(v)));
  }

  private Tensor matrix(Tensor w) {
    int rank = w.shape().rank();
    int[] axes = new int[rank];
    axes[0] = dim;
    for (int a = 0, to = 1; a < rank; a++) {
      if (a != dim) {
        axes[to++] = a;
      }
    }
    Tensor rowsFirst = dim == 0 ? w : w.permute(axes);
    return rowsFirst.reshape(w.dim(dim), -1);
  }

  private Tensor[] improved(Tensor matrix, Tensor first) {
    Tensor transposed = matrix.transpose(0, 1);
    Tensor u = first;
    Tensor v = first;
    for (int i = 0; i < iterations; i++) {
      u = unit(matrix.matmul(v));
      v = unit(transposed.matmul(u));
    }
    return new Tensor[] {u, v};
  }

  private Tensor unit(Tensor x) {
    return normalize.apply(x, x.norm());
  }

  private static void keep(Tensor from, Tensor to) {
    to.device().backend().copy(from.buffer(), 0, to.buffer(), 0, from.size());
    to.markOverwritten();
  }

  @Override
  Parameter original() {
    return original;
  }

  @Override
  Parameter computed() {
    return computed;
  }

  @Override
  public String toString() {
    return "SpectralNorm(dim=" + dim + ")";
  }
}
