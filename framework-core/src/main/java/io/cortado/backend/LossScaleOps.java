package io.cortado.backend;

import io.cortado.backend.spec.LossScaleSpec;

/** What keeps small gradients from vanishing in formats of 16 bits. */
public interface LossScaleOps {

  /**
   * Computes {@code x = x / scale} for n elements, by a product with the scale's reciprocal; where
   * one of them is not finite, sets the flag to 1, and else leaves it.
   *
   * @param state the numbers of a loss scale, at {@link LossScaleSpec}'s indices
   */
  void unscale(long n, Buffer x, Buffer state);

  /**
   * Chooses the next scale by the flag, counts a skipped step, and sets the flag to 0, as {@link
   * LossScaleSpec} says.
   *
   * @param state the numbers of a loss scale
   */
  void updateScale(LossScaleSpec spec, Buffer state);
}
