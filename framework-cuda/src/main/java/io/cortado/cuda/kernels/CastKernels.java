package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Rounds floats to one of the formats of 16 bits, and makes floats of them again.
 *
 * <p>To nearest, ties to even; NaN and infinities stay, and what is too large becomes infinite.
 */
public final class CastKernels extends Family {

  private final String format;

  /**
   * Makes the casts of a device to and from one format.
   *
   * @param precision {@link MathPrecision#FLOAT16} or {@link MathPrecision#BFLOAT16}
   */
  public CastKernels(Kernels kernels, MathPrecision precision) {
    super(kernels, "cast.cu");
    format =
        switch (precision) {
          case FLOAT16 -> "half";
          case BFLOAT16 -> "bfloat16";
          case FLOAT32, TF32 ->
              throw new IllegalArgumentException(precision + " is no format of 16 bits");
        };
  }

  /** Returns memory for n numbers of 16 bits, for the duration of one operation. */
  public Scratch room(long n) {
    return kernels().context.memory().scratch(n * Short.BYTES);
  }

  /** Returns the first n floats rounded, for the duration of one operation. */
  public Scratch narrow(long n, Buffer x) {
    Scratch rounded = room(n);
    try {
      each("narrow_" + format, n, n, x, rounded.pointer());
      return rounded;
    } catch (RuntimeException e) {
      rounded.close();
      throw e;
    }
  }

  /** Computes {@code y = x + beta * y}; x has 16 bits. */
  public void widen(long n, Scratch x, float beta, Buffer y) {
    each("widen_" + format, n, n, x.pointer(), beta, y);
  }

  /**
   * Computes {@code y = op(x + bias)} for {@code [outer, channels, inner]} elements; x has 16 bits.
   *
   * @param bias one per channel, null for 0
   */
  public void widen(
      UnaryOp op, long n, int channels, long inner, @Nullable Buffer bias, Scratch x, Buffer y) {
    each(
        "widen_bias_activation_" + format,
        n,
        op.kind().ordinal(),
        op.a(),
        op.b(),
        n,
        channels,
        inner,
        bias,
        x.pointer(),
        y);
  }
}
