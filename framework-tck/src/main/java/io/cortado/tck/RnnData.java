package io.cortado.tck;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceRnn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one direction of a recurrent layer is given: inputs, weights, and gradients of its outputs.
 *
 * @param lengths null for all steps
 * @param h0 all directions'
 * @param dy all directions'
 */
record RnnData(
    RnnSpec spec,
    int @Nullable [] lengths,
    float[] x,
    float @Nullable [] h0,
    float @Nullable [] c0,
    float[] ih,
    float[] hh,
    float @Nullable [] biasIh,
    float @Nullable [] biasHh,
    float[] dy,
    float @Nullable [] dhn,
    float @Nullable [] dcn) {

  /** How many random inputs a rectified layer may choose among. */
  private static final int CANDIDATES = 64;

  /**
   * Makes up numbers; the weights are as small as those a training starts with.
   *
   * <p>A rectified unit near 0 would be on one side for one backend and on the other for the next,
   * with other gradients, both right. So the numbers of such layers are those of several that keep
   * farthest away from it.
   */
  static RnnData of(RnnSpec s, boolean withLengths, boolean withBias, boolean withStates) {
    RnnData best = of(s, withLengths, withBias, withStates, 0);
    if (s.kind() == RnnSpec.Kind.RELU) {
      double margin = best.margin();
      for (int i = 1; i < CANDIDATES; i++) {
        RnnData candidate = of(s, withLengths, withBias, withStates, i);
        double its = candidate.margin();
        if (its > margin) {
          best = candidate;
          margin = its;
        }
      }
    }
    return best;
  }

  private double margin() {
    return ReferenceRnn.margin(spec, referenceInputs(), referenceWeights());
  }

  private static RnnData of(
      RnnSpec s, boolean withLengths, boolean withBias, boolean withStates, int candidate) {
    Data data = new Data(Data.seed(s) + (withLengths ? 1 : 0) + 2L * candidate);
    int[] lengths = data.indices(s.batch(), s.steps());
    for (int i = 0; i < lengths.length; i++) {
      lengths[i]++;
    }
    double bound = 1 / Math.sqrt(s.hidden());
    boolean lstm = s.kind() == RnnSpec.Kind.LSTM;
    long states = s.directions() * s.stateSize();
    return new RnnData(
        s,
        withLengths ? lengths : null,
        data.signed(s.inputSize()),
        withStates ? data.signed(states) : null,
        withStates && lstm ? data.signed(states) : null,
        data.between((long) s.width() * s.input(), -bound, bound),
        data.between((long) s.width() * s.hidden(), -bound, bound),
        withBias ? data.between(s.width(), -bound, bound) : null,
        withBias ? data.between(s.width(), -bound, bound) : null,
        data.signed(s.outputSize()),
        withStates ? data.signed(states) : null,
        withStates && lstm ? data.signed(states) : null);
  }

  RnnWeights weights(Bench bench) {
    return new RnnWeights(
        bench.input(ih), bench.input(hh), bench.inputOrNull(biasIh), bench.inputOrNull(biasHh));
  }

  @Nullable Buffer lengths(Bench bench) {
    return lengths == null ? null : bench.input(lengths);
  }

  /** Returns this direction's block of states, 0 for null. */
  double[] state(float @Nullable [] all) {
    int n = (int) spec.stateSize();
    int from = (int) spec.stateOffset();
    return all == null ? new double[n] : Numbers.doubles(Arrays.copyOfRange(all, from, from + n));
  }

  private static double @Nullable [] doublesOrNull(float @Nullable [] x) {
    return x == null ? null : Numbers.doubles(x);
  }

  ReferenceRnn.Weights referenceWeights() {
    return new ReferenceRnn.Weights(
        Numbers.doubles(ih), Numbers.doubles(hh), doublesOrNull(biasIh), doublesOrNull(biasHh));
  }

  ReferenceRnn.Inputs referenceInputs() {
    return new ReferenceRnn.Inputs(lengths, Numbers.doubles(x), state(h0), state(c0));
  }

  /** Returns the gradients of this direction's outputs and final states. */
  ReferenceRnn.Output upstream() {
    int n = spec.hidden();
    double[] own = new double[spec.steps() * spec.batch() * n];
    for (int i = 0; i < own.length; i++) {
      own[i] = dy[i / n * spec.outputStride() + spec.outputOffset() + i % n];
    }
    return new ReferenceRnn.Output(own, state(dhn), state(dcn));
  }

  /** Puts this direction's output between what is in the others' columns. */
  double[] output(double[] own, double others) {
    double[] all = new double[(int) spec.outputSize()];
    Arrays.fill(all, others);
    int n = spec.hidden();
    for (int i = 0; i < own.length; i++) {
      all[i / n * spec.outputStride() + spec.outputOffset() + i % n] = own[i];
    }
    return all;
  }

  /** Puts this direction's states beside what is in the others' block. */
  double[] states(double[] own, double others) {
    double[] all = new double[spec.directions() * own.length];
    Arrays.fill(all, others);
    System.arraycopy(own, 0, all, (int) spec.stateOffset(), own.length);
    return all;
  }
}
