package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Recurrent;
import io.cortado.autograd.Recurrent.Result;
import io.cortado.autograd.Recurrent.Start;
import io.cortado.autograd.Recurrent.Weights;
import io.cortado.backend.spec.RnnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RNNCell}, {@link LSTMCell} and {@link GRUCell} have in common.
 *
 * <p>Input {@code [batch, input]}, states {@code [batch, hidden]}. The parameters {@code
 * weight_ih}, {@code weight_hh}, {@code bias_ih} and {@code bias_hh} are at first uniform with
 * bound {@code 1 / sqrt(hidden)}.
 */
public abstract sealed class RNNCellBase extends Module permits RNNCell, LSTMCell, GRUCell {

  private final RnnSpec.Kind kind;
  private final int input;
  private final int hidden;
  private final Parameter ih;
  private final Parameter hh;
  private final @Nullable Parameter biasIh;
  private final @Nullable Parameter biasHh;

  RNNCellBase(RnnSpec.Kind kind, int input, int hidden, boolean bias) {
    RecurrentParameters.check(getClass().getSimpleName(), input, hidden);
    this.kind = kind;
    this.input = input;
    this.hidden = hidden;
    int rows = kind.gates() * hidden;
    ih = weight("weight_ih", Shape.of(rows, input));
    hh = weight("weight_hh", Shape.of(rows, hidden));
    biasIh = bias ? weight("bias_ih", Shape.of(rows)) : null;
    biasHh = bias ? weight("bias_hh", Shape.of(rows)) : null;
  }

  private Parameter weight(String name, Shape shape) {
    return parameter(name, shape, RecurrentParameters.initializer(hidden));
  }

  /**
   * Returns the next state.
   *
   * @param x {@code [batch, input]}, or {@code [input]} with a state of {@code [hidden]}
   * @param state null for 0
   * @throws IllegalArgumentException if shapes do not fit, or an LSTM's cell states are missing
   */
  public RNNState forward(Tensor x, @Nullable RNNState state) {
    if (x.shape().rank() == 1 && x.dim(0) == input) {
      return single(x, state);
    }
    if (x.shape().rank() != 2 || x.dim(1) != input) {
      throw new IllegalArgumentException(
          this + ": the input has shape " + x.shape() + ", [batch, " + input + "] is needed");
    }
    int batch = x.dim(0);
    Tensor h = state == null ? null : state(state.h(), batch);
    Tensor c = state == null || state.c() == null ? null : state(state.c(), batch);
    if (kind == RnnSpec.Kind.LSTM && h != null && c == null) {
      throw new IllegalArgumentException(this + ": the state has no cell states; give h and c");
    }
    Weights weights =
        new Weights(
            ih.value(),
            hh.value(),
            biasIh == null ? null : biasIh.value(),
            biasHh == null ? null : biasHh.value());
    Tensor one = x.reshape(1, batch, input);
    Result r = Recurrent.layer(kind, one, null, new Start(h, c), List.of(weights));
    return new RNNState(
        r.h().reshape(batch, hidden), r.c() == null ? null : r.c().reshape(batch, hidden));
  }

  /** One sample, without a batch's axis. */
  private RNNState single(Tensor x, @Nullable RNNState state) {
    RNNState start = null;
    if (state != null) {
      start = new RNNState(batched(state.h()), state.c() == null ? null : batched(state.c()));
    }
    RNNState next = forward(x.reshape(1, input), start);
    return new RNNState(
        next.h().reshape(hidden), next.c() == null ? null : next.c().reshape(hidden));
  }

  private Tensor batched(Tensor t) {
    if (t.shape().rank() != 1 || t.dim(0) != hidden) {
      throw new IllegalArgumentException(
          this + ": the state has shape " + t.shape() + ", [" + hidden + "] is needed");
    }
    return t.reshape(1, hidden);
  }

  private Tensor state(Tensor t, int batch) {
    if (t.shape().rank() != 2 || t.dim(0) != batch || t.dim(1) != hidden) {
      throw new IllegalArgumentException(
          this
              + ": the state has shape "
              + t.shape()
              + ", ["
              + batch
              + ", "
              + hidden
              + "] is needed");
    }
    return t.reshape(1, batch, hidden);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "("
        + input
        + ", "
        + hidden
        + (biasIh == null ? ", no bias)" : ")");
  }
}
