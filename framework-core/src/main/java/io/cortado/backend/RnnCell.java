package io.cortado.backend;

import io.cortado.backend.spec.RnnSpec;
import org.jspecify.annotations.Nullable;

/**
 * What is left of one step of a recurrent layer besides matrix products; for {@link RnnSequences}.
 *
 * <p>A sequence that is shorter than the step's number says keeps its state, and its output is 0.
 */
public interface RnnCell {

  /**
   * Makes the next state.
   *
   * @param lengths int32, one per sequence; null where all have all steps
   * @param reserve has the input's product at {@link RnnSpec#gatesAt}, and the state before; gets
   *     gates, candidate and the state after
   * @param recurrent the state's product, {@code [batch, gates * hidden]}
   * @param y gets the step's output
   */
  void forward(
      RnnSpec spec,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer recurrent,
      @Nullable Buffer biasIh,
      @Nullable Buffer biasHh,
      Buffer y);

  /**
   * Makes the gates' gradients.
   *
   * @param reserve has what the forward pass left; gets the gradients over the gates, and a GRU's
   *     over the candidate
   * @param dh the gradient of the state after, without the output's; gets the part of that of the
   *     state before that does not go through the product
   * @param dc an LSTM's gradient of the cell state after; gets that of the one before
   */
  void backward(
      RnnSpec spec,
      int t,
      @Nullable Buffer lengths,
      Buffer reserve,
      Buffer dy,
      Buffer dh,
      @Nullable Buffer dc);
}
