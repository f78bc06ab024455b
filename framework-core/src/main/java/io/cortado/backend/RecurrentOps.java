package io.cortado.backend;

import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers and their gradients.
 *
 * <p>A whole layer has a default body made of its single directions.
 */
public interface RecurrentOps extends MemoryOps {

  /**
   * Returns how many float32 elements {@link #rnnLayer} keeps for the backward pass.
   *
   * <p>What is in it is the backend's own affair. By default there is a part for each direction.
   */
  default long rnnLayerReserveSize(RnnLayerSpec spec) {
    return RnnDirections.reserveSize(this, spec);
  }

  /**
   * Computes one recurrent layer: by default one direction after the other, by {@link #rnn}, which
   * says what a sequence's length means.
   *
   * @param lengths int32, one from 1 to steps for each sequence; null where the spec has none
   * @param h0 the states to start from; null for 0
   * @param c0 an LSTM's cell states to start from; null for 0
   * @param weights each direction's
   * @param hn receives the final states
   * @param cn receives an LSTM's final cell states; null for other kinds
   * @param reserve of {@link #rnnLayerReserveSize} elements; null where no backward pass will
   *     follow
   */
  default void rnnLayer(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    RnnDirections.forward(this, spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
  }

  /**
   * Computes the gradients of {@link #rnnLayer}'s input and first states, each output null where it
   * is not wanted.
   *
   * @param y the forward pass's output
   * @param dy its gradient; not looked at beyond a sequence's end
   * @param h0 as in the forward pass
   * @param c0 as in the forward pass
   * @param dhn the final states' gradients; null for 0
   * @param dcn an LSTM's final cell states' gradients; null for 0
   * @param reserve the forward pass's; changed, and afterwards what {@link
   *     #rnnLayerBackwardWeights} needs
   */
  default void rnnLayerBackwardData(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer dy,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      List<RnnWeights> weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    RnnDirections.backwardData(
        this, spec, lengths, dy, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0, betaC, dc0);
  }

  /**
   * Computes the gradients of {@link #rnnLayer}'s weights.
   *
   * @param x the forward pass's input, finite beyond a sequence's end
   * @param h0 as in the forward pass
   * @param y the forward pass's output
   * @param reserve as {@link #rnnLayerBackwardData} left it
   * @param gradients each direction's
   */
  default void rnnLayerBackwardWeights(
      RnnLayerSpec spec,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    RnnDirections.backwardWeights(this, spec, x, reserve, gradients);
  }

  /**
   * Returns how many float32 elements {@link #rnn} keeps for the backward pass.
   *
   * <p>What is in it is the backend's own affair.
   */
  default long rnnReserveSize(RnnSpec spec) {
    return spec.reserveSize();
  }

  /**
   * Computes one direction of one recurrent layer, as {@link RnnSpec} says.
   *
   * <p>A sequence of length l takes part in the steps before l: after that its output is 0, its
   * final state is the one after its last step, and the walk from the last step to the first begins
   * with its own last one.
   *
   * @param lengths int32, one from 1 to steps for each sequence; null where all have all steps
   * @param h0 the states to start from, all directions'; null for 0
   * @param c0 an LSTM's cell states to start from; null for 0
   * @param y the output, all directions'; the others' columns stay
   * @param hn receives the final states; the other directions' stay
   * @param cn receives an LSTM's final cell states; null for other kinds
   * @param reserve of {@link #rnnReserveSize} elements; null where no backward pass will follow
   */
  void rnn(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      RnnWeights weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve);

  /**
   * Computes the gradients of {@link #rnn}'s input and first states, each output null where it is
   * not wanted; of the states, this direction's block alone is written.
   *
   * @param dy the output's gradient, all directions'; not looked at beyond a sequence's end
   * @param dhn the final states' gradients; null for 0
   * @param dcn an LSTM's final cell states' gradients; null for 0
   * @param reserve the forward pass's; changed, and afterwards what {@link #rnnBackwardWeights}
   *     needs
   */
  void rnnBackwardData(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      RnnWeights weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0);

  /**
   * Computes the gradients of {@link #rnn}'s weights, each output null where it is not wanted.
   *
   * @param x the forward pass's input, finite beyond a sequence's end
   * @param reserve as {@link #rnnBackwardData} left it
   */
  void rnnBackwardWeights(
      RnnSpec spec,
      Buffer x,
      Buffer reserve,
      float betaIh,
      @Nullable Buffer dIh,
      float betaHh,
      @Nullable Buffer dHh,
      float betaBiasIh,
      @Nullable Buffer dBiasIh,
      float betaBiasHh,
      @Nullable Buffer dBiasHh);
}
