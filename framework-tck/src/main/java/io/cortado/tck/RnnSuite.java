package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.RnnSpec.Kind;
import io.cortado.tck.reference.ReferenceRnn;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One direction of a recurrent layer, and its gradients. */
public abstract class RnnSuite extends BackendSuite {

  /** For subclasses. */
  protected RnnSuite() {}

  static Stream<RnnSpec> specs() {
    return Arrays.stream(Kind.values())
        .flatMap(kind ->
            Stream.of(
                new RnnSpec(kind, 1, 1, 1, 1, 0, 1),
                new RnnSpec(kind, 2, 3, 7, 5, 0, 1),
                new RnnSpec(kind, 7, 5, 3, 8, 0, 2),
                new RnnSpec(kind, 7, 5, 3, 8, 1, 2),
                new RnnSpec(kind, 3, 1, 7, 17, 1, 2),
                new RnnSpec(kind, 5, 3, 1, 17, 0, 1),
                new RnnSpec(kind, 4, 5, 3, 1, 1, 2),
                // Several blocks of sequences.
                new RnnSpec(kind, 3, 133, 9, 65, 0, 1)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void allStepsOfAll(RnnSpec s) {
    check(RnnData.of(s, false, true, true));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void differentLengths(RnnSpec s) {
    check(RnnData.of(s, true, true, true));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void withoutBiasFromZero(RnnSpec s) {
    check(RnnData.of(s, true, false, false));
  }

  /** What is no number stays none, whatever its bits are and wherever it comes in. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void nanAndInfinities(Kind kind) {
    RnnSpec s = new RnnSpec(kind, 3, 5, 3, 17, 0, 1);
    for (float special : Data.NAN) {
      checkSpecial(s, RnnData::x, 4, special);
      checkSpecial(s, RnnData::h0, 20, special);
      checkSpecial(s, RnnData::c0, 20, special);
      for (int gate = 0; gate < s.width() / s.hidden(); gate++) {
        checkSpecial(s, RnnData::biasIh, gate * s.hidden() + 16, special);
        checkSpecial(s, RnnData::biasHh, gate * s.hidden() + 1, special);
      }
    }
    checkSpecial(s, RnnData::x, 4, Float.POSITIVE_INFINITY);
    checkSpecial(s, RnnData::x, 7, Float.NEGATIVE_INFINITY);
  }

  private void checkSpecial(
      RnnSpec s, Function<RnnData, float @Nullable []> where, int i, float special) {
    RnnData d = RnnData.of(s, false, true, true);
    float @Nullable [] values = where.apply(d);
    if (values == null) {
      return;
    }
    values[i] = special;
    ReferenceRnn.Output y = ReferenceRnn.forward(s, d.referenceInputs(), d.referenceWeights());
    for (boolean training : new boolean[] {false, true}) {
      try (Bench bench = bench()) {
        @Nullable Buffer reserve =
            training ? bench.output("reserve", backend().rnnReserveSize(s)).buffer() : null;
        forward(d, y, bench, null, bench.input(d.x()), d.weights(bench), reserve);
      }
    }
  }

  private Tolerance forward(RnnSpec s) {
    return forProducts(s.input() + s.hidden()).times(2 + s.steps());
  }

  private void check(RnnData d) {
    RnnSpec s = d.spec();
    ReferenceRnn.Output y = ReferenceRnn.forward(s, d.referenceInputs(), d.referenceWeights());
    ReferenceRnn.Gradients g =
        ReferenceRnn.backward(s, d.referenceInputs(), d.referenceWeights(), d.upstream());
    for (float beta : BETAS) {
      try (Bench bench = bench(s.hidden())) {
        Buffer reserve = bench.output("reserve", backend().rnnReserveSize(s)).buffer();
        Buffer x = bench.input(d.x());
        RnnWeights w = d.weights(bench);
        @Nullable Buffer lengths = d.lengths(bench);
        forward(d, y, bench, lengths, x, w, reserve);
        data(d, g, bench, lengths, w, reserve, beta);
        weights(d, g, bench, x, reserve, beta);
      }
    }
    try (Bench bench = bench(s.hidden() + 1)) {
      forward(d, y, bench, d.lengths(bench), bench.input(d.x()), d.weights(bench), null);
    }
  }

  private void forward(
      RnnData d,
      ReferenceRnn.Output expected,
      Bench bench,
      @Nullable Buffer lengths,
      Buffer x,
      RnnWeights w,
      @Nullable Buffer reserve) {
    RnnSpec s = d.spec();
    Operand y = bench.output("y", s.outputSize());
    Operand hn = bench.output("hn", s.directions() * s.stateSize());
    Operand cn = s.kind() == Kind.LSTM ? bench.output("cn", s.directions() * s.stateSize()) : null;
    backend()
        .rnn(
            s,
            lengths,
            x,
            bench.inputOrNull(d.h0()),
            bench.inputOrNull(d.c0()),
            w,
            y.buffer(),
            hn.buffer(),
            cn == null ? null : cn.buffer(),
            reserve);
    // The other direction's part is as it was: NaN.
    y.expect(Expected.within(1, d.output(expected.y(), Double.NaN)), forward(s));
    hn.expect(Expected.within(1, d.states(expected.h(), Double.NaN)), forward(s));
    if (cn != null) {
      cn.expect(Expected.within(1, d.states(expected.c(), Double.NaN)), forward(s));
    }
  }

  private void data(
      RnnData d,
      ReferenceRnn.Gradients expected,
      Bench bench,
      @Nullable Buffer lengths,
      RnnWeights w,
      Buffer reserve,
      float beta) {
    RnnSpec s = d.spec();
    long states = s.directions() * s.stateSize();
    Operand dx = bench.target("dx", s.inputSize(), beta);
    boolean wanted = d.h0() != null;
    Operand dh0 = wanted ? bench.target("dh0", states, beta) : null;
    Operand dc0 = wanted && s.kind() == Kind.LSTM ? bench.target("dc0", states, beta) : null;
    backend()
        .rnnBackwardData(
            s,
            lengths,
            bench.input(d.dy()),
            bench.inputOrNull(d.dhn()),
            bench.inputOrNull(d.dcn()),
            w,
            reserve,
            beta,
            dx.buffer(),
            beta,
            dh0 == null ? null : dh0.buffer(),
            beta,
            dc0 == null ? null : dc0.buffer());
    Tolerance tolerance = forward(s).times(2);
    double others = beta == 0 ? Double.NaN : 0;
    dx.expect(Expected.within(1, expected.x()), tolerance);
    if (dh0 != null) {
      dh0.expect(Expected.within(1, d.states(expected.h0(), others)), tolerance);
    }
    if (dc0 != null) {
      dc0.expect(Expected.within(1, d.states(expected.c0(), others)), tolerance);
    }
  }

  private void weights(
      RnnData d,
      ReferenceRnn.Gradients expected,
      Bench bench,
      Buffer x,
      Buffer reserve,
      float beta) {
    RnnSpec s = d.spec();
    Operand dIh = bench.target("dIh", (long) s.width() * s.input(), beta);
    Operand dHh = bench.target("dHh", (long) s.width() * s.hidden(), beta);
    boolean bias = d.biasIh() != null;
    Operand dBiasIh = bias ? bench.target("dBiasIh", s.width(), beta) : null;
    Operand dBiasHh = bias ? bench.target("dBiasHh", s.width(), beta) : null;
    backend()
        .rnnBackwardWeights(
            s,
            x,
            reserve,
            beta,
            dIh.buffer(),
            beta,
            dHh.buffer(),
            beta,
            dBiasIh == null ? null : dBiasIh.buffer(),
            beta,
            dBiasHh == null ? null : dBiasHh.buffer());
    Tolerance tolerance = forward(s).times(2);
    double scale = Math.sqrt((double) s.steps() * s.batch());
    dIh.expect(Expected.within(scale, expected.ih()), tolerance);
    dHh.expect(Expected.within(scale, expected.hh()), tolerance);
    if (dBiasIh != null && dBiasHh != null) {
      dBiasIh.expect(Expected.within(scale, expected.biasIh()), tolerance);
      dBiasHh.expect(Expected.within(scale, expected.biasHh()), tolerance);
    }
  }
}
