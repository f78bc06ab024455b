package io.cortado.cuda;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** What follows a product or a convolution: bias and activation, in one pass over its output. */
public interface Epilogue {

  /**
   * Computes {@code y = activation(y + bias)} in place, y seen as {@code [outer, channels, inner]}.
   *
   * @param bias one per channel, null for none
   */
  void apply(
      UnaryOp activation, long outer, int channels, long inner, @Nullable Buffer bias, Buffer y);
}
