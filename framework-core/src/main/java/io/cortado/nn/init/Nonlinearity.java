package io.cortado.nn.init;

/**
 * What follows a layer, for the gain that keeps the variance; the values are PyTorch's {@code
 * calculate_gain}.
 */
public enum Nonlinearity {
  /** Nothing, or a convolution: gain 1. */
  LINEAR,
  /** A sigmoid: gain 1. */
  SIGMOID,
  /** A hyperbolic tangent: gain 5/3. */
  TANH,
  /** A ReLU: gain {@code sqrt 2}. */
  RELU,
  /** A leaky ReLU of slope a: gain {@code sqrt(2 / (1 + a^2))}. */
  LEAKY_RELU,
  /** A SELU: gain 3/4. */
  SELU;

  /**
   * Returns the recommended gain.
   *
   * @param slope the leaky ReLU's slope; ignored by the others
   */
  public double gain(double slope) {
    return switch (this) {
      case LINEAR, SIGMOID -> 1;
      case TANH -> 5.0 / 3;
      case RELU -> Math.sqrt(2);
      case LEAKY_RELU -> Math.sqrt(2 / (1 + slope * slope));
      case SELU -> 0.75;
    };
  }
}
