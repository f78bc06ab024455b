package io.cortado.nn;

import io.cortado.backend.spec.RnnSpec;

/**
 * A long short-term memory over whole sequences.
 *
 * <pre>{@code
 * i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)
 * f = sigmoid(W_if x + b_if + W_hf h + b_hf)
 * g = tanh(W_ig x + b_ig + W_hg h + b_hg)
 * o = sigmoid(W_io x + b_io + W_ho h + b_ho)
 * c' = f c + i g
 * h' = o tanh(c')
 * }</pre>
 *
 * <p>See {@link RNNBase} for shapes and parameters.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html">torch.nn.LSTM</a>
 */
public final class LSTM extends RNNBase {

  /** Makes a layer. */
  public LSTM(int input, int hidden) {
    this(input, hidden, RNNOptions.DEFAULTS);
  }

  /**
   * Makes layers.
   *
   * @param input features of an input
   * @param hidden features of a state
   * @throws IllegalArgumentException if there are no features
   */
  public LSTM(int input, int hidden, RNNOptions options) {
    super(RnnSpec.Kind.LSTM, input, hidden, options);
  }
}
