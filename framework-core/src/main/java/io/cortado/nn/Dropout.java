package io.cortado.nn;

import io.cortado.Tensor;

/**
 * Sets elements to 0 at random while training, and scales the others by {@code 1 / (1 - p)}; does
 * nothing in eval mode.
 *
 * @see <a href="https://jmlr.org/papers/v15/srivastava14a.html">Srivastava et al., Dropout
 *     (2014)</a>
 */
public final class Dropout extends Layer {

  private final float p;

  /**
   * Makes a layer.
   *
   * @param p the probability of 0
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public Dropout(double p) {
    checkProbability(p);
    this.p = (float) p;
  }

  static void checkProbability(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: probability " + p + " is not between 0 and 1");
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    return isTraining() && p > 0 ? io.cortado.autograd.Dropout.dropout(x, p) : x;
  }

  @Override
  public String toString() {
    return "Dropout(" + p + ")";
  }
}
