package io.cortado.tck.reference;

import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.tck.reference.ReferenceRnn.Gradients;
import io.cortado.tck.reference.ReferenceRnn.Inputs;
import io.cortado.tck.reference.ReferenceRnn.Output;
import io.cortado.tck.reference.ReferenceRnn.Weights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings {@link ReferenceRnn} to buffers.
 *
 * <p>The reserve keeps the inputs, and from the backward pass of the data on the weights'
 * gradients.
 */
final class ReferenceRecurrence {

  private ReferenceRecurrence() {}

  private static ReferenceBuffer of(Buffer buffer) {
    return (ReferenceBuffer) buffer;
  }

  static long reserveSize(RnnSpec s) {
    return gradientsAt(s) + (long) s.width() * (s.input() + s.hidden() + 2);
  }

  private static long gradientsAt(RnnSpec s) {
    return s.inputSize() + 2 * s.stateSize();
  }

  private static Weights weights(RnnSpec s, RnnWeights w) {
    return new Weights(
        of(w.ih()).doubles((long) s.width() * s.input()),
        of(w.hh()).doubles((long) s.width() * s.hidden()),
        w.biasIh() == null ? null : of(w.biasIh()).doubles(s.width()),
        w.biasHh() == null ? null : of(w.biasHh()).doubles(s.width()));
  }

  private static double[] state(RnnSpec s, @Nullable Buffer buffer) {
    return buffer == null
        ? new double[(int) s.stateSize()]
        : of(buffer).slice(s.stateOffset(), s.stateSize()).doubles(s.stateSize());
  }

  private static int @Nullable [] lengths(RnnSpec s, @Nullable Buffer lengths) {
    return lengths == null ? null : of(lengths).ints(s.batch());
  }

  private static void put(double[] values, ReferenceBuffer to, long at, float beta) {
    to.slice(at, values.length).set(values, beta);
  }

  static void forward(
      RnnSpec s,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      RnnWeights w,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    double[] xs = of(x).doubles(s.inputSize());
    Inputs in = new Inputs(lengths(s, lengths), xs, state(s, h0), state(s, c0));
    Output out = ReferenceRnn.forward(s, in, weights(s, w));
    int n = s.hidden();
    for (int row = 0; row < s.steps() * s.batch(); row++) {
      double[] part = Arrays.copyOfRange(out.y(), row * n, (row + 1) * n);
      put(part, of(y), (long) row * s.outputStride() + s.outputOffset(), 0);
    }
    put(out.h(), of(hn), s.stateOffset(), 0);
    if (cn != null) {
      put(out.c(), of(cn), s.stateOffset(), 0);
    }
    if (reserve != null) {
      put(xs, of(reserve), 0, 0);
      put(in.h0(), of(reserve), s.inputSize(), 0);
      put(in.c0(), of(reserve), s.inputSize() + s.stateSize(), 0);
    }
  }

  static void backwardData(
      RnnSpec s,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      RnnWeights w,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    ReferenceBuffer kept = of(reserve);
    Inputs in =
        new Inputs(
            lengths(s, lengths),
            kept.doubles(s.inputSize()),
            kept.slice(s.inputSize(), s.stateSize()).doubles(s.stateSize()),
            kept.slice(s.inputSize() + s.stateSize(), s.stateSize()).doubles(s.stateSize()));
    int n = s.hidden();
    double[] all = of(dy).doubles(s.outputSize());
    double[] own = new double[s.steps() * s.batch() * n];
    for (int i = 0; i < own.length; i++) {
      own[i] = all[i / n * s.outputStride() + s.outputOffset() + i % n];
    }
    Gradients d =
        ReferenceRnn.backward(s, in, weights(s, w), new Output(own, state(s, dhn), state(s, dcn)));
    if (dx != null) {
      of(dx).set(d.x(), betaX);
    }
    if (dh0 != null) {
      put(d.h0(), of(dh0), s.stateOffset(), betaH);
    }
    if (dc0 != null) {
      put(d.c0(), of(dc0), s.stateOffset(), betaC);
    }
    long at = gradientsAt(s);
    for (double[] part : new double[][] {d.ih(), d.hh(), d.biasIh(), d.biasHh()}) {
      put(part, kept, at, 0);
      at += part.length;
    }
  }

  static void backwardWeights(
      RnnSpec s, Buffer reserve, float[] betas, @Nullable Buffer... outputs) {
    long at = gradientsAt(s);
    int[] sizes = {s.width() * s.input(), s.width() * s.hidden(), s.width(), s.width()};
    for (int i = 0; i < sizes.length; i++) {
      Buffer output = outputs[i];
      if (output != null) {
        of(output).set(of(reserve).slice(at, sizes[i]).doubles(sizes[i]), betas[i]);
      }
      at += sizes[i];
    }
  }
}
