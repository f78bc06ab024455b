package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.simd.LaneKernel;

/**
 * A convolution's forward pass, or its gradient with respect to the data, done directly on several
 * images at a time.
 *
 * <p>Both read a source (x or dy) and fill a target (y or dx); the gradient, at stride 1, is a
 * convolution of dy by the kernel turned around. The sum runs over kernel rows, channels and kernel
 * columns, in this order, so that rows outside the image are left out at its ends.
 *
 * @param images the batch
 * @param groups groups of channels
 * @param sourceChannels channels of the source in each group
 * @param targetChannels channels of the target in each group
 * @param targetH rows of the target
 * @param targetW columns of the target
 * @param strideH source rows from one target row to the next
 * @param kernelH rows of the kernel
 * @param dilationH source rows from one kernel row to the next
 * @param padTop rows of zeros above the source
 * @param staging the source's layout
 * @param stagedRows staged rows of a block
 * @param bandRows target rows of a block
 * @param tileChannels target channels in a tile
 * @param taps where each tap reads, relative to a target's place in the staged source
 * @param weights where each tap's weight lies for the group's first target channel
 * @param weightStep distance between target channels in the weights
 * @param sourceImages where each lane's image of the source starts
 * @param targetImages where each lane's image of the target starts
 * @param place where each element of a band's plane lies in the target's scratch memory
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record LaneConvPlan(
    int images,
    int groups,
    int sourceChannels,
    int targetChannels,
    int targetH,
    int targetW,
    int strideH,
    int kernelH,
    int dilationH,
    int padTop,
    LaneStaging staging,
    int stagedRows,
    int bandRows,
    int tileChannels,
    int[] taps,
    int[] weights,
    int weightStep,
    int[] sourceImages,
    int[] targetImages,
    int[] place) {

  /** Floats of a block's source and target that stay in the second-level cache. */
  private static final int BLOCK_FLOATS = 128 << 10;

  /** Blocks there should be at least, so that several workers are busy. */
  private static final int WANTED_BLOCKS = 8;

  /** Plans the forward pass. */
  static LaneConvPlan forward(ConvSpec s, int lanes) {
    return of(s, lanes, false);
  }

  /** Plans the gradient with respect to the data, at stride 1. */
  static LaneConvPlan backwardData(ConvSpec s, int lanes) {
    return of(s, lanes, true);
  }

  private static LaneConvPlan of(ConvSpec s, int lanes, boolean back) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    int sourceChannels = back ? kg : cg;
    int targetChannels = back ? cg : kg;
    int padTop = back ? (s.kernelH() - 1) * s.dilationH() - s.padH() : s.padH();
    int padLeft = back ? (s.kernelW() - 1) * s.dilationW() - s.padW() : s.padW();
    int targetH = back ? s.h() : s.outH();
    int targetW = back ? s.w() : s.outW();
    int reach = (targetW - 1) * s.strideW() + (s.kernelW() - 1) * s.dilationW() + 1;
    LaneStaging staging =
        LaneStaging.of(
            lanes,
            back ? s.outH() : s.h(),
            back ? s.outW() : s.w(),
            s.strideW(),
            Math.max(padLeft, 0),
            reach);
    int tile = tileChannels(targetChannels);
    int paddedW = Extents.roundUp(targetW, LaneKernel.COLUMNS);
    int sourceRow = sourceChannels * staging.rowSize();
    int targetRow = Extents.roundUp(targetChannels, tile) * paddedW * lanes;
    int halo = (s.kernelH() - 1) * s.dilationH() + 1;
    int bandRows = bandRows(s, lanes, targetH, sourceRow * s.strideH() + targetRow);
    int stagedRows = (bandRows - 1) * s.strideH() + halo;
    int[] taps = new int[sourceChannels * s.kernelH() * s.kernelW()];
    int[] weights = new int[taps.length];
    fillTaps(s, back, sourceChannels, staging, stagedRows, taps, weights);
    return new LaneConvPlan(
        s.n(),
        s.groups(),
        sourceChannels,
        targetChannels,
        targetH,
        targetW,
        s.strideH(),
        s.kernelH(),
        s.dilationH(),
        padTop,
        staging,
        stagedRows,
        bandRows,
        tile,
        taps,
        weights,
        back ? s.kernelH() * s.kernelW() : taps.length,
        LaneStaging.imagePlace(lanes, imageSize(s, back)),
        LaneStaging.imagePlace(lanes, imageSize(s, !back)),
        LaneStaging.of(lanes, bandRows, targetW, 1, 0, paddedW).place());
  }

  /** Chooses the tile that computes the fewest channels in vain. */
  static int tileChannels(int channels) {
    int four = LaneKernel.CHANNELS;
    int three = four - 1;
    boolean even = Extents.roundUp(channels, four) <= Extents.roundUp(channels, three);
    return even ? four : three;
  }

  /** Returns the elements of an image of x, or of y. */
  private static int imageSize(ConvSpec s, boolean ofY) {
    return ofY ? s.k() * s.outH() * s.outW() : s.c() * s.h() * s.w();
  }

  private static int bandRows(ConvSpec s, int lanes, int rows, int rowFloats) {
    int others = Math.max(1, s.groups() * Extents.ceilDiv(s.n(), lanes));
    int wanted = Math.max(1, Extents.ceilDiv(WANTED_BLOCKS, others));
    int fitting = Math.max(1, BLOCK_FLOATS / Math.max(1, rowFloats));
    int most = Math.clamp(Math.min(Extents.ceilDiv(rows, wanted), fitting), 1, Math.max(1, rows));
    return Extents.ceilDiv(Math.max(1, rows), Extents.ceilDiv(Math.max(1, rows), most));
  }

  private static void fillTaps(
      ConvSpec s,
      boolean back,
      int sourceChannels,
      LaneStaging staging,
      int stagedRows,
      int[] taps,
      int[] weights) {
    int kernel = s.kernelH() * s.kernelW();
    int at = 0;
    for (int r = 0; r < s.kernelH(); r++) {
      for (int c = 0; c < sourceChannels; c++) {
        for (int q = 0; q < s.kernelW(); q++) {
          int row = c * stagedRows + r * s.dilationH();
          taps[at] = row * staging.rowSize() + staging.column(q * s.dilationW());
          int cell = r * s.kernelW() + q;
          weights[at] =
              back ? c * (s.c() / s.groups()) * kernel + kernel - 1 - cell : c * kernel + cell;
          at++;
        }
      }
    }
  }

  int tiles() {
    return Extents.ceilDiv(targetChannels, tileChannels);
  }

  /** Returns the elements of a row of the target's scratch memory. */
  int paddedW() {
    return Extents.roundUp(targetW, LaneKernel.COLUMNS);
  }

  int bands() {
    return Extents.ceilDiv(targetH, bandRows);
  }

  int imageBlocks() {
    return Extents.ceilDiv(images, staging.lanes());
  }

  int blocks() {
    return groups * imageBlocks() * bands();
  }

  /** Returns the first kernel row that meets the source, for a target row. */
  int firstKernelRow(int row) {
    int above = padTop - row * strideH;
    return above <= 0 ? 0 : Math.min(kernelH, Extents.ceilDiv(above, dilationH));
  }

  /** Returns a bound of the kernel rows that meet the source, for a target row. */
  int endKernelRow(int row) {
    int below = staging.sourceH() - 1 + padTop - row * strideH;
    return below < 0 ? 0 : Math.min(kernelH, below / dilationH + 1);
  }
}
