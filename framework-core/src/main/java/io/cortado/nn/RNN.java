package io.cortado.nn;

import io.cortado.backend.spec.RnnSpec;

/**
 * Elman's recurrent network over whole sequences, {@code h' = tanh(W_ih x + b_ih + W_hh h + b_hh)}.
 *
 * <p>With the nonlinearity {@code RELU}, max(0, .) stands for tanh. See {@link RNNBase} for shapes
 * and parameters.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.RNN.html">torch.nn.RNN</a>
 */
public final class RNN extends RNNBase {

  /** What a step ends with. */
  public enum Nonlinearity {
    /** The hyperbolic tangent. */
    TANH(RnnSpec.Kind.TANH),
    /** {@code max(x, 0)}. */
    RELU(RnnSpec.Kind.RELU);

    final RnnSpec.Kind kind;

    Nonlinearity(RnnSpec.Kind kind) {
      this.kind = kind;
    }
  }

  private final Nonlinearity nonlinearity;

  /** Makes a layer with tanh. */
  public RNN(int input, int hidden) {
    this(input, hidden, Nonlinearity.TANH, RNNOptions.DEFAULTS);
  }

  /**
   * Makes layers.
   *
   * @param input features of an input
   * @param hidden features of a state
   * @throws IllegalArgumentException if there are no features
   */
  public RNN(int input, int hidden, Nonlinearity nonlinearity, RNNOptions options) {
    super(nonlinearity.kind, input, hidden, options);
    this.nonlinearity = nonlinearity;
  }

  @Override
  String extra() {
    return nonlinearity == Nonlinearity.RELU ? ", relu" : "";
  }
}
