package io.cortado.nn;

/**
 * What recurrent layers can be told, with PyTorch's names and defaults.
 *
 * @param numLayers layers, each of which reads the outputs of the one before
 * @param bias whether there are the biases b_ih and b_hh
 * @param batchFirst whether input and output are {@code [batch, steps, features]}; states never are
 * @param dropout the probability with which the outputs of each layer but the last are set to 0
 *     while training
 * @param bidirectional whether each layer also walks from the last step to the first
 */
public record RNNOptions(
    int numLayers, boolean bias, boolean batchFirst, double dropout, boolean bidirectional) {

  /** One layer, with biases, steps first, without dropout, in one direction. */
  public static final RNNOptions DEFAULTS = new RNNOptions(1, true, false, 0, false);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there is no layer, or dropout is no probability
   */
  public RNNOptions {
    if (numLayers < 1) {
      throw new IllegalArgumentException(
          "recurrent layer: numLayers " + numLayers + " has to be at least 1");
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException(
          "recurrent layer: dropout probability " + dropout + " is not between 0 and 1");
    }
  }

  /** Returns these with so many layers. */
  public RNNOptions numLayers(int n) {
    return new RNNOptions(n, bias, batchFirst, dropout, bidirectional);
  }

  /** Returns these with biases or without. */
  public RNNOptions bias(boolean wanted) {
    return new RNNOptions(numLayers, wanted, batchFirst, dropout, bidirectional);
  }

  /** Returns these with the batch before the steps, or after them. */
  public RNNOptions batchFirst(boolean first) {
    return new RNNOptions(numLayers, bias, first, dropout, bidirectional);
  }

  /** Returns these with dropout between layers. */
  public RNNOptions dropout(double p) {
    return new RNNOptions(numLayers, bias, batchFirst, p, bidirectional);
  }

  /** Returns these in both directions, or one. */
  public RNNOptions bidirectional(boolean both) {
    return new RNNOptions(numLayers, bias, batchFirst, dropout, both);
  }

  int directions() {
    return bidirectional ? 2 : 1;
  }
}
