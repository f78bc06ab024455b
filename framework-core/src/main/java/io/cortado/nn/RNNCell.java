package io.cortado.nn;

/**
 * One step of {@link RNN}, whose formulas it has.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html">torch.nn.RNNCell</a>
 */
public final class RNNCell extends RNNCellBase {

  /** Makes a cell with biases and tanh. */
  public RNNCell(int input, int hidden) {
    this(input, hidden, true, RNN.Nonlinearity.TANH);
  }

  /**
   * Makes a cell.
   *
   * @param input features of an input
   * @param hidden features of a state
   * @param bias whether there are biases
   * @throws IllegalArgumentException if there are no features
   */
  public RNNCell(int input, int hidden, boolean bias, RNN.Nonlinearity nonlinearity) {
    super(nonlinearity.kind, input, hidden, bias);
  }
}
