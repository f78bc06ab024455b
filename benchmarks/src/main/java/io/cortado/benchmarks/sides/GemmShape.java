package io.cortado.benchmarks.sides;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product {@code C = op(A) op(B)}, row-major, C m x n, summed over k.
 *
 * @param group the kind of shape, a heading of the table
 */
public record GemmShape(String group, int m, int n, int k, boolean transA, boolean transB) {

  /** All shapes of the table. */
  public static final List<GemmShape> ALL = all();

  /** Returns the form, such as {@code NT} for a transposed B. */
  public String form() {
    return (transA ? "T" : "N") + (transB ? "T" : "N");
  }

  /** Returns a name without blanks. */
  public String key() {
    return m + "x" + n + "x" + k + "-" + form();
  }

  /** Returns the floating-point operations of one product. */
  public double flops() {
    return 2.0 * m * n * k;
  }

  private static List<GemmShape> all() {
    List<GemmShape> shapes = new ArrayList<>();
    for (int n = 64; n <= 2048; n *= 2) {
      for (int form = 0; form < 4; form++) {
        shapes.add(new GemmShape("square", n, n, n, form >= 2, form % 2 == 1));
      }
    }
    // Forward, weight gradient (TN) and data gradient (NN) of layers, by the shapes of the
    // workloads.
    shapes.add(nt("tall", 4096, 64, 256));
    shapes.add(nt("tall", 25088, 16, 150));
    shapes.add(nt("tall", 8192, 32, 32));
    shapes.add(new GemmShape("tall", 2048, 10, 1024, true, false));
    shapes.add(new GemmShape("flat", 64, 4096, 256, false, false));
    shapes.add(new GemmShape("flat", 10, 2048, 1024, false, false));
    shapes.add(new GemmShape("flat", 16, 8192, 150, false, false));
    shapes.add(nt("flat", 8, 4096, 9216));
    shapes.add(nt("layer", 128, 512, 784));
    shapes.add(new GemmShape("layer", 512, 784, 128, true, false));
    shapes.add(new GemmShape("layer", 128, 784, 512, false, false));
    shapes.add(nt("layer", 128, 256, 512));
    shapes.add(nt("layer", 128, 10, 256));
    shapes.add(new GemmShape("layer", 10, 256, 128, true, false));
    shapes.add(new GemmShape("layer", 128, 256, 10, false, false));
    shapes.add(nt("layer", 128, 64, 256));
    shapes.add(new GemmShape("layer", 64, 256, 128, true, false));
    shapes.add(nt("small", 1, 512, 784));
    shapes.add(nt("small", 1, 10, 256));
    shapes.add(nt("small", 128, 6, 25));
    shapes.add(new GemmShape("small", 6, 784, 25, false, false));
    shapes.add(new GemmShape("small", 16, 100, 150, false, false));
    shapes.add(nt("small", 32, 10, 84));
    shapes.add(new GemmShape("small", 33, 31, 29, false, false));
    return List.copyOf(shapes);
  }

  private static GemmShape nt(String group, int m, int n, int k) {
    return new GemmShape(group, m, n, k, false, true);
  }
}
