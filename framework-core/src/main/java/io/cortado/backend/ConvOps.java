package io.cortado.backend;

import io.cortado.backend.spec.ConvSpec;
import org.jspecify.annotations.Nullable;

/** Convolutions and their gradients. */
public interface ConvOps {

  /** Computes a convolution with its bias and activation. */
  void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y);

  /**
   * Computes the gradient of a convolution's input, {@code dx = ... + beta * dx}.
   *
   * <p>The spec's activation is not looked at: dy is the gradient before it. Also a transposed
   * convolution's forward pass.
   */
  void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx);

  /** Computes the gradient of a convolution's weights; dy is the gradient before the activation. */
  void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw);
}
