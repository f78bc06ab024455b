package io.cortado.cuda;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** What follows a product or a convolution: bias and activation, in one pass over its output. */
@FunctionalInterface
public interface Epilogue {

  /**
   * Computes {@code y = op(y + bias)} in place, y seen as {@code [outer, channels, inner]}.
   *
   * @param n how many elements there are
   * @param bias one per channel, null for 0
   */
  void apply(UnaryOp op, long n, int channels, long inner, @Nullable Buffer bias, Buffer y);
}
