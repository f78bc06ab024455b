package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.RnnKernel;
import io.cortado.cpu.simd.VectorOps;

/**
 * One direction of a recurrent layer: {@link RnnForward}, {@link RnnBackward} and {@link
 * RnnGradients}, which say how they go about it.
 */
public final class Rnn {

  private final RnnForward forward;
  private final RnnBackward backward;
  private final RnnGradients gradients;
  private final PlanCache<RnnSpec, RnnLayout> layouts;

  /** Makes the layers' kernels; used by one thread at a time. */
  public Rnn(RnnKernel kernel, VectorOps ops, Workers workers) {
    forward = new RnnForward(kernel, workers);
    backward = new RnnBackward(kernel, workers);
    gradients = new RnnGradients(kernel, ops, workers);
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
      RnnArrays.Part dx,
      RnnArrays.Part dh0,
      RnnArrays.Part dc0) {
    RnnLayout l = layouts.get(spec);
    backward.run(l, lengths, dy, dyOff, dhn, dcn, weights, reserve, reserveOff, dx, dh0, dc0);
  }

  /** See {@link io.cortado.backend.Backend#rnnBackwardWeights}. */
  public void backwardWeights(
      RnnSpec spec,
      float[] x,
      int xOff,
      float[] reserve,
      int reserveOff,
      RnnArrays.Part dIh,
      RnnArrays.Part dHh,
      RnnArrays.Part dBiasIh,
      RnnArrays.Part dBiasHh) {
    RnnLayout l = layouts.get(spec);
    gradients.run(l, x, xOff, reserve, reserveOff, dIh, dHh, dBiasIh, dBiasHh);
  }
}
