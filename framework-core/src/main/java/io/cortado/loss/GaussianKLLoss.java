package io.cortado.loss;

import io.cortado.Tensor;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Pointwise;

/**
 * The Kullback-Leibler divergence of normal distributions from the unit one: {@code (m^2 + e^l - l
 * - 1) / 2} with mean m and l the logarithm of the variance.
 *
 * <p>Mean and logarithm have one shape {@code [N, D]}; the losses are summed over D, one for each
 * sample: {@code [N]}. Both may require a gradient.
 *
 * <p>The part of a variational autoencoder's loss that keeps its codes near 0 (Kingma and Welling,
 * 2014). Reduce both parts alike: a mean over pixels beside a sum over codes makes all codes 0.
 */
public final class GaussianKLLoss implements Loss {

  private static final Pointwise FUNCTION =
      Pointwise.of("gaussianKL", (m, l) -> m.square().add(l.expm1()).sub(l).mul(0.5f));

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the samples' losses; at first the mean. */
  public GaussianKLLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  @Override
  public Tensor forward(Tensor mean, Tensor logVariance) {
    return Reduced.apply(FUNCTION.apply(mean, logVariance).sum(-1, false), reduction);
  }
}
