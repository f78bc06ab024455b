package io.cortado.benchmarks.roofline;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.UnaryOp;

/** The calls of the backend seam behind {@link ComputeKernel}. */
final class ComputeKernels {

  private static final int SIDE = 1024;

  private static final ConvSpec DEEP =
      new ConvSpec(16, 64, 32, 32, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);

  private static final ConvSpec SHALLOW =
      new ConvSpec(128, 6, 14, 14, 16, 5, 5, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);

  private static final RnnSpec LSTM = new RnnSpec(RnnSpec.Kind.LSTM, 64, 32, 64, 256, 0, 1);

  static final double FLOPS_3X3 = flops(DEEP);
  static final double FLOPS_5X5 = flops(SHALLOW);
  static final double FLOPS_LSTM =
      2.0 * LSTM.steps() * LSTM.batch() * LSTM.width() * (LSTM.input() + LSTM.hidden());

  private ComputeKernels() {}

  private static double flops(ConvSpec s) {
    return 2.0
        * s.n()
        * s.k()
        * s.outH()
        * s.outW()
        * (s.c() / s.groups())
        * s.kernelH()
        * s.kernelW();
  }

  static Runnable gemm(Operands o) {
    GemmSpec spec = GemmSpec.of(SIDE, SIDE, SIDE, false, false);
    Buffer a = o.numbers(SIDE * SIDE);
    Buffer b = o.numbers(SIDE * SIDE);
    Buffer c = o.numbers(SIDE * SIDE);
    return () -> o.backend().gemm(spec, 1, a, b, 0, c);
  }

  private static Buffer input(Operands o, ConvSpec s) {
    return o.numbers(s.n() * s.c() * s.h() * s.w());
  }

  private static Buffer output(Operands o, ConvSpec s) {
    return o.numbers(s.n() * s.k() * s.outH() * s.outW());
  }

  private static Buffer filter(Operands o, ConvSpec s) {
    return o.numbers(s.k() * s.c() / s.groups() * s.kernelH() * s.kernelW());
  }

  private static Runnable forward(Operands o, ConvSpec s) {
    Buffer x = input(o, s);
    Buffer w = filter(o, s);
    Buffer y = output(o, s);
    return () -> o.backend().conv(s, x, w, null, y);
  }

  private static Runnable filterGradient(Operands o, ConvSpec s) {
    Buffer x = input(o, s);
    Buffer dw = filter(o, s);
    Buffer dy = output(o, s);
    return () -> o.backend().convBackwardFilter(s, x, dy, 0, dw);
  }

  static Runnable conv3x3(Operands o) {
    return forward(o, DEEP);
  }

  static Runnable conv3x3Data(Operands o) {
    Buffer dx = input(o, DEEP);
    Buffer w = filter(o, DEEP);
    Buffer dy = output(o, DEEP);
    return () -> o.backend().convBackwardData(DEEP, dy, w, 0, dx);
  }

  static Runnable conv3x3Filter(Operands o) {
    return filterGradient(o, DEEP);
  }

  static Runnable conv5x5(Operands o) {
    return forward(o, SHALLOW);
  }

  static Runnable conv5x5Filter(Operands o) {
    return filterGradient(o, SHALLOW);
  }

  /** The buffers of one layer, and its two passes. */
  private record Layer(
      Backend backend,
      Buffer x,
      RnnWeights w,
      RnnWeights dw,
      Buffer y,
      Buffer h,
      Buffer c,
      Buffer dx,
      Buffer dy,
      Buffer reserve) {

    static Layer of(Operands o) {
      int width = LSTM.width();
      return new Layer(
          o.backend(),
          o.numbers((int) LSTM.inputSize()),
          weights(o, width),
          weights(o, width),
          o.numbers((int) LSTM.outputSize()),
          o.numbers((int) LSTM.stateSize()),
          o.numbers((int) LSTM.stateSize()),
          o.numbers((int) LSTM.inputSize()),
          o.numbers((int) LSTM.outputSize()),
          o.numbers((int) o.backend().rnnReserveSize(LSTM)));
    }

    private static RnnWeights weights(Operands o, int width) {
      Buffer ih = o.numbers(width * LSTM.input());
      Buffer hh = o.numbers(width * LSTM.hidden());
      return new RnnWeights(ih, hh, o.numbers(width), o.numbers(width));
    }

    void forward() {
      backend.rnn(LSTM, null, x, null, null, w, y, h, c, reserve);
    }

    void backward() {
      backend.rnnBackwardData(LSTM, null, dy, null, null, w, reserve, 0, dx, 0, null, 0, null);
      backend.rnnBackwardWeights(
          LSTM, x, reserve, 0, dw.ih(), 0, dw.hh(), 0, dw.biasIh(), 0, dw.biasHh());
    }
  }

  static Runnable lstm(Operands o) {
    return Layer.of(o)::forward;
  }

  /** Both passes: the second uses up what the first left. */
  static Runnable lstmBackward(Operands o) {
    Layer layer = Layer.of(o);
    return () -> {
      layer.forward();
      layer.backward();
    };
  }
}
