package io.cortado.nn;

import io.cortado.Scope;
import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The state of a recurrent layer or cell.
 *
 * <p>It is of the step that it was made in. To go on from it in the next step, without a gradient
 * (truncated backpropagation through time), {@link #keep} it in a scope that lives longer:
 *
 * <pre>{@code
 * RNNState state = null;
 * for (Batch part : parts) {
 *   try (Step step = device.step()) {
 *     RNNOutput out = lstm.forward(part.inputs(), state);
 *     loss(out.output(), part.labels()).backward();
 *     optimizer.step();
 *     if (state == null) {
 *       state = out.state().keep(scope);
 *     } else {
 *       out.state().copyTo(state);
 *     }
 *   }
 * }
 * }</pre>
 *
 * @param h the hidden states: {@code [layers * directions, batch, hidden]}, a cell's {@code [batch,
 *     hidden]}
 * @param c an LSTM's cell states, of the same shape; null for other kinds
 */
public record RNNState(Tensor h, @Nullable Tensor c) {

  /** Returns the same numbers without a way back to how they came about. */
  public RNNState detach() {
    return new RNNState(h.detach(), c == null ? null : c.detach());
  }

  /** Returns a copy in another scope, without a way back. */
  public RNNState keep(Scope scope) {
    Tensor cell = c;
    RNNState kept =
        new RNNState(scope.empty(h.shape()), cell == null ? null : scope.empty(cell.shape()));
    copyTo(kept);
    return kept;
  }

  /**
   * Makes all numbers 0, as at the beginning of a sequence; a backward pass that needs those that
   * were there is an {@link IllegalStateException} afterwards.
   */
  public void zero() {
    zero(h);
    if (c != null) {
      zero(c);
    }
  }

  private static void zero(Tensor x) {
    x.markOverwritten();
    x.device().backend().fill(x.buffer(), x.size(), 0);
  }

  /**
   * Copies the numbers into another state of the same shape, such as {@link #keep} makes.
   *
   * <p>A backward pass that needs the other's numbers, because its sequence began with them, comes
   * before; afterwards it is an {@link IllegalStateException}.
   *
   * @throws IllegalArgumentException if the shapes or kinds differ
   */
  public void copyTo(RNNState other) {
    Tensor from = c;
    Tensor to = other.c;
    if ((from == null) != (to == null)) {
      throw new IllegalArgumentException(
          "copyTo: a state with cell states and one without cannot be copied into each other");
    }
    copy(h, other.h);
    if (from != null && to != null) {
      copy(from, to);
    }
  }

  private static void copy(Tensor from, Tensor to) {
    if (!from.shape().equals(to.shape()) || from.device() != to.device()) {
      throw new IllegalArgumentException(
          "copyTo: state "
              + from.shape()
              + " on "
              + from.device()
              + " does not fit "
              + to.shape()
              + " on "
              + to.device()
              + "; keep a new one where the batch changes");
    }
    to.markOverwritten();
    from.device().backend().copy(from.buffer(), 0, to.buffer(), 0, from.size());
  }
}
