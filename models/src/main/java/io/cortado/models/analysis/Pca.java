package io.cortado.models.analysis;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Principal components: the directions in which rows of numbers differ most.
 *
 * <p>A row {@code x} becomes {@code (x - mean) B'}; of all linear maps to so few numbers and back,
 * this one has the smallest mean squared error (C. Eckart and G. Young, "The approximation of one
 * matrix by another of lower rank", Psychometrika 1, 1936).
 */
public final class Pca {

  /** Rows of the covariance's sum that one product adds. */
  private static final int CHUNK = 8192;

  /** An error that has come this near to its last value is no longer improved. */
  private static final double CONVERGED = 1e-7;

  private static final int MOST_ITERATIONS = 500;

  private final double[] mean;
  private final double[][] components;

  private Pca(double[] mean, double[][] components) {
    this.mean = mean;
    this.components = components;
  }

  /**
   * Finds the first components, by orthogonal iteration on the covariance.
   *
   * @param device computes the covariance
   * @param rows row after row
   * @param width numbers in a row
   * @param count how many components, at most {@code width}
   * @throws IllegalArgumentException if there are no two rows, or more components than numbers
   */
  public static Pca fit(Device device, float[] rows, int width, int count) {
    int n = rows.length / width;
    if (n < 2 || count < 1 || count > width) {
      throw new IllegalArgumentException(
          "pca: %d components of %d rows of %d numbers; give 1 to %d components and two rows or more"
              .formatted(count, n, width, width));
    }
    double[] mean = new double[width];
    for (int i = 0; i < n * width; i++) {
      mean[i % width] += rows[i] / (double) n;
    }
    double[][] covariance = covariance(device, rows, mean);
    return new Pca(mean, axes(covariance, iterate(covariance, count)));
  }

  private static double[][] covariance(Device device, float[] rows, double[] mean) {
    int width = mean.length;
    int n = rows.length / width;
    double[][] sum = new double[width][width];
    for (int from = 0; from < n; from += CHUNK) {
      int count = Math.min(CHUNK, n - from);
      float[] centred = new float[count * width];
      for (int i = 0; i < centred.length; i++) {
        centred[i] = (float) (rows[from * width + i] - mean[i % width]);
      }
      try (Step step = device.inference()) {
        Tensor x = step.tensor(centred, count, width);
        float[] part = x.transpose(0, 1).matmul(x).toFloatArray();
        for (int i = 0; i < part.length; i++) {
          sum[i / width][i % width] += part[i] / (double) n;
        }
      }
    }
    return sum;
  }

  private static double[][] iterate(double[][] covariance, int count) {
    int width = covariance.length;
    SplittableRandom random = new SplittableRandom(1);
    double[][] basis = new double[count][width];
    for (double[] b : basis) {
      for (int i = 0; i < width; i++) {
        b[i] = random.nextDouble() - 0.5;
      }
    }
    orthonormalize(basis);
    double before = 0;
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      double[][] next = new double[count][width];
      double captured = 0;
      for (int k = 0; k < count; k++) {
        for (int i = 0; i < width; i++) {
          axpy(basis[k][i], covariance[i], next[k]);
        }
        captured += dot(next[k], basis[k]);
      }
      basis = next;
      orthonormalize(basis);
      if (captured - before <= CONVERGED * captured) {
        break;
      }
      before = captured;
    }
    return basis;
  }

  /**
   * Turns a basis of the components' space into the components, the largest variance first: the
   * iteration ends when the space is found, whichever way its axes lie in it (Rayleigh and Ritz).
   */
  private static double[][] axes(double[][] covariance, double[][] basis) {
    int count = basis.length;
    int width = covariance.length;
    double[][] within = new double[count][count];
    for (int k = 0; k < count; k++) {
      double[] image = new double[width];
      for (int i = 0; i < width; i++) {
        axpy(basis[k][i], covariance[i], image);
      }
      for (int l = 0; l < count; l++) {
        within[k][l] = dot(image, basis[l]);
      }
    }
    JacobiEigen eigen = JacobiEigen.of(within);
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> -eigen.values()[k]))
            .mapToInt(k -> k)
            .toArray();
    double[][] axes = new double[count][width];
    for (int k = 0; k < count; k++) {
      for (int l = 0; l < count; l++) {
        axpy(eigen.vectors()[order[k]][l], basis[l], axes[k]);
      }
    }
    return axes;
  }

  /** Gram and Schmidt's procedure, twice for the digits that the first pass loses. */
  private static void orthonormalize(double[][] basis) {
    for (int k = 0; k < basis.length; k++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < k; j++) {
          axpy(-dot(basis[k], basis[j]), basis[j], basis[k]);
        }
      }
      double norm = Math.sqrt(dot(basis[k], basis[k]));
      for (int i = 0; norm > 0 && i < basis[k].length; i++) {
        basis[k][i] /= norm;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void axpy(double factor, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }

  /** Returns how many components there are. */
  public int count() {
    return components.length;
  }

  /** Returns the rows' coordinates along the components, row after row. */
  public float[] project(float[] rows) {
    int width = mean.length;
    int n = rows.length / width;
    float[] codes = new float[n * count()];
    double[] centred = new double[width];
    for (int r = 0; r < n; r++) {
      for (int i = 0; i < width; i++) {
        centred[i] = rows[r * width + i] - mean[i];
      }
      for (int k = 0; k < count(); k++) {
        codes[r * count() + k] = (float) dot(centred, components[k]);
      }
    }
    return codes;
  }

  /** Returns what the rows' coordinates stand for: the rows as far as the components tell them. */
  public float[] reconstruct(float[] rows) {
    float[] codes = project(rows);
    int width = mean.length;
    float[] back = new float[rows.length];
    for (int r = 0; r < rows.length / width; r++) {
      double[] row = mean.clone();
      for (int k = 0; k < count(); k++) {
        axpy(codes[r * count() + k], components[k], row);
      }
      for (int i = 0; i < width; i++) {
        back[r * width + i] = (float) row[i];
      }
    }
    return back;
  }
}
