package io.cortado.nn;

import io.cortado.backend.spec.RnnSpec;

/**
 * One step of {@link GRU}, whose formulas it has.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.GRUCell.html">torch.nn.GRUCell</a>
 */
public final class GRUCell extends RNNCellBase {

  /** Makes a cell with biases. */
  public GRUCell(int input, int hidden) {
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
  public GRUCell(int input, int hidden, boolean bias) {
    super(RnnSpec.Kind.GRU, input, hidden, bias);
  }
}
