package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** Functions of one and two numbers, copies and permutations. */
public final class ElementwiseKernels extends Family {

  /** Makes the family of a device. */
  public ElementwiseKernels(Kernels kernels) {
    super(kernels, "elementwise.cu");
  }

  /** See {@link io.cortado.backend.Backend#unary}. */
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    eachFour("unary_forward", n, op.kind().ordinal(), op.a(), op.b(), n, x, y);
  }

  /** See {@link io.cortado.backend.Backend#unaryBackward}. */
  public void unaryBackward(
      UnaryOp op,
      long n,
      @Nullable Buffer x,
      @Nullable Buffer y,
      Buffer dy,
      float beta,
      Buffer dx) {
    eachFour("unary_backward", n, op.kind().ordinal(), op.a(), op.b(), n, x, y, dy, beta, dx);
  }

  /** See {@link io.cortado.backend.Backend#binary}. */
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    Axes axes = Axes.broadcast(spec.a(), spec.b(), spec.out());
    long n = spec.out().size();
    int op = spec.op().ordinal();
    if (axes.isFlat()) {
      eachFour("binary_flat", n, op, n, a, b, beta, out);
    } else {
      each("binary_broadcast", n, op, axes.struct(), n, a, b, beta, out);
    }
  }

  /** See {@link io.cortado.backend.Backend#axpby}. */
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    eachFour("axpby", n, n, alpha, x, beta, y);
  }

  /** See {@link io.cortado.backend.Backend#permute}. */
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    long n = spec.in().size();
    Axes axes = Axes.permuted(spec);
    Axes tiled = axes.tiled();
    if (tiled == null || n == 0) {
      each("permute", n, axes.struct(), n, x, beta, y);
    } else {
      long tiles = tiled.tiles();
      launch("permute_tiles", (int) Math.min(tiles, MAX_BLOCKS), tiled.struct(), tiles, x, beta, y);
    }
  }

  /** See {@link io.cortado.backend.Backend#copyBlock}. */
  public void copyBlock(CopySpec s, Buffer src, float beta, Buffer dst) {
    each(
        "copy_block",
        s.rows() * s.width(),
        s.rows(),
        s.width(),
        s.srcOffset(),
        s.srcStride(),
        s.dstOffset(),
        s.dstStride(),
        src,
        beta,
        dst);
  }

  /**
   * Computes {@code y = op(y + bias)} for {@code [outer, channels, inner]} elements.
   *
   * @param bias one per channel, null for 0
   */
  public void biasActivation(
      UnaryOp op, long n, int channels, long inner, @Nullable Buffer bias, Buffer y) {
    if (bias != null || op.kind() != UnaryOp.Kind.IDENTITY) {
      each("bias_activation", n, op.kind().ordinal(), op.a(), op.b(), n, channels, inner, bias, y);
    }
  }

  /** See {@link io.cortado.backend.CopyOps#stridedCopy}. */
  public void stridedCopy(StridedSpec s, Buffer src, float beta, Buffer dst) {
    long n = s.extents().size();
    long[] axes = Axes.strided(s).struct();
    each("strided_copy", n, axes, n, s.srcOffset(), s.dstOffset(), src, beta, dst);
  }

  /** See {@link io.cortado.backend.CopyOps#triangle}. */
  public void triangle(TriangleSpec s, Buffer x, float beta, Buffer y) {
    long n = s.size();
    each("triangle", n, n, s.rows(), s.cols(), s.diagonal(), s.upper(), x, beta, y);
  }
}
