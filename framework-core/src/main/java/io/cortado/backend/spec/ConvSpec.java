package io.cortado.backend.spec;

import io.cortado.Shape;

/**
 * A two-dimensional convolution (in truth a cross-correlation, as everywhere in the field), NCHW.
 *
 * <pre>
 *   y[n, k, i, j] = act(bias[k] + sum over c, r, s of
 *                       x[n, c, i * strideH - padH + r * dilationH, j * strideW - padW + s * dilationW] * w[k, c, r, s])
 * </pre>
 *
 * with zeros outside x, and c running over the channels of k's group. A one-dimensional convolution
 * has height 1.
 *
 * @param n batch
 * @param c input channels
 * @param h input height
 * @param w input width
 * @param k output channels
 * @param kernelH kernel height
 * @param kernelW kernel width
 * @param strideH step between windows down
 * @param strideW step between windows across
 * @param padH zeros added above and below
 * @param padW zeros added left and right
 * @param dilationH distance between kernel rows
 * @param dilationW distance between kernel columns
 * @param groups into how many independent parts the channels fall; the weights are {@code [k, c /
 *     groups, kernelH, kernelW]}
 * @param activation what is applied to the sum; {@link UnaryOp#IDENTITY} for none
 */
public record ConvSpec(
    int n,
    int c,
    int h,
    int w,
    int k,
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    int dilationH,
    int dilationW,
    int groups,
    UnaryOp activation) {

  /** Returns the same for another number of images. */
  public ConvSpec withImages(int images) {
    if (images == n) {
      return this;
    }
    return new ConvSpec(
        images,
        c,
        h,
        w,
        k,
        kernelH,
        kernelW,
        strideH,
        strideW,
        padH,
        padW,
        dilationH,
        dilationW,
        groups,
        activation);
  }

  /** Returns the same with another activation. */
  public ConvSpec withActivation(UnaryOp other) {
    return new ConvSpec(
        n, c, h, w, k, kernelH, kernelW, strideH, strideW, padH, padW, dilationH, dilationW, groups,
        other);
  }

  /** Returns the height of the output. */
  public int outH() {
    return out(h, kernelH, strideH, padH, dilationH);
  }

  /** Returns the width of the output. */
  public int outW() {
    return out(w, kernelW, strideW, padW, dilationW);
  }

  /** Below 1 where the kernel is larger than the padded image, whatever the stride. */
  private static int out(int extent, int kernel, int stride, int pad, int dilation) {
    return Math.floorDiv(extent + 2 * pad - dilation * (kernel - 1) - 1, stride) + 1;
  }

  /** Returns the shape of the input. */
  public Shape inputShape() {
    return Shape.of(n, c, h, w);
  }

  /** Returns the shape of the weights. */
  public Shape weightShape() {
    return Shape.of(k, c / groups, kernelH, kernelW);
  }

  /** Returns the shape of the output. */
  public Shape outputShape() {
    return Shape.of(n, k, outH(), outW());
  }

  /** Returns the multiply-adds of the forward pass. */
  public long multiplyAdds() {
    return (long) n * k * outH() * outW() * (c / groups) * kernelH * kernelW;
  }
}
