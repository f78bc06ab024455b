package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;

/**
 * Chooses whether a convolution is summed with images in a vector's lanes, and says why.
 *
 * <p>Against a matrix product, whose packing pays only over many channels, and against Winograd,
 * whose transforms do, the limits are measured. The choice depends on the spec and the kernel
 * alone.
 *
 * @param allowed whether it may be chosen at all
 * @param lanes images in an element
 */
record LaneChoice(boolean allowed, int lanes) {

  /** Channels, on the side that has fewer, up to which a forward pass or a data gradient pays. */
  private static final int FEW = 32;

  /** The same where Winograd pays against a matrix product: it is the faster one above. */
  private static final int FEW_FOR_WINOGRAD = 16;

  /** The same for the weights' gradient, which packs both of a product's sides. */
  private static final int FEW_FOR_FILTER = 64;

  /**
   * Sums of the weights' gradient, a vector for each weight, that stay in a second-level cache:
   * they are read and written for every unit.
   */
  private static final int FILTER_SUMS = 1 << 18;

  /**
   * What came out.
   *
   * @param pays whether it is the faster way
   * @param reason why
   */
  record Decision(boolean pays, String reason) {}

  Decision forward(ConvSpec s, WinogradChoice.Decision winograd) {
    return choose(s, FEW, winograd);
  }

  /** Decides for the data's gradient, which is a convolution only at stride 1. */
  Decision backwardData(ConvSpec s, WinogradChoice.Decision winograd) {
    boolean isStep = s.strideH() == 1 && s.strideW() == 1;
    boolean isPadded = s.padW() <= (s.kernelW() - 1) * s.dilationW();
    return isStep && isPadded
        ? choose(s, FEW, winograd)
        : new Decision(false, "a stride, or padding beyond the kernel's reach");
  }

  Decision backwardFilter(ConvSpec s, WinogradChoice.Decision winograd) {
    if (s.outH() == 0 || s.outW() == 0) {
      return new Decision(false, "no output");
    }
    long sums = s.weightShape().size() / s.groups() * lanes;
    return sums <= FILTER_SUMS
        ? choose(s, FEW_FOR_FILTER, winograd)
        : new Decision(false, "sums of the weights beyond a second-level cache");
  }

  private Decision choose(ConvSpec s, int few, WinogradChoice.Decision winograd) {
    int most = winograd.m() == 0 ? few : FEW_FOR_WINOGRAD;
    int channels = Math.min(s.c(), s.k()) / s.groups();
    int filled = Extents.roundUp(s.n(), lanes);
    boolean isFilled = s.n() > 0 && 4L * s.n() >= 3L * filled;
    return new Decision(
        allowed && channels <= most && isFilled,
        "images in lanes: %d images for lanes of %d, %d channels of at most %d"
            .formatted(s.n(), lanes, channels, most));
  }
}
