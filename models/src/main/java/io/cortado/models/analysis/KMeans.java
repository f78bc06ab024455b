package io.cortado.models.analysis;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.Tensor;
import java.util.SplittableRandom;

/**
 * Clusters of points around their means.
 *
 * <p>S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28,
 * 1982; the first means are drawn as by D. Arthur and S. Vassilvitskii, "k-means++: the advantages
 * of careful seeding", 2007. Of several starts the one with the smallest distances counts.
 */
public final class KMeans {

  private static final int STARTS = 4;
  private static final int MOST_ITERATIONS = 100;

  private final float[] rows;
  private final int width;
  private final int clusters;
  private final double[] squares;

  private KMeans(float[] rows, int width, int clusters) {
    this.rows = rows;
    this.width = width;
    this.clusters = clusters;
    squares = new double[rows.length / width];
    for (int i = 0; i < rows.length; i++) {
      squares[i / width] += (double) rows[i] * rows[i];
    }
  }

  private record Assigned(int[] clusters, double distance) {}

  /**
   * Returns each row's cluster.
   *
   * @param device computes the distances
   * @param rows row after row
   * @param width numbers in a row
   * @throws IllegalArgumentException if there are fewer rows than clusters
   */
  public static int[] cluster(Device device, float[] rows, int width, int clusters, long seed) {
    if (clusters < 1 || rows.length / width < clusters) {
      throw new IllegalArgumentException(
          "k-means: %d clusters of %d rows; there has to be a row for each"
              .formatted(clusters, rows.length / width));
    }
    KMeans k = new KMeans(rows, width, clusters);
    SplittableRandom random = new SplittableRandom(seed);
    Assigned best = null;
    try (Tensors points = new Tensors(device, rows, width)) {
      for (int start = 0; start < STARTS; start++) {
        Assigned a = k.lloyd(points, k.firstMeans(points, random));
        if (best == null || a.distance() < best.distance()) {
          best = a;
        }
      }
    }
    return best == null ? new int[0] : best.clusters();
  }

  /** The rows on the device, and their products with means. */
  private record Tensors(Device device, Scope scope, Tensor rows) implements AutoCloseable {

    Tensors(Device device, float[] rows, int width) {
      this(device, device.scope(), rows, width);
    }

    private Tensors(Device device, Scope scope, float[] rows, int width) {
      this(device, scope, scope.tensor(rows, rows.length / width, width));
    }

    float[] times(float[] means) {
      int width = rows.dim(1);
      try (Step step = device.inference()) {
        Tensor m = step.tensor(means, means.length / width, width);
        return rows.matmul(m.transpose(0, 1)).toFloatArray();
      }
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /**
   * Draws rows, each with a probability that grows with the square of its distance to those drawn.
   */
  private float[] firstMeans(Tensors points, SplittableRandom random) {
    float[] means = new float[clusters * width];
    double[] distance = new double[squares.length];
    int chosen = random.nextInt(squares.length);
    for (int c = 0; ; c++) {
      System.arraycopy(rows, chosen * width, means, c * width, width);
      if (c == clusters - 1) {
        return means;
      }
      float[] mean = new float[width];
      System.arraycopy(rows, chosen * width, mean, 0, width);
      float[] products = points.times(mean);
      double all = 0;
      for (int i = 0; i < distance.length; i++) {
        double d = Math.max(0, squares[i] - 2.0 * products[i] + squares[chosen]);
        distance[i] = c == 0 ? d : Math.min(d, distance[i]);
        all += distance[i];
      }
      double u = random.nextDouble() * all;
      chosen = 0;
      while (chosen < distance.length - 1 && (u -= distance[chosen]) > 0) {
        chosen++;
      }
    }
  }

  private Assigned lloyd(Tensors points, float[] means) {
    int[] of = new int[squares.length];
    double before = Double.POSITIVE_INFINITY;
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      double distance = assign(points.times(means), means, of);
      if (distance >= before) {
        break;
      }
      before = distance;
      update(of, means);
    }
    return new Assigned(of, before);
  }

  private double assign(float[] products, float[] means, int[] of) {
    double[] norms = new double[clusters];
    for (int i = 0; i < means.length; i++) {
      norms[i / width] += (double) means[i] * means[i];
    }
    double sum = 0;
    for (int r = 0; r < of.length; r++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int c = 0; c < clusters; c++) {
        double d = norms[c] - 2.0 * products[r * clusters + c];
        if (d < nearest) {
          nearest = d;
          of[r] = c;
        }
      }
      sum += nearest + squares[r];
    }
    return sum;
  }

  /** A cluster that lost all its points keeps its mean. */
  private void update(int[] of, float[] means) {
    double[] sums = new double[means.length];
    int[] counts = new int[clusters];
    for (int r = 0; r < of.length; r++) {
      counts[of[r]]++;
      for (int i = 0; i < width; i++) {
        sums[of[r] * width + i] += rows[r * width + i];
      }
    }
    for (int i = 0; i < means.length; i++) {
      if (counts[i / width] > 0) {
        means[i] = (float) (sums[i] / counts[i / width]);
      }
    }
  }
}
