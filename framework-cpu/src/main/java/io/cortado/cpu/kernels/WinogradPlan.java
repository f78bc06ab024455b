package io.cortado.cpu.kernels;

import io.cortado.backend.spec.ConvSpec;
import io.cortado.cpu.simd.WinogradTransform;

/**
 * A 3x3 convolution of stride 1 by Winograd's F(m x m, 3 x 3): the tiles, and how they are cut.
 *
 * <p>The target is covered by tiles of m x m pixels, whose source is m + 2 pixels wide and high. A
 * strip is one row of tiles of one image; strips are counted through all images.
 *
 * @param m pixels of a tile along each axis: 2 or 4
 * @param images the batch
 * @param sourceChannels channels of the source (x, or dy for the data's gradient)
 * @param targetChannels channels of the target (y, or dx for the data's gradient)
 * @param source how strips of the source are transformed
 * @param target how strips of the target's gradient are transformed
 * @param rotated whether the weights are turned by half a turn and their channels exchanged, as for
 *     the data's gradient
 * @param blockStrips strips whose tiles are multiplied at once
 */
record WinogradPlan(
    int m,
    int images,
    int sourceChannels,
    int targetChannels,
    WinogradStrip source,
    WinogradStrip target,
    boolean rotated,
    int blockStrips) {

  /**
   * Plans the forward pass in blocks of about so many tiles.
   *
   * @param blocksBy what the number of blocks should be a multiple of
   */
  static WinogradPlan forward(ConvSpec s, int m, int blockTiles, int blocksBy) {
    int tiles = Extents.ceilDiv(s.outW(), m);
    WinogradStrip source = new WinogradStrip(data(m), m, s.h(), s.w(), s.padH(), s.padW(), tiles);
    WinogradStrip target = new WinogradStrip(gradient(m), m, s.outH(), s.outW(), 0, 0, tiles);
    return new WinogradPlan(m, s.n(), s.c(), s.k(), source, target, false, 1)
        .cut(blockTiles, blocksBy);
  }

  /**
   * Plans the gradient with respect to the data: the same for dy, with rotated weights, and zeros
   * around it where the forward pass has none.
   *
   * @param blocksBy what the number of blocks should be a multiple of
   */
  static WinogradPlan backwardData(ConvSpec s, int m, int blockTiles, int blocksBy) {
    int tiles = Extents.ceilDiv(s.w(), m);
    WinogradStrip source =
        new WinogradStrip(data(m), m, s.outH(), s.outW(), 2 - s.padH(), 2 - s.padW(), tiles);
    WinogradStrip target = new WinogradStrip(gradient(m), m, s.h(), s.w(), 0, 0, tiles);
    return new WinogradPlan(m, s.n(), s.k(), s.c(), source, target, true, 1)
        .cut(blockTiles, blocksBy);
  }

  private WinogradPlan cut(int blockTiles, int blocksBy) {
    int wanted = Math.max(1, Math.round(strips() * tilesW() / (float) blockTiles));
    int blocks = Extents.roundUp(wanted, blocksBy);
    int each = Extents.ceilDiv(strips(), Math.min(blocks, strips()));
    return new WinogradPlan(
        m, images, sourceChannels, targetChannels, source, target, rotated, each);
  }

  int tilesH() {
    return Extents.ceilDiv(target.h(), m);
  }

  int tilesW() {
    return target.tiles();
  }

  int strips() {
    return images * tilesH();
  }

  int blocks() {
    return Extents.ceilDiv(strips(), blockStrips);
  }

  /** Returns the strips of a block; the last has what is left. */
  int stripsOf(int block) {
    return Math.min(blockStrips, strips() - block * blockStrips);
  }

  int blockTiles() {
    return blockStrips * tilesW();
  }

  /** Returns along one axis the points of the transformed domain. */
  int side() {
    return m + 2;
  }

  /** Returns the points of the transformed domain: products for each tile and pair of channels. */
  int points() {
    return side() * side();
  }

  private static WinogradTransform data(int m) {
    return m == 4 ? WinogradTransform.DATA_4 : WinogradTransform.DATA_2;
  }

  private static WinogradTransform gradient(int m) {
    return m == 4 ? WinogradTransform.OUTPUT_GRADIENT_4 : WinogradTransform.OUTPUT_GRADIENT_2;
  }

  WinogradTransform filterTransform() {
    return m == 4 ? WinogradTransform.FILTER_4 : WinogradTransform.FILTER_2;
  }

  WinogradTransform outputTransform() {
    return m == 4 ? WinogradTransform.OUTPUT_4 : WinogradTransform.OUTPUT_2;
  }

  WinogradTransform filterGradientTransform() {
    return m == 4 ? WinogradTransform.FILTER_GRADIENT_4 : WinogradTransform.FILTER_GRADIENT_2;
  }
}
