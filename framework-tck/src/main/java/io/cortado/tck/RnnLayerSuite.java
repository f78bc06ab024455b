package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnGradients;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec.Kind;
import io.cortado.tck.reference.ReferenceRnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A recurrent layer of one direction or two, and its gradients. */
public abstract class RnnLayerSuite extends BackendSuite {

  /** For subclasses. */
  protected RnnLayerSuite() {}

  static Stream<RnnLayerSpec> specs() {
    return Arrays.stream(Kind.values())
        .flatMap(kind ->
            Stream.of(
                new RnnLayerSpec(kind, 1, 1, 1, 1, 2, true, false),
                new RnnLayerSpec(kind, 2, 1, 1, 1, 2, true, false),
                new RnnLayerSpec(kind, 2, 3, 7, 5, 1, true, false),
                new RnnLayerSpec(kind, 7, 5, 3, 8, 2, true, false),
                new RnnLayerSpec(kind, 7, 5, 3, 8, 2, true, true),
                new RnnLayerSpec(kind, 3, 2, 4, 17, 1, false, false),
                new RnnLayerSpec(kind, 3, 1, 7, 3, 2, false, false),
                new RnnLayerSpec(kind, 5, 3, 1, 9, 1, false, true)));
  }

  /** Where the expected numbers of one direction come from. */
  private record Direction(RnnData data, ReferenceRnn.Output y, ReferenceRnn.Gradients g) {

    static Direction of(RnnData d) {
      return new Direction(
          d,
          ReferenceRnn.forward(d.spec(), d.referenceInputs(), d.referenceWeights()),
          ReferenceRnn.backward(d.spec(), d.referenceInputs(), d.referenceWeights(), d.upstream()));
    }
  }

  /** Makes directions that share everything but their weights. */
  private static List<Direction> directions(RnnLayerSpec s, boolean states) {
    List<Direction> all = new ArrayList<>();
    RnnData first = RnnData.of(s.direction(0), s.lengths(), s.bias(), states);
    all.add(Direction.of(first));
    if (s.directions() == 2) {
      RnnData own = RnnData.of(s.direction(1), s.lengths(), s.bias(), states);
      all.add(
          Direction.of(
              new RnnData(
                  own.spec(),
                  first.lengths(),
                  first.x(),
                  first.h0(),
                  first.c0(),
                  own.ih(),
                  own.hh(),
                  own.biasIh(),
                  own.biasHh(),
                  first.dy(),
                  first.dhn(),
                  first.dcn())));
    }
    return all;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  /** The second direction's numbers in the places that the first leaves, which are 0 there. */
  private static double[] joined(Stream<double[]> parts) {
    return parts.reduce(RnnLayerSuite::sum).orElseThrow();
  }

  private Tolerance forward(RnnLayerSpec s) {
    return forProducts(s.input() + s.hidden()).times(2 + s.steps());
  }

  @ParameterizedTest
  @MethodSource("specs")
  void fromGivenStates(RnnLayerSpec s) {
    check(s, true);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void fromZero(RnnLayerSpec s) {
    check(s, false);
  }

  private void check(RnnLayerSpec s, boolean states) {
    List<Direction> all = directions(s, states);
    RnnData d = all.getFirst().data();
    for (float beta : BETAS) {
      try (Bench bench = bench(s.hidden())) {
        Buffer reserve = bench.output("reserve", backend().rnnLayerReserveSize(s)).buffer();
        Buffer x = bench.input(d.x());
        @Nullable Buffer lengths = d.lengths(bench);
        @Nullable Buffer h0 = bench.inputOrNull(d.h0());
        @Nullable Buffer c0 = bench.inputOrNull(d.c0());
        List<RnnWeights> w = all.stream().map(a -> a.data().weights(bench)).toList();
        Buffer y = forward(s, all, bench, lengths, x, h0, c0, w, reserve);
        data(s, all, bench, lengths, y, h0, c0, w, reserve, beta);
        weights(s, all, bench, x, h0, y, reserve, beta);
      }
    }
    try (Bench bench = bench(s.hidden() + 1)) {
      Buffer unused =
          forward(
              s,
              all,
              bench,
              d.lengths(bench),
              bench.input(d.x()),
              bench.inputOrNull(d.h0()),
              bench.inputOrNull(d.c0()),
              all.stream().map(a -> a.data().weights(bench)).toList(),
              null);
    }
  }

  private Buffer forward(
      RnnLayerSpec s,
      List<Direction> all,
      Bench bench,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> w,
      @Nullable Buffer reserve) {
    Operand y = bench.output("y", s.outputSize());
    Operand hn = bench.output("hn", s.statesSize());
    Operand cn = s.kind() == Kind.LSTM ? bench.output("cn", s.statesSize()) : null;
    backend()
        .rnnLayer(
            s,
            lengths,
            x,
            h0,
            c0,
            w,
            y.buffer(),
            hn.buffer(),
            cn == null ? null : cn.buffer(),
            reserve);
    double[] outputs = joined(all.stream().map(a -> a.data().output(a.y().y(), 0)));
    y.expect(Expected.within(1, outputs), forward(s));
    double[] hs = joined(all.stream().map(a -> a.data().states(a.y().h(), 0)));
    hn.expect(Expected.within(1, hs), forward(s));
    if (cn != null) {
      double[] cs = joined(all.stream().map(a -> a.data().states(a.y().c(), 0)));
      cn.expect(Expected.within(1, cs), forward(s));
    }
    return y.buffer();
  }

  private void data(
      RnnLayerSpec s,
      List<Direction> all,
      Bench bench,
      @Nullable Buffer lengths,
      Buffer y,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> w,
      Buffer reserve,
      float beta) {
    RnnData d = all.getFirst().data();
    Operand dx = bench.target("dx", s.inputSize(), beta);
    Operand dh0 = h0 != null ? bench.target("dh0", s.statesSize(), beta) : null;
    Operand dc0 = c0 != null ? bench.target("dc0", s.statesSize(), beta) : null;
    // Where the states are given, the input's gradient is wanted too; else nothing but the
    // weights' may be, as of a first layer.
    boolean wanted = h0 != null || s.directions() == 2;
    backend()
        .rnnLayerBackwardData(
            s,
            lengths,
            y,
            bench.input(d.dy()),
            h0,
            c0,
            bench.inputOrNull(d.dhn()),
            bench.inputOrNull(d.dcn()),
            w,
            reserve,
            beta,
            wanted ? dx.buffer() : null,
            beta,
            dh0 == null ? null : dh0.buffer(),
            beta,
            dc0 == null ? null : dc0.buffer());
    Tolerance tolerance = forward(s).times(2);
    if (wanted) {
      dx.expect(Expected.within(1, joined(all.stream().map(a -> a.g().x()))), tolerance);
    }
    if (dh0 != null) {
      double[] hs = joined(all.stream().map(a -> a.data().states(a.g().h0(), 0)));
      dh0.expect(Expected.within(1, hs), tolerance);
    }
    if (dc0 != null) {
      double[] cs = joined(all.stream().map(a -> a.data().states(a.g().c0(), 0)));
      dc0.expect(Expected.within(1, cs), tolerance);
    }
  }

  private record Targets(
      Operand ih, Operand hh, @Nullable Operand biasIh, @Nullable Operand biasHh) {

    static Targets of(RnnLayerSpec s, Bench bench, float beta) {
      return new Targets(
          bench.target("dIh", (long) s.width() * s.input(), beta),
          bench.target("dHh", (long) s.width() * s.hidden(), beta),
          s.bias() ? bench.target("dBiasIh", s.width(), beta) : null,
          s.bias() ? bench.target("dBiasHh", s.width(), beta) : null);
    }

    RnnGradients gradients(float beta) {
      return new RnnGradients(
          beta,
          ih.buffer(),
          beta,
          hh.buffer(),
          beta,
          biasIh == null ? null : biasIh.buffer(),
          beta,
          biasHh == null ? null : biasHh.buffer());
    }

    void expect(ReferenceRnn.Gradients g, double scale, Tolerance tolerance) {
      ih.expect(Expected.within(scale, g.ih()), tolerance);
      hh.expect(Expected.within(scale, g.hh()), tolerance);
      if (biasIh != null && biasHh != null) {
        biasIh.expect(Expected.within(scale, g.biasIh()), tolerance);
        biasHh.expect(Expected.within(scale, g.biasHh()), tolerance);
      }
    }
  }

  private void weights(
      RnnLayerSpec s,
      List<Direction> all,
      Bench bench,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      float beta) {
    List<Targets> targets = new ArrayList<>();
    for (int d = 0; d < s.directions(); d++) {
      targets.add(Targets.of(s, bench, beta));
    }
    backend()
        .rnnLayerBackwardWeights(
            s, x, h0, y, reserve, targets.stream().map(t -> t.gradients(beta)).toList());
    double scale = Math.sqrt((double) s.steps() * s.batch());
    for (int d = 0; d < s.directions(); d++) {
      targets.get(d).expect(all.get(d).g(), scale, forward(s).times(2));
    }
  }
}
