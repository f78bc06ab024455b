package io.cortado.nn;

import io.cortado.backend.spec.RnnSpec;

/**
 * One step of {@link LSTM}, whose formulas it has.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html">torch.nn.LSTMCell</a>
 */
public final class LSTMCell extends RNNCellBase {

  /** Makes a cell with biases. */
  public LSTMCell(int input, int hidden) {
    this(input, hidden, true);
  }

  /**
   * Makes a cell.
   *
   * @param input features of an input
   * @param hidden features of a state
   * @param bias whether there are biases
   * @throws IllegalArgumentException if there are no features
   */
  public LSTMCell(int input, int hidden, boolean bias) {
    super(RnnSpec.Kind.LSTM, input, hidden, bias);
  }
}
