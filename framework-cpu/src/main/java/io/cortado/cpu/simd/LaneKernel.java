package io.cortado.cpu.simd;

/**
 * The innermost loops of direct convolutions whose vectors hold one element of several images.
 *
 * <p>In the layout here an element is a vector: {@link #lanes()} images' values at one channel, row
 * and column. Every tap of a window is then a whole, aligned vector, whatever the width, padding,
 * stride or dilation; no lane is computed in vain but where images are missing; and a weight is one
 * number for all lanes.
 *
 * <p>Implementations have no state, and are used by several threads at once.
 */
public interface LaneKernel {

  /** Columns of outputs, or taps of a weight's gradient, in one tile. */
  int COLUMNS = 5;

  /** The most channels in one tile; there is a tile of one less, too. */
  int CHANNELS = 4;

  /** Returns how many images an element holds. */
  int lanes();

  /**
   * Brings elements of several images together: {@code dst[place[p] + l] = src[imagePlace[l] + p]},
   * and 0 for l from {@code images} on.
   *
   * @param images how many images there are, at most {@link #lanes()}
   * @param count elements p of each
   * @param place where each element goes, from {@code placeOff} on
   */
  void toLanes(
      int images,
      int count,
      float[] src,
      int srcOff,
      int[] imagePlace,
      float[] dst,
      int dstOff,
      int[] place,
      int placeOff);

  /**
   * Takes them apart: {@code dst[imagePlace[l] + p] = src[place[p] + l] + beta * dst[...]}.
   *
   * @param place where each element is; what else lies there may be destroyed
   * @param beta 0 to overwrite, 1 to add
   */
  void fromLanes(
      int images,
      int count,
      float[] src,
      int srcOff,
      int[] place,
      float beta,
      float[] dst,
      int dstOff,
      int[] imagePlace);

  /**
   * Computes {@link #COLUMNS} neighbouring outputs of some channels: {@code y[k, j] = start[k] +
   * sum over p of weights[p, k] * x[taps[p] + j]}, counting columns j in elements.
   *
   * @param channels 4 or 3: the weights' second extent
   * @param from the first tap p
   * @param to a bound of the taps
   * @param weights tap 0's are at {@code wOff}
   * @param start what each channel's sum begins with
   * @param y channel k's outputs lie side by side from {@code yOff + k * yPlane} on
   */
  void tile(
      int channels,
      int from,
      int to,
      int[] taps,
      float[] x,
      int xOff,
      float[] weights,
      int wOff,
      float[] start,
      int startOff,
      float[] y,
      int yOff,
      int yPlane);

  /**
   * Adds to the gradients of {@link #COLUMNS} weights of some channels, lane by lane: {@code
   * sums[k, t] += sum over i, j of dy[k, i, j] * x[taps[t] + i * xRow + j]}, counting columns j in
   * elements.
   *
   * @param channels 4 or 3
   * @param taps five offsets, from {@code tapsOff} on
   * @param dy channel k's element (i, j) is at {@code dyOff + i * dyRow + j * dyStep + k * lanes}
   * @param sums [channels, COLUMNS] elements
   */
  void filterTile(
      int channels,
      int rows,
      int cols,
      int[] taps,
      int tapsOff,
      float[] x,
      int xOff,
      int xRow,
      float[] dy,
      int dyOff,
      int dyRow,
      int dyStep,
      float[] sums,
      int sumsOff);

  /**
   * Returns the sum of all lanes of some elements, added in a fixed order.
   *
   * @param count elements, {@code stride} apart
   */
  float sum(int count, float[] x, int xOff, int stride);
}
