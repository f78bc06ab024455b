package io.cortado.tck;

import io.cortado.DType;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceConv;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolution and its gradients. */
public abstract class ConvSuite extends BackendSuite {

  /** For subclasses. */
  protected ConvSuite() {}

  private static final int RANDOM_SPECS = 40;

  /** Makes a spec of equal steps, borders and dilations both ways. */
  static ConvSpec conv(
      int n,
      int c,
      int h,
      int w,
      int k,
      int kh,
      int kw,
      int stride,
      int pad,
      int dilation,
      int groups) {
    return new ConvSpec(
        n,
        c,
        h,
        w,
        k,
        kh,
        kw,
        stride,
        stride,
        pad,
        pad,
        dilation,
        dilation,
        groups,
        UnaryOp.IDENTITY);
  }

  static Stream<ConvSpec> convolutions() {
    Stream<ConvSpec> named =
        Stream.of(
            // A single multiplication; a single pixel; 1 x 1 kernels, with and without a stride.
            conv(1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1),
            conv(2, 3, 1, 1, 5, 3, 3, 1, 1, 1, 1),
            conv(3, 7, 5, 9, 13, 1, 1, 1, 0, 1, 1),
            conv(2, 16, 8, 8, 33, 1, 1, 2, 0, 1, 1),
            // The usual ones: LeNet's, AlexNet's, 3 x 3 with a border.
            conv(2, 1, 28, 28, 6, 5, 5, 1, 2, 1, 1),
            conv(3, 6, 14, 14, 16, 5, 5, 1, 0, 1, 1),
            conv(2, 3, 35, 35, 9, 11, 11, 4, 2, 1, 1),
            conv(2, 17, 13, 13, 33, 3, 3, 1, 1, 1, 1),
            conv(1, 64, 9, 7, 48, 3, 3, 1, 1, 1, 1),
            conv(5, 8, 12, 12, 16, 3, 3, 2, 1, 1, 1),
            // One-dimensional, both ways.
            new ConvSpec(3, 5, 1, 33, 7, 1, 5, 1, 2, 0, 2, 1, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(3, 5, 33, 1, 7, 3, 1, 3, 1, 1, 0, 2, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(2, 4, 1, 127, 3, 1, 7, 1, 1, 0, 9, 1, 3, 1, UnaryOp.IDENTITY),
            // Kernels larger than the image, which borders make fit.
            conv(2, 3, 2, 3, 4, 5, 5, 1, 2, 1, 1),
            conv(1, 2, 3, 3, 3, 7, 7, 2, 3, 1, 1),
            conv(1, 2, 4, 4, 2, 3, 3, 1, 3, 3, 1),
            // A border wider than the kernel reaches: outputs that see zeros alone.
            conv(1, 2, 3, 4, 2, 2, 2, 1, 3, 1, 1),
            // Steps wider than the kernel, and windows that leave a rest: inputs that nothing sees.
            conv(2, 2, 11, 11, 3, 2, 2, 4, 0, 1, 1),
            conv(2, 3, 10, 8, 4, 3, 3, 3, 1, 1, 1),
            // Borders of one axis, of which some windows see nothing else; steps above 4.
            new ConvSpec(1, 1, 4, 3, 1, 1, 1, 1, 8, 0, 2, 1, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(2, 3, 1, 1, 4, 1, 1, 1, 100, 0, 5, 1, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(2, 3, 1, 5, 4, 1, 2, 100, 1, 5, 0, 1, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(2, 3, 17, 23, 5, 3, 2, 5, 6, 0, 3, 1, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(2, 4, 23, 17, 6, 2, 3, 7, 1, 4, 0, 1, 2, 2, UnaryOp.IDENTITY),
            // Dilation.
            conv(2, 3, 15, 15, 5, 3, 3, 1, 2, 2, 1),
            conv(1, 4, 17, 17, 3, 3, 3, 2, 4, 4, 1),
            // Groups, each channel by itself among them, with one and with several kernels a
            // channel.
            conv(2, 6, 9, 9, 8, 3, 3, 1, 1, 1, 2),
            conv(2, 12, 7, 7, 18, 3, 3, 2, 1, 1, 3),
            conv(2, 7, 9, 9, 7, 3, 3, 1, 1, 1, 7),
            conv(1, 5, 8, 8, 15, 5, 5, 1, 2, 1, 5),
            conv(2, 8, 6, 6, 4, 1, 1, 1, 0, 1, 4),
            // Both directions different in everything.
            new ConvSpec(2, 3, 19, 23, 5, 2, 4, 3, 2, 1, 3, 2, 1, 1, UnaryOp.IDENTITY),
            new ConvSpec(1, 4, 21, 10, 6, 3, 2, 1, 3, 0, 1, 3, 2, 2, UnaryOp.IDENTITY));
    return Stream.concat(named, randomSpecs());
  }

  private static Stream<ConvSpec> randomSpecs() {
    Data data = new Data(2024);
    return Stream.generate(() -> randomSpec(data)).filter(ConvSuite::isValid).limit(RANDOM_SPECS);
  }

  private static ConvSpec randomSpec(Data d) {
    int groups = d.oneOf(1, 1, 1, 2, 3);
    return new ConvSpec(
        d.oneOf(1, 2, 3),
        groups * d.oneOf(1, 2, 3, 5),
        d.oneOf(1, 4, 7, 10, 13, 17),
        d.oneOf(1, 4, 7, 11, 16, 19),
        groups * d.oneOf(1, 2, 3, 7, 17),
        d.oneOf(1, 2, 3, 3, 4, 5),
        d.oneOf(1, 2, 3, 3, 4, 5),
        d.oneOf(1, 1, 2, 3),
        d.oneOf(1, 1, 2, 3),
        d.oneOf(0, 1, 2, 3),
        d.oneOf(0, 1, 2, 3),
        d.oneOf(1, 1, 2, 3),
        d.oneOf(1, 1, 2, 3),
        groups,
        UnaryOp.IDENTITY);
  }

  private static boolean isValid(ConvSpec s) {
    return s.h() + 2 * s.padH() > s.dilationH() * (s.kernelH() - 1)
        && s.w() + 2 * s.padW() > s.dilationW() * (s.kernelW() - 1);
  }

  private static long termsPerOutput(ConvSpec s) {
    return (long) s.c() / s.groups() * s.kernelH() * s.kernelW() + 1;
  }

  private static double[] magnitudes(float[] x) {
    return Numbers.abs(Numbers.doubles(x));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void forward(ConvSpec s) {
    checkForward(s, true);
    checkForward(s, false);
  }

  static Stream<ConvSpec> activatedConvolutions() {
    ConvSpec small = conv(2, 3, 9, 9, 5, 3, 3, 1, 1, 1, 1);
    ConvSpec pointwise = conv(2, 17, 5, 5, 7, 1, 1, 1, 0, 1, 1);
    ConvSpec grouped = conv(2, 6, 8, 8, 6, 3, 3, 2, 1, 1, 6);
    return Stream.of(
            UnaryOp.RELU,
            UnaryOp.TANH,
            UnaryOp.SIGMOID,
            UnaryOp.LECUN_TANH,
            UnaryOp.leakyRelu(0.2f),
            UnaryOp.clamp(-0.3f, 0.4f),
            UnaryOp.ABS,
            UnaryOp.affine(2, -1))
        .flatMap(a ->
            Stream.of(
                small.withActivation(a), pointwise.withActivation(a), grouped.withActivation(a)));
  }

  @ParameterizedTest
  @MethodSource("activatedConvolutions")
  void forwardWithActivation(ConvSpec s) {
    checkForward(s, true);
    checkForward(s, false);
  }

  private void checkForward(ConvSpec s, boolean withBias) {
    Data data = new Data(Data.seed(s));
    float[] x = data.signed(s.inputShape().size());
    float[] w = data.signed(s.weightShape().size());
    float @Nullable [] bias = withBias ? data.signed(s.k()) : null;
    double @Nullable [] b = bias == null ? null : Numbers.doubles(bias);
    double[] y = ReferenceConv.forward(s, Numbers.doubles(x), Numbers.doubles(w), b);
    double[] scale =
        ReferenceConv.sums(s, magnitudes(x), magnitudes(w), b == null ? null : Numbers.abs(b));
    for (int i = 0; i < y.length; i++) {
      scale[i] = Math.max(scale[i], Math.abs(y[i]));
    }
    try (Bench bench = bench(s.k())) {
      Operand out = bench.output(withBias ? "y" : "y without bias", y.length);
      backend().conv(s, bench.input(x), bench.input(w), bench.inputOrNull(bias), out.buffer());
      out.expect(new Expected(y, scale), forProducts(termsPerOutput(s)).times(2));
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void backwardData(ConvSpec s) {
    Data data = new Data(Data.seed(s));
    float[] dy = data.signed(s.outputShape().size());
    float[] w = data.signed(s.weightShape().size());
    Expected dx =
        new Expected(
            ReferenceConv.backwardData(s, Numbers.doubles(dy), Numbers.doubles(w)),
            ReferenceConv.backwardData(s, magnitudes(dy), magnitudes(w)));
    long terms = (long) s.k() / s.groups() * s.kernelH() * s.kernelW();
    for (float beta : BETAS) {
      try (Bench bench = bench(s.k())) {
        Operand out = bench.target("dx", dx.values().length, beta);
        // The activation is not the gradients' concern; a spec that names one must change nothing.
        ConvSpec activated = s.withActivation(beta == 0 ? UnaryOp.IDENTITY : UnaryOp.RELU);
        backend().convBackwardData(activated, bench.input(dy), bench.input(w), beta, out.buffer());
        out.expect(dx, forProducts(terms));
      }
    }
  }

  private static Expected filterGradient(ConvSpec s, float[] x, float[] dy) {
    return new Expected(
        ReferenceConv.backwardFilter(s, Numbers.doubles(x), Numbers.doubles(dy)),
        ReferenceConv.backwardFilter(s, magnitudes(x), magnitudes(dy)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void backwardFilter(ConvSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.signed(s.inputShape().size());
    float[] dy = data.signed(s.outputShape().size());
    Expected dw = filterGradient(s, x, dy);
    long terms = (long) s.n() * s.outH() * s.outW();
    for (float beta : BETAS) {
      try (Bench bench = bench(s.k())) {
        Operand out = bench.target("dw", dw.values().length, beta);
        ConvSpec activated = s.withActivation(beta == 0 ? UnaryOp.IDENTITY : UnaryOp.TANH);
        backend()
            .convBackwardFilter(activated, bench.input(x), bench.input(dy), beta, out.buffer());
        out.expect(dw, forProducts(terms));
      }
    }
  }

  /**
   * Images at the start of their memory, as no operand between guards is: what a window sees of the
   * border would lie before it.
   */
  @ParameterizedTest
  @MethodSource("convolutions")
  void backwardFilterOfImagesAtTheStartOfMemory(ConvSpec s) {
    Data data = new Data(Data.seed(s));
    float[] x = data.signed(s.inputShape().size());
    float[] dy = data.signed(s.outputShape().size());
    Expected dw = filterGradient(s, x, dy);
    Buffer images = backend().allocate(DType.FLOAT32, x.length);
    try (Bench bench = bench()) {
      backend().upload(x, 0, images, 0, x.length);
      Operand out = bench.output("dw", dw.values().length);
      backend().convBackwardFilter(s, images, bench.input(dy), 0, out.buffer());
      out.expect(dw, forProducts((long) s.n() * s.outH() * s.outW()));
    } finally {
      backend().release(images);
    }
  }
}
