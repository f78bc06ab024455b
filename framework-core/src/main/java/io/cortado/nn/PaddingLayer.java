package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Padding;
import java.util.Arrays;

/**
 * Elements put around the last one, two or three axes; {@link PaddingLayers} makes it.
 *
 * <p>Input {@code [N, C, ...]} or {@code [C, ...]}, the output larger by the widths. {@link
 * Padding.Mode} says what is put there.
 *
 * @see <a href="https://pytorch.org/docs/stable/nn.html#padding-layers">torch.nn's padding
 *     layers</a>
 */
public final class PaddingLayer extends Layer {

  private final String name;
  private final int axes;
  private final Padding.Mode mode;
  private final float value;
  private final int[] widths;

  /**
   * Makes a layer.
   *
   * @param widths two for each axis, before and behind it, from the last axis on; or one for all
   */
  PaddingLayer(String name, int axes, Padding.Mode mode, float value, int... widths) {
    if (widths.length != 1 && widths.length != 2 * axes) {
      throw new IllegalArgumentException(
          "%s: widths %s; give one for all sides, or %d, two for each axis from the last on"
              .formatted(name, Arrays.toString(widths), 2 * axes));
    }
    this.name = name;
    this.axes = axes;
    this.mode = mode;
    this.value = value;
    this.widths = widths.length == 1 ? repeated(widths[0], 2 * axes) : widths.clone();
  }

  private static int[] repeated(int width, int times) {
    int[] all = new int[times];
    Arrays.fill(all, width);
    return all;
  }

  /** Returns what is put around the tensor. */
  public Padding.Mode mode() {
    return mode;
  }

  /** Returns what {@link Padding.Mode#CONSTANT} puts there. */
  public float value() {
    return value;
  }

  /** Returns two widths for each axis, before and behind it, from the last axis on. */
  public int[] widths() {
    return widths.clone();
  }

  @Override
  public Tensor forward(Tensor x) {
    int rank = x.shape().rank();
    if (mode == Padding.Mode.CONSTANT ? rank < axes : rank != axes + 1 && rank != axes + 2) {
      throw new IllegalArgumentException(
          "%s: the input has shape %s, %d axes are padded; give batch and channels in front of them"
              .formatted(name, x.shape(), axes));
    }
    checkWidths(name, mode, x.shape(), widths);
    return Padding.pad(x, mode, value, widths);
  }

  /**
   * Complains where an axis is too small for what is to be put around it.
   *
   * @param name what pads, for messages
   * @param widths two for each axis, from the last on
   */
  static void checkWidths(String name, Padding.Mode mode, Shape x, int... widths) {
    for (int i = 0; i < widths.length; i++) {
      int axis = x.rank() - 1 - i / 2;
      int extent = x.dim(axis);
      int most =
          switch (mode) {
            case REFLECT -> extent - 1;
            case CIRCULAR -> extent;
            case CONSTANT, REPLICATE -> Integer.MAX_VALUE;
          };
      boolean negative = widths[i] < 0 && mode != Padding.Mode.CONSTANT;
      int left = extent + Math.min(0, widths[i]) + Math.min(0, widths[i ^ 1]);
      if (widths[i] > most
          || negative
          || left < 0
          || extent == 0 && mode != Padding.Mode.CONSTANT) {
        throw new IllegalArgumentException(
            "%s: %d elements by %s around axis %d of input %s, whose extent is %d; give %s, or another mode"
                .formatted(
                    name,
                    widths[i],
                    mode,
                    axis,
                    x,
                    extent,
                    mode == Padding.Mode.CONSTANT
                        ? "no more to cut off than there is"
                        : "0 to " + Math.max(0, most)));
      }
    }
  }

  @Override
  public String toString() {
    boolean one = Arrays.stream(widths).distinct().count() == 1;
    String sides = one ? Integer.toString(widths[0]) : Arrays.toString(widths);
    String title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return title + "(" + sides + (value == 0 ? ")" : ", value " + value + ")");
  }
}
