package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.simd.LaneKernel;

/**
 * The gradient of a convolution's weights, done directly on several images at a time.
 *
 * <p>A unit of the sum is as many images as there are lanes and a band of rows; units are shared by
 * chunks, whose number follows from the spec alone.
 *
 * @param spec the convolution
 * @param x the layout of x
 * @param place where each output position of a unit lies in the staged dy, all channels of a group
 *     side by side
 * @param xImages where each lane's image of x starts
 * @param dyImages where each lane's image of dy starts
 * @param stagedRows staged rows of x in a unit
 * @param bandRows output rows in a unit
 * @param tileRows output rows that are summed at a time
 * @param tileChannels output channels in a tile
 * @param taps where each weight reads x; a multiple of a tile's, the surplus ones anywhere
 * @param chunks how many sums are made
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a spec, and never compared
record LaneFilterPlan(
    ConvSpec spec,
    LaneStaging x,
    int[] place,
    int[] xImages,
    int[] dyImages,
    int stagedRows,
    int bandRows,
    int tileRows,
    int tileChannels,
    int[] taps,
    int chunks) {

  /** Floats of a unit's x and dy that stay in the second-level cache. */
  private static final int UNIT_FLOATS = 128 << 10;

  /** Positions that make the loading and storing of a tile's sums worth its while. */
  private static final int TILE_POSITIONS = 50;

  /** Sums made side by side; more would only lengthen the adding up. */
  private static final int WANTED_BLOCKS = 8;

  static LaneFilterPlan of(ConvSpec s, int lanes) {
    int cg = s.c() / s.groups();
    int kg = s.k() / s.groups();
    int reach = (s.outW() - 1) * s.strideW() + (s.kernelW() - 1) * s.dilationW() + 1;
    LaneStaging x = LaneStaging.of(lanes, s.h(), s.w(), s.strideW(), s.padW(), reach);
    int tile = LaneConvPlan.tileChannels(kg);
    int rowFloats = cg * x.rowSize() * s.strideH() + kg * s.outW() * lanes;
    int most = Math.clamp(UNIT_FLOATS / Math.max(1, rowFloats), 1, Math.max(1, s.outH()));
    int bandRows =
        Extents.ceilDiv(Math.max(1, s.outH()), Extents.ceilDiv(Math.max(1, s.outH()), most));
    int stagedRows = (bandRows - 1) * s.strideH() + (s.kernelH() - 1) * s.dilationH() + 1;
    int tileRows = Math.clamp(Extents.ceilDiv(TILE_POSITIONS, Math.max(1, s.outW())), 1, bandRows);
    int columns = LaneKernel.COLUMNS;
    int[] taps = new int[Extents.ceilDiv(cg * s.kernelH() * s.kernelW(), columns) * columns];
    int at = 0;
    for (int c = 0; c < cg; c++) {
      for (int r = 0; r < s.kernelH(); r++) {
        for (int q = 0; q < s.kernelW(); q++) {
          int row = c * stagedRows + r * s.dilationH();
          taps[at++] = row * x.rowSize() + x.column(q * s.dilationW());
        }
      }
    }
    int[] place = new int[bandRows * s.outW()];
    for (int i = 0; i < place.length; i++) {
      place[i] = i * Extents.roundUp(kg, tile) * lanes;
    }
    int units = Extents.ceilDiv(s.n(), lanes) * Extents.ceilDiv(s.outH(), bandRows);
    int chunks = Math.clamp(Extents.ceilDiv(WANTED_BLOCKS, s.groups()), 1, Math.max(1, units));
    return new LaneFilterPlan(
        s,
        x,
        place,
        LaneStaging.imagePlace(lanes, s.c() * s.h() * s.w()),
        LaneStaging.imagePlace(lanes, s.k() * s.outH() * s.outW()),
        stagedRows,
        bandRows,
        tileRows,
        tile,
        taps,
        chunks);
  }

  int bands() {
    return Extents.ceilDiv(spec.outH(), bandRows);
  }

  int units() {
    return Extents.ceilDiv(spec.n(), x.lanes()) * bands();
  }

  /** Returns the tiles of output channels of a group. */
  int tiles() {
    return Extents.ceilDiv(spec.k() / spec.groups(), tileChannels);
  }

  /** Returns the floats of one position of the staged dy. */
  int dyStep() {
    return tiles() * tileChannels * x.lanes();
  }

  /** Returns the sums of one group, missing channels and surplus taps among them. */
  int sums() {
    return tiles() * tileChannels * taps.length;
  }
}
