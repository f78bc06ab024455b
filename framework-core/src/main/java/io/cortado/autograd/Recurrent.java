package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.internal.IntRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recurrent layers over whole sequences. */
public final class Recurrent {

  private Recurrent() {}

  /**
   * The weights of one direction.
   *
   * @param ih {@code [gates * hidden, input]}
   * @param hh {@code [gates * hidden, hidden]}
   * @param biasIh {@code [gates * hidden]}, null for 0
   * @param biasHh {@code [gates * hidden]}, null where biasIh is
   */
  public record Weights(Tensor ih, Tensor hh, @Nullable Tensor biasIh, @Nullable Tensor biasHh) {

    RnnWeights buffers() {
      return new RnnWeights(ih.buffer(), hh.buffer(), buffer(biasIh), buffer(biasHh));
    }

    boolean recorded(Step step) {
      return step.records(ih, hh) || step.records(ih, biasIh, biasHh);
    }
  }

  /**
   * What a layer gives.
   *
   * @param y {@code [steps, batch, directions * hidden]}
   * @param h the final states, {@code [directions, batch, hidden]}
   * @param c an LSTM's final cell states; null for other kinds
   */
  public record Result(Tensor y, Tensor h, @Nullable Tensor c) {}

  /**
   * What a layer starts from, {@code [directions, batch, hidden]} each.
   *
   * @param h the states, null for 0
   * @param c an LSTM's cell states, null for 0
   */
  public record Start(@Nullable Tensor h, @Nullable Tensor c) {

    /** Zeros. */
    public static final Start ZERO = new Start(null, null);
  }

  /**
   * Computes one layer, in one direction or both; see {@link RnnSpec} for the formulas.
   *
   * <p>With lengths, a sequence takes part in its first steps alone: the output after its end is 0,
   * its final state is the one after its last step, and the second direction begins with that step.
   * What x holds after a sequence's end has to be finite.
   *
   * @param x {@code [steps, batch, input]}, of at least one step and sequence
   * @param lengths int32 {@code [batch]}, each from 1 to steps, in any order; null where all have
   *     all steps
   * @param directions the weights of each, one or two
   * @throws IllegalArgumentException if shapes do not fit, or a length is known to be out of range
   */
  public static Result layer(
      RnnSpec.Kind kind,
      Tensor x,
      @Nullable Tensor lengths,
      Start start,
      List<Weights> directions) {
    String name = name(kind);
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Checks.rank(name, x, 3, "[steps, batch, input]");
    RnnLayerSpec s = spec(kind, x, lengths != null, directions);
    check(s, name, x, lengths, start, directions);
    Shape states = Shape.of(s.directions(), s.batch(), s.hidden());
    Tensor y = step.empty(Shape.of(s.steps(), s.batch(), s.outputWidth()));
    Tensor h = step.empty(states);
    Tensor c = kind == RnnSpec.Kind.LSTM ? step.empty(states) : null;
    boolean records = step.records(x, start.h(), start.c());
    for (Weights w : directions) {
      records |= w.recorded(step);
    }
    Backend backend = x.device().backend();
    Buffer reserve = records ? step.scratch(FLOAT32, backend.rnnLayerReserveSize(s)) : null;
    backend.rnnLayer(
        s,
        buffer(lengths),
        x.buffer(),
        buffer(start.h()),
        buffer(start.c()),
        buffers(directions),
        y.buffer(),
        h.buffer(),
        buffer(c),
        reserve);
    step.countMultiplyAdds(s.multiplyAdds());
    if (reserve != null) {
      Pass pass = new Pass(s, name, step, x, lengths, start, directions, y, reserve);
      pass.record(h, c);
    }
    return new Result(y, h, c);
  }

  private static String name(RnnSpec.Kind kind) {
    return switch (kind) {
      case TANH, RELU -> "rnn";
      case LSTM -> "lstm";
      case GRU -> "gru";
    };
  }

  private static @Nullable Buffer buffer(@Nullable Tensor t) {
    return t == null ? null : t.buffer();
  }

  /** Asks each tensor for its buffer, so that one overwritten before the backward pass is found. */
  private static List<RnnWeights> buffers(List<Weights> directions) {
    List<RnnWeights> weights = new ArrayList<>(directions.size());
    for (Weights w : directions) {
      weights.add(w.buffers());
    }
    return weights;
  }

  private static RnnLayerSpec spec(
      RnnSpec.Kind kind, Tensor x, boolean lengths, List<Weights> directions) {
    if (directions.isEmpty() || directions.size() > 2) {
      throw new IllegalArgumentException(
          name(kind) + ": weights of " + directions.size() + " directions; give those of 1 or 2");
    }
    Weights first = directions.getFirst();
    Shape hh = first.hh().shape();
    int hidden = hh.rank() == 2 ? hh.dim(1) : 0;
    return new RnnLayerSpec(
        kind,
        x.dim(0),
        x.dim(1),
        x.dim(2),
        hidden,
        directions.size(),
        first.biasIh() != null,
        lengths);
  }

  private static void check(
      RnnLayerSpec s,
      String name,
      Tensor x,
      @Nullable Tensor lengths,
      Start start,
      List<Weights> directions) {
    if (s.steps() < 1 || s.batch() < 1) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + x.shape()
              + " has no steps or no sequences; [steps, batch, input] needs one of each");
    }
    for (Weights w : directions) {
      checkPart(name, x, "weight_ih", w.ih(), Shape.of(s.width(), s.input()));
      checkPart(name, x, "weight_hh", w.hh(), Shape.of(s.width(), s.hidden()));
      checkPart(name, x, "bias_ih", w.biasIh(), Shape.of(s.width()));
      checkPart(name, x, "bias_hh", w.biasHh(), Shape.of(s.width()));
      if ((w.biasIh() != null) != s.bias() || (w.biasHh() != null) != s.bias()) {
        throw new IllegalArgumentException(
            name + ": one bias is missing; give all of them or none");
      }
    }
    Shape states = Shape.of(s.directions(), s.batch(), s.hidden());
    checkPart(name, x, "the first state", start.h(), states);
    checkPart(name, x, "the first cell state", start.c(), states);
    if (start.c() != null && s.kind() != RnnSpec.Kind.LSTM) {
      throw new IllegalArgumentException(name + " has no cell state: leave it out");
    }
    if (lengths != null) {
      checkLengths(s, name, x, lengths);
    }
  }

  private static void checkPart(
      String name, Tensor x, String part, @Nullable Tensor t, Shape wanted) {
    if (t == null) {
      return;
    }
    Checks.sameDevice(name, x, t);
    Checks.floats(name, t);
    if (!t.shape().equals(wanted)) {
      throw Checks.mismatch(
          name, x.shape(), t.shape(), "for this input " + part + " has to be " + wanted);
    }
  }

  private static void checkLengths(RnnLayerSpec s, String name, Tensor x, Tensor lengths) {
    Checks.sameDevice(name, x, lengths);
    Checks.ints(name, lengths);
    if (!lengths.shape().equals(Shape.of(s.batch()))) {
      throw Checks.mismatch(
          name, x.shape(), lengths.shape(), "one length for each of " + s.batch() + " sequences");
    }
    IntRange range = lengths.knownRange();
    if (range != null && !lengths.isKnownWithin(1, s.steps() + 1)) {
      throw new IllegalArgumentException(
          name
              + ": length "
              + (range.min() < 1 ? range.min() : range.max())
              + " is not in 1 to "
              + s.steps()
              + ", the steps of input "
              + x.shape());
    }
  }

  /**
   * The way back: the final states are recorded after the output, so that their gradients are known
   * when the output's turn comes.
   */
  private static final class Pass {

    private final RnnLayerSpec spec;
    private final String name;
    private final Step step;
    private final Tensor x;
    private final @Nullable Tensor lengths;
    private final Start start;
    private final List<Weights> directions;
    private final Tensor y;
    private final Buffer reserve;
    private @Nullable Buffer dh;
    private @Nullable Buffer dc;

    Pass(
        RnnLayerSpec spec,
        String name,
        Step step,
        Tensor x,
        @Nullable Tensor lengths,
        Start start,
        List<Weights> directions,
        Tensor y,
        Buffer reserve) {
      this.spec = spec;
      this.name = name;
      this.step = step;
      this.x = x;
      this.lengths = lengths;
      this.start = start;
      this.directions = List.copyOf(directions);
      this.y = y;
      this.reserve = reserve;
    }

    void record(Tensor h, @Nullable Tensor c) {
      step.record(name, y, this::backward);
      step.record(name, h, g -> dh = keep(h, g));
      if (c != null) {
        step.record(name, c, g -> dc = keep(c, g));
      }
    }

    /** Keeps a final state's gradient, and sees to it that the output's turn comes. */
    private Buffer keep(Tensor state, Gradients g) {
      Backend backend = y.device().backend();
      Buffer kept = step.scratch(FLOAT32, state.size());
      backend.copy(g.upstream(), 0, kept, 0, state.size());
      if (g.beta(y) == 0) {
        backend.fill(g.of(y), y.size(), 0);
      }
      return kept;
    }

    private void backward(Gradients g) {
      Backend backend = x.device().backend();
      Tensor toX = g.needs(x) ? x : null;
      Tensor h0 = start.h() != null && g.needs(start.h()) ? start.h() : null;
      Tensor c0 = start.c() != null && g.needs(start.c()) ? start.c() : null;
      backend.rnnLayerBackwardData(
          spec,
          buffer(lengths),
          y.buffer(),
          g.upstream(),
          buffer(start.h()),
          buffer(start.c()),
          dh,
          dc,
          buffers(directions),
          reserve,
          toX == null ? 0 : g.beta(toX),
          toX == null ? null : g.of(toX),
          h0 == null ? 0 : g.beta(h0),
          h0 == null ? null : g.of(h0),
          c0 == null ? 0 : g.beta(c0),
          c0 == null ? null : g.of(c0));
      List<RnnGradients> gradients = new ArrayList<>(directions.size());
      for (Weights w : directions) {
        gradients.add(gradients(w, g));
      }
      backend.rnnLayerBackwardWeights(
          spec, x.buffer(), buffer(start.h()), y.buffer(), reserve, gradients);
      step.free(reserve);
      if (dh != null) {
        step.free(dh);
      }
      if (dc != null) {
        step.free(dc);
      }
    }

    private static RnnGradients gradients(Weights w, Gradients g) {
      Tensor ih = g.needs(w.ih()) ? w.ih() : null;
      Tensor hh = g.needs(w.hh()) ? w.hh() : null;
      Tensor biasIh = w.biasIh() != null && g.needs(w.biasIh()) ? w.biasIh() : null;
      Tensor biasHh = w.biasHh() != null && g.needs(w.biasHh()) ? w.biasHh() : null;
      return new RnnGradients(
          ih == null ? 0 : g.beta(ih),
          ih == null ? null : g.of(ih),
          hh == null ? 0 : g.beta(hh),
          hh == null ? null : g.of(hh),
          biasIh == null ? 0 : g.beta(biasIh),
          biasIh == null ? null : g.of(biasIh),
          biasHh == null ? 0 : g.beta(biasHh),
          biasHh == null ? null : g.of(biasHh));
    }
  }
}
