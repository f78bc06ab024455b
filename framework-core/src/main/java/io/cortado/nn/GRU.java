package io.cortado.nn;

import io.cortado.backend.spec.RnnSpec;

/**
 * A gated recurrent unit over whole sequences.
 *
 * <pre>{@code
 * r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
 * z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
 * n = tanh(W_in x + b_in + r (W_hn h + b_hn))
 * h' = (1 - z) n + z h
 * }</pre>
 *
 * <p>See {@link RNNBase} for shapes and parameters.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.GRU.html">torch.nn.GRU</a>
 */
public final class GRU extends RNNBase {

  /** Makes a layer. */
  public GRU(int input, int hidden) {
    this(input, hidden, RNNOptions.DEFAULTS);
  }

  /**
   * Makes layers.
   *
   * @param input features of an input
   * @param hidden features of a state
   * @throws IllegalArgumentException if there are no features
   */
  public GRU(int input, int hidden, RNNOptions options) {
    super(RnnSpec.Kind.GRU, input, hidden, options);
  }
}
