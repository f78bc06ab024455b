package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.Recurrent;
import io.cortado.autograd.Recurrent.Result;
import io.cortado.autograd.Recurrent.Start;
import io.cortado.autograd.Recurrent.Weights;
import io.cortado.backend.spec.RnnSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RNN}, {@link LSTM} and {@link GRU} have in common.
 *
 * <p>Input {@code [steps, batch, input]}, output {@code [steps, batch, directions * hidden]}; with
 * {@link RNNOptions#batchFirst()} the first two axes are exchanged. One sequence may also come
 * without the axis of the batch, which output and states then have not either. States are {@code
 * [layers * directions, batch, hidden]}: layer by layer, the directions of a layer side by side.
 * Parameters have PyTorch's names, such as {@code weight_ih_l0} and {@code bias_hh_l1_reverse}, and
 * are at first uniform with bound {@code 1 / sqrt(hidden)}.
 */
public abstract sealed class RNNBase extends Layer permits RNN, LSTM, GRU {

  /** The parameters of one direction of a layer. */
  private record Part(
      Parameter ih, Parameter hh, @Nullable Parameter biasIh, @Nullable Parameter biasHh) {

    Weights weights() {
      return new Weights(
          ih.value(),
          hh.value(),
          biasIh == null ? null : biasIh.value(),
          biasHh == null ? null : biasHh.value());
    }
  }

  private final RnnSpec.Kind kind;
  private final int input;
  private final int hidden;
  private final RNNOptions options;
  private final List<List<Part>> layers = new ArrayList<>();

  RNNBase(RnnSpec.Kind kind, int input, int hidden, RNNOptions options) {
    RecurrentParameters.check(getClass().getSimpleName(), input, hidden);
    this.kind = kind;
    this.input = input;
    this.hidden = hidden;
    this.options = options;
    for (int layer = 0; layer < options.numLayers(); layer++) {
      int in = layer == 0 ? input : options.directions() * hidden;
      List<Part> parts = new ArrayList<>();
      for (int d = 0; d < options.directions(); d++) {
        parts.add(part(in, "_l" + layer + (d == 1 ? "_reverse" : "")));
      }
      layers.add(parts);
    }
  }

  /** Returns which cell this is. */
  public final RnnSpec.Kind kind() {
    return kind;
  }

  /** Returns how many numbers a state has. */
  public final int hidden() {
    return hidden;
  }

  /** Returns the options. */
  public final RNNOptions options() {
    return options;
  }

  private Part part(int in, String suffix) {
    int rows = kind.gates() * hidden;
    return new Part(
        weight("weight_ih" + suffix, Shape.of(rows, in)),
        weight("weight_hh" + suffix, Shape.of(rows, hidden)),
        options.bias() ? weight("bias_ih" + suffix, Shape.of(rows)) : null,
        options.bias() ? weight("bias_hh" + suffix, Shape.of(rows)) : null);
  }

  private Parameter weight(String name, Shape shape) {
    return parameter(name, shape, RecurrentParameters.initializer(hidden));
  }

  /** Returns the output, walking from states of 0. */
  @Override
  public Tensor forward(Tensor x) {
    return forward(x, (RNNState) null).output();
  }

  /**
   * Returns output and final states.
   *
   * @param state where to start from; null for 0
   */
  public RNNOutput forward(Tensor x, @Nullable RNNState state) {
    return forward(x, (Tensor) null, state);
  }

  /**
   * Returns output and final states of sequences of different lengths, as PyTorch gives them for a
   * packed sequence ({@code enforce_sorted=False}) padded again with 0.
   *
   * <p>Unlike there, the output has as many steps as the input, whatever the longest length is.
   *
   * @param lengths one for each sequence, in any order
   * @param state where to start from; null for 0
   * @throws IllegalArgumentException if a length is not from 1 to the input's steps
   */
  public RNNOutput forward(Tensor x, int[] lengths, @Nullable RNNState state) {
    Tensor all = x.device().currentStep(toString()).tensor(lengths, lengths.length);
    return forward(x, all, state);
  }

  /**
   * Returns output and final states of sequences of different lengths, which are on the device.
   *
   * @param lengths int32, one for each sequence; null where all have all steps
   * @param state where to start from; null for 0
   */
  public RNNOutput forward(Tensor x, @Nullable Tensor lengths, @Nullable RNNState state) {
    if (x.shape().rank() == 2 && x.dim(1) == input && lengths == null) {
      return single(x, state);
    }
    if (x.shape().rank() != 3 || x.dim(2) != input) {
      throw new IllegalArgumentException(
          this
              + ": the input has shape "
              + x.shape()
              + ", "
              + (options.batchFirst() ? "[batch, steps, " : "[steps, batch, ")
              + input
              + "] is needed");
    }
    Tensor h0 = state == null ? null : checked(state.h());
    Tensor c0 = state == null || state.c() == null ? null : checked(state.c());
    if (kind == RnnSpec.Kind.LSTM && h0 != null && c0 == null) {
      throw new IllegalArgumentException(this + ": the state has no cell states; give h and c");
    }
    Tensor y = options.batchFirst() ? x.transpose(0, 1) : x;
    Tensor[] hs = new Tensor[layers.size()];
    Tensor[] cs = new Tensor[layers.size()];
    for (int layer = 0; layer < hs.length; layer++) {
      if (layer > 0 && isTraining() && options.dropout() > 0) {
        y = Dropout.dropout(y, (float) options.dropout());
      }
      List<Weights> weights = layers.get(layer).stream().map(Part::weights).toList();
      Start start = new Start(of(h0, layer), of(c0, layer));
      Result result = Recurrent.layer(kind, y, lengths, start, weights);
      y = result.y();
      hs[layer] = result.h();
      if (result.c() != null) {
        cs[layer] = result.c();
      }
    }
    RNNState last = new RNNState(joined(hs), kind == RnnSpec.Kind.LSTM ? joined(cs) : null);
    return new RNNOutput(options.batchFirst() ? y.transpose(0, 1) : y, last);
  }

  /** Computes one sequence without the axis of the batch. */
  private RNNOutput single(Tensor x, @Nullable RNNState state) {
    int steps = x.dim(0);
    int[] shape = options.batchFirst() ? new int[] {1, steps, input} : new int[] {steps, 1, input};
    RNNState start = null;
    if (state != null) {
      start = new RNNState(batched(state.h()), state.c() == null ? null : batched(state.c()));
    }
    RNNOutput out = forward(x.reshape(shape), (Tensor) null, start);
    RNNState last = out.state();
    return new RNNOutput(
        out.output().reshape(steps, options.directions() * hidden),
        new RNNState(unbatched(last.h()), last.c() == null ? null : unbatched(last.c())));
  }

  private Tensor batched(Tensor states) {
    int blocks = layers.size() * options.directions();
    if (!states.shape().equals(Shape.of(blocks, hidden))) {
      throw new IllegalArgumentException(
          this
              + ": the state has shape "
              + states.shape()
              + ", ["
              + blocks
              + ", "
              + hidden
              + "] is needed for an input without a batch");
    }
    return states.reshape(blocks, 1, hidden);
  }

  private Tensor unbatched(Tensor states) {
    return states.reshape(states.dim(0), hidden);
  }

  private Tensor checked(Tensor state) {
    int blocks = layers.size() * options.directions();
    if (state.shape().rank() != 3 || state.dim(0) != blocks || state.dim(2) != hidden) {
      throw new IllegalArgumentException(
          this
              + ": the state has shape "
              + state.shape()
              + ", ["
              + blocks
              + ", batch, "
              + hidden
              + "] is needed");
    }
    return state;
  }

  private @Nullable Tensor of(@Nullable Tensor states, int layer) {
    int d = options.directions();
    return states == null || layers.size() == 1
        ? states
        : states.slice(0, layer * d, (layer + 1) * d);
  }

  private static Tensor joined(Tensor[] parts) {
    return parts.length == 1 ? parts[0] : Tensor.concat(0, parts);
  }

  /** Returns what is special, for messages and summaries. */
  String extra() {
    return "";
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "("
        + input
        + ", "
        + hidden
        + extra()
        + (options.numLayers() == 1 ? "" : ", num_layers=" + options.numLayers())
        + (options.bias() ? "" : ", no bias")
        + (options.batchFirst() ? ", batch_first" : "")
        + (options.dropout() == 0 ? "" : ", dropout=" + options.dropout())
        + (options.bidirectional() ? ", bidirectional" : "")
        + ")";
  }
}
