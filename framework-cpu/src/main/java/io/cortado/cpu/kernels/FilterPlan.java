package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;

/**
 * The gradient of a convolution's weights as implicit matrix products.
 *
 * <p>Rows are output channels, columns the weights of one of them (channel, tap), and the sum runs
 * over all output positions of the batch: long, while the result is small. So the sum is cut into
 * chunks, whose number follows from the spec alone, and the chunks' results are added in order.
 *
 * @param spec the convolution
 * @param rows output channels of a group
 * @param columns weights of one output channel
 * @param columnBlock columns in a block of work, a multiple of a tile's
 * @param staging how x is staged: padded, strides left as they are
 * @param bandRows output rows in a unit
 * @param unitImages images in a unit; 1 where a unit is less than an image
 * @param units how many units the sum falls into
 * @param chunks how many chunks the units are shared by
 * @param positions where the outputs of a unit read the staged x
 * @param slivers for each sliver of columns, how it is packed
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record FilterPlan(
    ConvSpec spec,
    int rows,
    int columns,
    int columnBlock,
    Staging staging,
    int bandRows,
    int unitImages,
    int units,
    int chunks,
    int[] positions,
    ColumnRuns[] slivers) {

  private static final int COLUMN_BLOCK_SLIVERS = 8;

  /**
   * Blocks there should be at least: enough for a few workers, few enough to be added up in no
   * time.
   */
  private static final int WANTED_BLOCKS = 16;

  static FilterPlan of(ConvSpec s, Blocking blocking) {
    int cg = s.c() / s.groups();
    int taps = s.kernelH() * s.kernelW();
    int columns = cg * taps;
    int columnBlock =
        Math.min(COLUMN_BLOCK_SLIVERS, Extents.ceilDiv(columns, blocking.columns()))
            * blocking.columns();
    int channels = Math.min(cg, columnBlock / taps + 2);
    int width = (s.outW() - 1) * s.strideW() + (s.kernelW() - 1) * s.dilationW() + 1;
    int halo = (s.kernelH() - 1) * s.dilationH();
    int parts = s.groups() * Extents.ceilDiv(columns, columnBlock);
    int stagedRow = channels * width * s.strideH();
    ConvPlan.Cut cut = ConvPlan.Cut.of(s.n(), parts, s.outH(), s.outW(), halo, stagedRow);
    int height = (cut.bandRows() - 1) * s.strideH() + halo + 1;
    Staging staging = new Staging(s.h(), s.w(), 1, 1, 1, 1, s.padH(), s.padW(), height, width, 0);
    int bands = Extents.ceilDiv(s.outH(), cut.bandRows());
    int units = Extents.ceilDiv(s.n(), cut.blockImages()) * bands;
    int chunks = Math.clamp(Extents.ceilDiv(WANTED_BLOCKS, parts), 1, Math.max(1, units));
    return new FilterPlan(
        s,
        s.k() / s.groups(),
        columns,
        columnBlock,
        staging,
        cut.bandRows(),
        cut.blockImages(),
        units,
        chunks,
        positions(s, cut, staging, channels),
        slivers(s, columns, columnBlock, staging, blocking.columns()));
  }

  private static int[] positions(ConvSpec s, ConvPlan.Cut cut, Staging staging, int channels) {
    int[] positions = new int[cut.blockImages() * cut.bandRows() * s.outW()];
    int at = 0;
    for (int n = 0; n < cut.blockImages(); n++) {
      for (int i = 0; i < cut.bandRows(); i++) {
        for (int j = 0; j < s.outW(); j++) {
          positions[at++] =
              n * channels * staging.channelSize()
                  + i * s.strideH() * staging.width()
                  + j * s.strideW();
        }
      }
    }
    return positions;
  }

  /**
   * Makes the runs of each sliver: neighbouring taps of a kernel row are neighbours in x too, if
   * not dilated.
   */
  private static ColumnRuns[] slivers(
      ConvSpec s, int columns, int columnBlock, Staging staging, int tileColumns) {
    ColumnRuns[] slivers = new ColumnRuns[Extents.ceilDiv(columns, tileColumns)];
    int taps = s.kernelH() * s.kernelW();
    for (int v = 0; v < slivers.length; v++) {
      slivers[v] = new ColumnRuns(tileColumns);
      int firstChannel = v * tileColumns / columnBlock * columnBlock / taps;
      int end = Math.min(columns, (v + 1) * tileColumns);
      for (int t = v * tileColumns; t < end; ) {
        int r = t % taps / s.kernelW();
        int q = t % s.kernelW();
        int len = s.dilationW() == 1 ? Math.min(s.kernelW() - q, end - t) : 1;
        int from =
            (t / taps - firstChannel) * staging.channelSize()
                + r * s.dilationH() * staging.width()
                + q * s.dilationW();
        slivers[v].add(from, 0, t - v * tileColumns, len);
        t += len;
      }
    }
    return slivers;
  }

  int columnBlocks() {
    return Extents.ceilDiv(columns, columnBlock);
  }

  int bands() {
    return Extents.ceilDiv(spec.outH(), bandRows);
  }

  /** Returns how many channels a block of columns can touch. */
  int stagedChannels() {
    return Math.min(spec.c() / spec.groups(), columnBlock / (spec.kernelH() * spec.kernelW()) + 2);
  }
}
