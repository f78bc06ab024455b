package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.RnnKernel;

/**
 * Recurrent layers: {@link RnnForward} and {@link RnnBackward}, and around them the products that
 * are over all steps at once, which are {@link Gemm}'s.
 */
public final class Rnn {

  private final Gemm gemm;
  private final Reduce reduce;
  private final RnnForward forward;
  private final RnnBackward backward;
  private final PlanCache<RnnSpec, RnnLayout> layouts;
  private final FloatScratch sums = new FloatScratch();

  /** Makes the layers' kernels; used by one thread at a time. */
  public Rnn(RnnKernel kernel, Workers workers, Gemm gemm, Reduce reduce) {
    this.gemm = gemm;
    this.reduce = reduce;
    forward = new RnnForward(kernel, workers);
    backward = new RnnBackward(kernel, workers);
    layouts = new PlanCache<>(s -> new RnnLayout(s, kernel));
  }

  /** Returns the elements that a forward pass keeps. */
  public long reserveSize(RnnSpec spec) {
    return layouts.get(spec).reserve();
  }

  /** See {@link io.cortado.backend.Backend#rnn}. */
  public void forward(
      RnnSpec spec,
      RnnArrays.Lengths lengths,
      float[] x,
      int xOff,
      RnnArrays.Part h0,
      RnnArrays.Part c0,
      RnnArrays.Weights weights,
      float[] y,
      int yOff,
      float[] hn,
      int hnOff,
      RnnArrays.Part cn,
      RnnArrays.Part reserve) {
    RnnLayout l = layouts.get(spec);
    forward.run(l, lengths, x, xOff, h0, c0, weights, y, yOff, hn, hnOff, cn, reserve);
  }

  /** See {@link io.cortado.backend.Backend#rnnBackwardData}. */
  public void backwardData(
      RnnSpec spec,
      RnnArrays.Lengths lengths,
      float[] dy,
      int dyOff,
      RnnArrays.Part dhn,
      RnnArrays.Part dcn,
      RnnArrays.Weights weights,
      float[] reserve,
      int reserveOff,
      float betaX,
      RnnArrays.Part dx,
      float betaH,
      RnnArrays.Part dh0,
      float betaC,
      RnnArrays.Part dc0) {
    RnnLayout l = layouts.get(spec);
    backward.run(
        l, lengths, dy, dyOff, dhn, dcn, weights, reserve, reserveOff, betaH, dh0, betaC, dc0);
    if (dx.array() != null) {
      gemm.run(
          l.inputGradient,
          1,
          reserve,
          reserveOff + l.gradientsAt(0),
          weights.ih(),
          weights.ihOff(),
          betaX,
          dx.array(),
          dx.offset());
    }
  }

  /** See {@link io.cortado.backend.Backend#rnnBackwardWeights}. */
  public void backwardWeights(
      RnnSpec spec,
      float[] x,
      int xOff,
      float[] reserve,
      int reserveOff,
      float betaIh,
      RnnArrays.Part dIh,
      float betaHh,
      RnnArrays.Part dHh,
      float betaBiasIh,
      RnnArrays.Part dBiasIh,
      float betaBiasHh,
      RnnArrays.Part dBiasHh) {
    RnnLayout l = layouts.get(spec);
    int rows = reserveOff + l.gradientsAt(0);
    if (dIh.array() != null) {
      gemm.run(l.inputWeights, 1, reserve, rows, x, xOff, betaIh, dIh.array(), dIh.offset());
    }
    if (dHh.array() != null) {
      recurrentWeights(l, reserve, reserveOff, betaHh, dHh.array(), dHh.offset());
    }
    if (dBiasIh.array() != null || dBiasHh.array() != null) {
      float[] sum = sums.get(l.wide);
      reduce.reduce(l.biases, reserve, rows, 0, sum, 0);
      int h = spec.hidden();
      int shared = l.isGru() ? 2 * h : spec.width();
      add(shared, sum, 0, betaBiasIh, dBiasIh, 0);
      add(shared, sum, 0, betaBiasHh, dBiasHh, 0);
      if (l.isGru()) {
        add(h, sum, 2 * h, betaBiasIh, dBiasIh, 2 * h);
        add(h, sum, 3 * h, betaBiasHh, dBiasHh, 2 * h);
      }
    }
  }

  private void recurrentWeights(
      RnnLayout l, float[] reserve, int off, float beta, float[] dHh, int dHhOff) {
    int rows = off + l.gradientsAt(0);
    int states = off + l.stateAt(l.spec.before(0));
    gemm.run(l.recurrentWeights, 1, reserve, rows, reserve, states, beta, dHh, dHhOff);
    if (l.isGru()) {
      int h = l.spec.hidden();
      int candidate = dHhOff + 2 * h * h;
      gemm.run(l.candidateWeights, 1, reserve, rows + 3 * h, reserve, states, beta, dHh, candidate);
    }
  }

  private static void add(int n, float[] from, int at, float beta, RnnArrays.Part to, int toAt) {
    float[] out = to.array();
    if (out != null) {
      int o = to.offset() + toAt;
      for (int i = 0; i < n; i++) {
        out[o + i] = beta == 0 ? from[at + i] : from[at + i] + out[o + i];
      }
    }
  }
}
