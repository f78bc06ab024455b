package io.cortado.loss;

import io.cortado.Tensor;

/**
 * Short names for losses, to be imported statically: each as an object, and as a function with
 * default options.
 */
public final class Losses {

  private Losses() {}

  /** The cross-entropy of logits. */
  public static CrossEntropyLoss crossEntropy() {
    return new CrossEntropyLoss();
  }

  /** Computes the mean cross-entropy of logits. */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return new CrossEntropyLoss().forward(logits, target);
  }

  /** The mean squared error. */
  public static MSELoss mse() {
    return new MSELoss();
  }

  /** Computes the mean squared error. */
  public static Tensor mse(Tensor input, Tensor target) {
    return new MSELoss().forward(input, target);
  }

  /** The mean absolute error. */
  public static L1Loss l1() {
    return new L1Loss();
  }

  /** Computes the mean absolute error. */
  public static Tensor l1(Tensor input, Tensor target) {
    return new L1Loss().forward(input, target);
  }

  /** The binary cross-entropy of probabilities. */
  public static BCELoss bce() {
    return new BCELoss();
  }

  /** Computes the mean binary cross-entropy of probabilities. */
  public static Tensor bce(Tensor probabilities, Tensor target) {
    return new BCELoss().forward(probabilities, target);
  }

  /** The binary cross-entropy of logits. */
  public static BCEWithLogitsLoss bceWithLogits() {
    return new BCEWithLogitsLoss();
  }

  /** Computes the mean binary cross-entropy of logits. */
  public static Tensor bceWithLogits(Tensor logits, Tensor target) {
    return new BCEWithLogitsLoss().forward(logits, target);
  }
}
