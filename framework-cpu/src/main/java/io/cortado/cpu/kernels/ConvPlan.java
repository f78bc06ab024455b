package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution's forward pass, or its gradient with respect to the data, as implicit matrix
 * products.
 *
 * <p>Both read a source (x or dy) and fill a target (y or dx). Forward is one pass. The gradient of
 * a strided convolution falls into one pass for each remainder of the target's row and column by
 * the stride: each has its own taps, and none is multiplied by a zero that the stride put in. Work
 * is cut into blocks of a few images, or of a band of one image's rows.
 *
 * @param images the batch
 * @param groups groups of channels
 * @param sourceChannels channels of the source in each group
 * @param targetChannels channels of the target in each group
 * @param targetPlane elements of one channel of the target
 * @param groupWeights weights of one group
 * @param staging how a block's part of the source is staged
 * @param haloRows staged rows that a band needs beyond its own number
 * @param gridRows rows of the tallest pass
 * @param bandRows grid rows in a block
 * @param blockImages images in a block; 1 where a block is less than an image
 * @param passes the products
 * @param packedGroup elements of a group's packed weights
 */
record ConvPlan(
    int images,
    int groups,
    int sourceChannels,
    int targetChannels,
    int targetPlane,
    int groupWeights,
    Staging staging,
    int haloRows,
    int gridRows,
    int bandRows,
    int blockImages,
    List<ConvPass> passes,
    int packedGroup) {

  /** Staged floats that leave room for weights in the second-level cache. */
  static final int STAGED_FLOATS = 128 << 10;

  /** Columns that make the use of a sliver of weights worth its loading. */
  static final int BLOCK_COLUMNS = 256;

  /** Blocks there should be at least, so that several workers are busy. */
  static final int WANTED_BLOCKS = 8;

  /**
   * How much longer a tile takes whose columns are read across the lines of the cache; measured.
   */
  private static final double UNALIGNED = 1.35;

  private static final int FEW_CHANNELS = 24;

  static final int MIN_BAND_ROWS = 4;

  /** Plans the forward pass. */
  static ConvPlan forward(ConvSpec s, Blocking blocking) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    int phasesH = Math.min(s.strideH(), (s.kernelH() - 1) * s.dilationH() + 1);
    int phasesW = Math.min(s.strideW(), (s.kernelW() - 1) * s.dilationW() + 1);
    int haloH = (s.kernelH() - 1) * s.dilationH() / s.strideH();
    int haloW = (s.kernelW() - 1) * s.dilationW() / s.strideW();
    int shared = s.strideW() == 1 ? Staging.shareable(s.padW(), s.w(), s.outW(), haloW) : 0;
    int width = s.outW() + haloW - shared;
    Cut cut = Cut.of(s.n(), s.groups(), s.outH(), s.outW(), haloH, cg * phasesH * phasesW * width);
    int height = cut.bandRows() + haloH;
    Staging staging =
        new Staging(
            s.h(),
            s.w(),
            s.strideH(),
            s.strideW(),
            phasesH,
            phasesW,
            s.padH(),
            s.padW(),
            height,
            width,
            shared);
    int depth = cg * s.kernelH() * s.kernelW();
    int[] taps = new int[depth];
    int[] weights = new int[depth];
    int at = 0;
    for (int c = 0; c < cg; c++) {
      for (int r = 0; r < s.kernelH(); r++) {
        for (int q = 0; q < s.kernelW(); q++) {
          int y = r * s.dilationH();
          int x = q * s.dilationW();
          int phase = y % s.strideH() * phasesW + x % s.strideW();
          int inPlane = y / s.strideH() * width + x / s.strideW();
          taps[at] = c * staging.channelSize() + phase * height * width + inPlane;
          weights[at] = at;
          at++;
        }
      }
    }
    boolean direct = readsDirectly(blocking, kg, cut, s.outH(), s.outW(), width);
    ConvPass pass =
        new ConvPass(
            s.outH(),
            s.outW(),
            0,
            s.outW(),
            1,
            taps,
            weights,
            depth,
            0,
            step(blocking, kg, depth),
            direct);
    return new ConvPlan(
        s.n(),
        s.groups(),
        cg,
        kg,
        s.outH() * s.outW(),
        kg * depth,
        staging,
        haloH,
        s.outH(),
        cut.bandRows(),
        cut.blockImages(),
        List.of(pass),
        Extents.roundUp(kg, blocking.rows()) * depth);
  }

  /** Plans the gradient with respect to the data. */
  static ConvPlan backwardData(ConvSpec s, Blocking blocking) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    Shifts down = Shifts.of(s.h(), s.kernelH(), s.strideH(), s.padH(), s.dilationH());
    Shifts across = Shifts.of(s.w(), s.kernelW(), s.strideW(), s.padW(), s.dilationW());
    int gridRows = Extents.ceilDiv(s.h(), s.strideH());
    int gridColumns = Extents.ceilDiv(s.w(), s.strideW());
    int shared = Staging.shareable(-across.lowest(), s.outW(), gridColumns, across.halo());
    int width = gridColumns + across.halo() - shared;
    Cut cut = Cut.of(s.n(), s.groups(), gridRows, gridColumns, down.halo(), kg * width);
    int height = cut.bandRows() + down.halo();
    Staging staging =
        new Staging(
            s.outH(),
            s.outW(),
            1,
            1,
            1,
            1,
            -down.lowest(),
            -across.lowest(),
            height,
            width,
            shared);
    List<ConvPass> passes = new ArrayList<>();
    int packed = 0;
    for (int a = 0; a < Math.min(s.strideH(), s.h()); a++) {
      for (int b = 0; b < Math.min(s.strideW(), s.w()); b++) {
        ConvPass pass = dataPass(s, blocking, cut, staging, down, across, a, b, packed);
        passes.add(pass);
        packed += Extents.roundUp(cg, blocking.rows()) * pass.depth();
      }
    }
    return new ConvPlan(
        s.n(),
        s.groups(),
        kg,
        cg,
        s.h() * s.w(),
        kg * cg * s.kernelH() * s.kernelW(),
        staging,
        down.halo(),
        gridRows,
        cut.bandRows(),
        cut.blockImages(),
        List.copyOf(passes),
        packed);
  }

  private static ConvPass dataPass(
      ConvSpec s,
      Blocking blocking,
      Cut cut,
      Staging staging,
      Shifts down,
      Shifts across,
      int a,
      int b,
      int packed) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    int kernel = s.kernelH() * s.kernelW();
    int depth = kg * down.count(a) * across.count(b);
    int[] taps = new int[depth];
    int[] weights = new int[depth];
    int at = 0;
    for (int k = 0; k < kg; k++) {
      for (int r = 0; r < s.kernelH(); r++) {
        for (int q = 0; q < s.kernelW(); q++) {
          if (down.meets(a, r) && across.meets(b, q)) {
            int y = down.shift(a, r) - down.lowest();
            int x = across.shift(b, q) - across.lowest();
            taps[at] = k * staging.channelSize() + y * staging.width() + x;
            weights[at] = k * cg * kernel + r * s.kernelW() + q;
            at++;
          }
        }
      }
    }
    int gridH = Extents.ceilDiv(s.h() - a, s.strideH());
    int gridW = Extents.ceilDiv(s.w() - b, s.strideW());
    return new ConvPass(
        gridH,
        gridW,
        a * s.w() + b,
        s.strideH() * s.w(),
        s.strideW(),
        taps,
        weights,
        kernel,
        packed,
        step(blocking, cg, depth),
        readsDirectly(blocking, cg, cut, gridH, gridW, staging.width()));
  }

  /**
   * Weighs the columns computed in vain when the staged source is read as it is against the cost of
   * packing it.
   */
  private static boolean readsDirectly(
      Blocking blocking, int channels, Cut cut, int gridH, int gridW, int width) {
    int rows = Math.min(cut.bandRows(), gridH);
    int tile = Extents.ceilDiv(channels, blocking.rows()) * 2 * blocking.rows();
    int pack = 2 + 3 * (blocking.columns() / gridW + 1);
    int directTiles =
        cut.blockImages() * Extents.ceilDiv((rows - 1) * width + gridW, blocking.columns());
    int packedTiles = Extents.ceilDiv(cut.blockImages() * rows * gridW, blocking.columns());
    return directTiles * tile * UNALIGNED <= packedTiles * (double) (tile + pack);
  }

  /**
   * Cuts the sum evenly; twice as long a step pays where a sliver of columns is used for a few
   * channels only.
   */
  private static int step(Blocking blocking, int channels, int depth) {
    int most = channels <= FEW_CHANNELS ? 2 * blocking.kc() : blocking.kc();
    return Math.max(1, Extents.ceilDiv(depth, Math.max(1, Extents.ceilDiv(depth, most))));
  }

  int bands() {
    return Extents.ceilDiv(gridRows, bandRows);
  }

  int blocks() {
    return groups * Extents.ceilDiv(images, blockImages) * bands();
  }

  /**
   * How images are cut into blocks, from extents alone.
   *
   * @param bandRows output rows in a block
   * @param blockImages images in a block
   */
  record Cut(int bandRows, int blockImages) {

    static Cut of(int images, int groups, int rows, int columns, int halo, int stagedRow) {
      long staged = (long) stagedRow * (rows + halo);
      int several = Math.max(1, (int) Math.min(images, STAGED_FLOATS / Math.max(1, staged)));
      int blockImages = Math.min(several, Extents.ceilDiv(BLOCK_COLUMNS, rows * columns));
      if (blockImages > 1) {
        return new Cut(rows, blockImages);
      }
      int fitting = Math.max(MIN_BAND_ROWS, STAGED_FLOATS / Math.max(1, stagedRow) - halo);
      int others = (int) Math.clamp((long) images * groups, 1, WANTED_BLOCKS);
      int wantedBands = Extents.ceilDiv(WANTED_BLOCKS, others);
      int shared = Math.max(MIN_BAND_ROWS, Extents.ceilDiv(rows, wantedBands));
      int most = Math.min(rows, Math.min(fitting, shared));
      return new Cut(Extents.ceilDiv(rows, Extents.ceilDiv(rows, most)), 1);
    }
  }

  /**
   * Along one axis, which taps reach which target, and how far away their source is.
   *
   * @param lowest the smallest shift of any tap
   * @param halo the largest shift less the smallest
   */
  private record Shifts(int kernel, int stride, int pad, int dilation, int lowest, int halo) {

    static Shifts of(int extent, int kernel, int stride, int pad, int dilation) {
      Shifts any = new Shifts(kernel, stride, pad, dilation, 0, 0);
      int low = Integer.MAX_VALUE;
      int high = Integer.MIN_VALUE;
      for (int a = 0; a < Math.min(stride, extent); a++) {
        for (int r = 0; r < kernel; r++) {
          if (any.meets(a, r)) {
            low = Math.min(low, any.shift(a, r));
            high = Math.max(high, any.shift(a, r));
          }
        }
      }
      return low > high ? any : new Shifts(kernel, stride, pad, dilation, low, high - low);
    }

    boolean meets(int remainder, int tap) {
      return (remainder + pad - tap * dilation) % stride == 0;
    }

    int shift(int remainder, int tap) {
      return (remainder + pad - tap * dilation) / stride;
    }

    int count(int remainder) {
      int count = 0;
      for (int r = 0; r < kernel; r++) {
        count += meets(remainder, r) ? 1 : 0;
      }
      return count;
    }
  }
}
