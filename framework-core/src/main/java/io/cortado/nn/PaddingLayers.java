package io.cortado.nn;

import io.cortado.autograd.Padding;

/**
 * PyTorch's layers that put something around a tensor.
 *
 * <p>Widths are one number for all sides, or two for each axis, before and behind it, from the last
 * axis on: left, right, top, bottom, front, back.
 *
 * @see <a href="https://pytorch.org/docs/stable/nn.html#padding-layers">torch.nn</a>
 */
public final class PaddingLayers {

  private PaddingLayers() {}

  /**
   * One value around the last axis; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html">
   *     torch.nn.ConstantPad1d</a>
   */
  public static PaddingLayer constantPad1d(float value, int... widths) {
    return new PaddingLayer("constantPad1d", 1, Padding.Mode.CONSTANT, value, widths);
  }

  /**
   * One value around the last two axes; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html">
   *     torch.nn.ConstantPad2d</a>
   */
  public static PaddingLayer constantPad2d(float value, int... widths) {
    return new PaddingLayer("constantPad2d", 2, Padding.Mode.CONSTANT, value, widths);
  }

  /**
   * One value around the last three axes; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html">
   *     torch.nn.ConstantPad3d</a>
   */
  public static PaddingLayer constantPad3d(float value, int... widths) {
    return new PaddingLayer("constantPad3d", 3, Padding.Mode.CONSTANT, value, widths);
  }

  /**
   * Zeros around the last axis; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html">
   *     torch.nn.ZeroPad1d</a>
   */
  public static PaddingLayer zeroPad1d(int... widths) {
    return new PaddingLayer("zeroPad1d", 1, Padding.Mode.CONSTANT, 0, widths);
  }

  /**
   * Zeros around the last two axes; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html">
   *     torch.nn.ZeroPad2d</a>
   */
  public static PaddingLayer zeroPad2d(int... widths) {
    return new PaddingLayer("zeroPad2d", 2, Padding.Mode.CONSTANT, 0, widths);
  }

  /**
   * Zeros around the last three axes; negative widths cut off.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html">
   *     torch.nn.ZeroPad3d</a>
   */
  public static PaddingLayer zeroPad3d(int... widths) {
    return new PaddingLayer("zeroPad3d", 3, Padding.Mode.CONSTANT, 0, widths);
  }

  /**
   * The tensor mirrored at its ends around the last axis, less than its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html">
   *     torch.nn.ReflectionPad1d</a>
   */
  public static PaddingLayer reflectionPad1d(int... widths) {
    return new PaddingLayer("reflectionPad1d", 1, Padding.Mode.REFLECT, 0, widths);
  }

  /**
   * The tensor mirrored at its ends around the last two axes, less than its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html">
   *     torch.nn.ReflectionPad2d</a>
   */
  public static PaddingLayer reflectionPad2d(int... widths) {
    return new PaddingLayer("reflectionPad2d", 2, Padding.Mode.REFLECT, 0, widths);
  }

  /**
   * The tensor mirrored at its ends around the last three axes, less than its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html">
   *     torch.nn.ReflectionPad3d</a>
   */
  public static PaddingLayer reflectionPad3d(int... widths) {
    return new PaddingLayer("reflectionPad3d", 3, Padding.Mode.REFLECT, 0, widths);
  }

  /**
   * The outermost elements again around the last axis.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html">
   *     torch.nn.ReplicationPad1d</a>
   */
  public static PaddingLayer replicationPad1d(int... widths) {
    return new PaddingLayer("replicationPad1d", 1, Padding.Mode.REPLICATE, 0, widths);
  }

  /**
   * The outermost elements again around the last two axes.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html">
   *     torch.nn.ReplicationPad2d</a>
   */
  public static PaddingLayer replicationPad2d(int... widths) {
    return new PaddingLayer("replicationPad2d", 2, Padding.Mode.REPLICATE, 0, widths);
  }

  /**
   * The outermost elements again around the last three axes.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html">
   *     torch.nn.ReplicationPad3d</a>
   */
  public static PaddingLayer replicationPad3d(int... widths) {
    return new PaddingLayer("replicationPad3d", 3, Padding.Mode.REPLICATE, 0, widths);
  }

  /**
   * The tensor's other end around the last axis, at most its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html">
   *     torch.nn.CircularPad1d</a>
   */
  public static PaddingLayer circularPad1d(int... widths) {
    return new PaddingLayer("circularPad1d", 1, Padding.Mode.CIRCULAR, 0, widths);
  }

  /**
   * The tensor's other end around the last two axes, at most its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html">
   *     torch.nn.CircularPad2d</a>
   */
  public static PaddingLayer circularPad2d(int... widths) {
    return new PaddingLayer("circularPad2d", 2, Padding.Mode.CIRCULAR, 0, widths);
  }

  /**
   * The tensor's other end around the last three axes, at most its extent.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html">
   *     torch.nn.CircularPad3d</a>
   */
  public static PaddingLayer circularPad3d(int... widths) {
    return new PaddingLayer("circularPad3d", 3, Padding.Mode.CIRCULAR, 0, widths);
  }
}
