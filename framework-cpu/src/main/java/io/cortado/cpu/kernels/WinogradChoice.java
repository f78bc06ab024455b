package io.cortado.cpu.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.simd.WinogradKernel;

/**
 * Chooses between a direct convolution and Winograd's, and says why.
 *
 * <p>Both are weighed by multiply-adds. Winograd's are those of its products, with tiles and
 * channels rounded up to whole tiles of the kernel, and what the transforms cost, as measured, in
 * the same unit. The choice depends on the spec and the kernel alone.
 *
 * @param allowed whether Winograd may be chosen at all
 * @param rows of the kernel's tile
 * @param columns of the kernel's tile
 */
record WinogradChoice(boolean allowed, int rows, int columns) {

  /** The system property that switches Winograd off. */
  static final String PROPERTY = "cortado.cpu.winograd";

  /**
   * Multiply-adds that could be done while a channel of a tile of 4 x 4 is read and transformed;
   * measured, as are the others.
   */
  private static final int SOURCE_COST = 700;

  private static final int TARGET_COST = 600;
  private static final int WEIGHT_COST = 400;

  /** What adding one product's sum for a pair of channels to memory costs, for each chunk. */
  private static final int SUM_COST = 10;

  /** Winograd must promise this much less work: there is more memory traffic in it. */
  private static final double MARGIN = 0.85;

  /**
   * Tiles multiplied at once in the forward pass and the data's gradient, whose sums do not depend
   * on it.
   */
  static final int BLOCK_TILES = 96;

  /** Tiles summed at once in the weights' gradient. */
  static final int CHUNK_TILES = 128;

  /**
   * What came out.
   *
   * @param m pixels of a tile along each axis; 0 for the direct way
   * @param reason why
   */
  record Decision(int m, String reason) {}

  /**
   * Makes the choice that the system property allows.
   *
   * @throws BackendException if the property has an unknown value
   */
  static WinogradChoice of(WinogradKernel kernel) {
    return of(kernel, System.getProperty(PROPERTY, "on"));
  }

  static WinogradChoice of(WinogradKernel kernel, String property) {
    boolean allowed =
        switch (property) {
          case "on" -> true;
          case "off" -> false;
          default ->
              throw new BackendException(
                  "cannot open the cpu backend: the system property %s is \"%s\"; give on or off, or leave it out"
                      .formatted(PROPERTY, property));
        };
    return new WinogradChoice(allowed, kernel.rows(), kernel.columns());
  }

  Decision forward(ConvSpec s) {
    return choose(s, s.outH(), s.outW(), s.c(), s.k(), WEIGHT_COST);
  }

  Decision backwardData(ConvSpec s) {
    return choose(s, s.h(), s.w(), s.k(), s.c(), WEIGHT_COST);
  }

  Decision backwardFilter(ConvSpec s) {
    double chunks = (double) s.n() * s.outH() * s.outW() / 16 / CHUNK_TILES;
    return choose(s, s.outH(), s.outW(), s.c(), s.k(), WEIGHT_COST + 36 * SUM_COST * chunks);
  }

  private Decision choose(ConvSpec s, int h, int w, int source, int target, double weightCost) {
    String refusal = refusal(s);
    if (!refusal.isEmpty()) {
      return new Decision(0, "direct: " + refusal);
    }
    double direct = 9.0 * s.n() * h * w * source * target;
    double by2 = cost(2, s.n(), h, w, source, target, weightCost);
    double by4 = cost(4, s.n(), h, w, source, target, weightCost);
    int m = by2 < by4 ? 2 : 4;
    double best = Math.min(by2, by4);
    String weighed =
        "F(%dx%d,3x3) costs as much as %.3g multiply-adds, %.3g of them products; the direct way has %.3g"
            .formatted(m, m, best, products(m, s.n(), h, w, source, target), direct);
    return best < MARGIN * direct
        ? new Decision(m, "Winograd: " + weighed)
        : new Decision(0, "direct: " + weighed);
  }

  private String refusal(ConvSpec s) {
    if (!allowed) {
      return "-D" + PROPERTY + "=off";
    }
    if (s.kernelH() != 3 || s.kernelW() != 3) {
      return "the kernel is %d x %d, and Winograd's is 3 x 3".formatted(s.kernelH(), s.kernelW());
    }
    if (s.strideH() != 1 || s.strideW() != 1) {
      return "the stride is %d x %d, and Winograd's is 1".formatted(s.strideH(), s.strideW());
    }
    if (s.dilationH() != 1 || s.dilationW() != 1) {
      return "the dilation is %d x %d, and Winograd's is 1".formatted(s.dilationH(), s.dilationW());
    }
    if (s.groups() != 1) {
      return "there are " + s.groups() + " groups, each with too few channels for Winograd";
    }
    if (s.padH() > 2 || s.padW() > 2) {
      return "the padding is %d x %d, and Winograd's is at most 2".formatted(s.padH(), s.padW());
    }
    return "";
  }

  private double products(int m, int n, int h, int w, int source, int target) {
    return (m + 2.0)
        * (m + 2)
        * Extents.roundUp(tiles(m, n, h, w), rows)
        * source
        * Extents.roundUp(target, columns);
  }

  private double cost(int m, int n, int h, int w, int source, int target, double weightCost) {
    double size = (m + 2) * (m + 2) / 36.0;
    double transforms =
        tiles(m, n, h, w)
                * ((double) SOURCE_COST * Extents.roundUp(source, columns / 2)
                    + (double) TARGET_COST * Extents.roundUp(target, columns / 2))
            + weightCost * source * Extents.roundUp(target, columns);
    return products(m, n, h, w, source, target) + size * transforms;
  }

  private static int tiles(int m, int n, int h, int w) {
    return n * Extents.ceilDiv(h, m) * Extents.ceilDiv(w, m);
  }
}
