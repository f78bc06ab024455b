package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cortado.DType;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.blas.Blas;
import io.cortado.cuda.dnn.Dnn;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.cuda.kernels.BatchNormKernels;
import io.cortado.cuda.kernels.CtcKernels;
import io.cortado.cuda.kernels.Kernels;
import io.cortado.cuda.kernels.RnnKernels;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How the backend uses cuBLAS and cuDNN, as the emulated ones see it; what comes out is the kit's.
 */
@OnEmulator
final class LibrariesTest {

  private static final float TINY = 0x1p-16f;

  private static Map<String, Long> libraryCalls() {
    Map<String, Long> calls = new TreeMap<>();
    Emulator.counters()
        .forEach((name, count) -> {
          if (count > 0 && (name.startsWith("call.cublas") || name.startsWith("call.cudnn"))) {
            calls.put(name.substring("call.".length()), count);
          }
        });
    return calls;
  }

  /** Descriptors belong to no context, so that only this question shows those which are left. */
  private static void assertClean() {
    assertThat(Emulator.reportLeaks()).as("%s", Emulator.errors()).isZero();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void leavesNothingBehind() {
    try (Scenario s = new Scenario()) {
      s.everything();
    }
    assertClean();
    assertThat(Emulator.counter("call.cudnnCreateTensorDescriptor"))
        .isEqualTo(Emulator.counter("call.cudnnDestroyTensorDescriptor"))
        .isPositive();
    assertThat(Emulator.counter("cublas.default_workspace")).isZero();
  }

  @Test
  void makesDescriptorsAndChoosesAlgorithmsOnce() {
    try (Scenario s = new Scenario()) {
      s.everything();
      Map<String, Long> before = libraryCalls();
      s.everything();
      Map<String, Long> after = libraryCalls();
      for (Map.Entry<String, Long> call : before.entrySet()) {
        boolean works =
            call.getKey()
                .matches("cublasSge.*|cudnn(Convolution|Pooling|Softmax|BatchNorm|LRN|RNN).*");
        assertThat(after.get(call.getKey()))
            .as(call.getKey())
            .isEqualTo(works ? 2 * call.getValue() : call.getValue());
      }
      assertThat(before).containsEntry("cublasSetWorkspace", 1L);
      assertThat(before).containsEntry("cudnnGetConvolutionBackwardFilterAlgorithm_v7", 1L);
    }
  }

  /** A device does not run dry of descriptors on batches of ever other sizes. */
  @Test
  void forgetsPlansOfVeryManySpecs() {
    try (Scenario s = new Scenario()) {
      Buffer x = s.random(2000);
      Buffer y = s.room(2000);
      for (int n = 1; n <= 1100; n++) {
        s.backend.softmax(new SoftmaxSpec(new AxisSpec(1, n, 1), false), x, y);
      }
      long alive =
          Emulator.counter("call.cudnnCreateTensorDescriptor")
              - Emulator.counter("call.cudnnDestroyTensorDescriptor");
      assertThat(alive).isEqualTo(1024);
      // Used last, so still there; used first, so made anew.
      s.backend.softmax(new SoftmaxSpec(new AxisSpec(1, 1100, 1), false), x, y);
      assertThat(Emulator.counter("call.cudnnCreateTensorDescriptor")).isEqualTo(1100);
      s.backend.softmax(new SoftmaxSpec(new AxisSpec(1, 1, 1), false), x, y);
      assertThat(Emulator.counter("call.cudnnCreateTensorDescriptor")).isEqualTo(1101);
    }
    assertClean();
  }

  /** The limit is such that what needs no workspace, but adds up by atomics, would be taken. */
  @Test
  void gradientsAreTheSameEachTime() {
    withLibraries(
        MathPrecision.FLOAT32,
        workspaceOf(1),
        (context, blas, dnn) -> {
          ConvSpec spec = new ConvSpec(8, 5, 8, 8, 7, 4, 4, 2, 2, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);
          CudaBuffer x = random(context, spec.inputShape().size());
          CudaBuffer w = random(context, spec.weightShape().size());
          CudaBuffer dy = random(context, spec.outputShape().size());
          CudaBuffer dw = random(context, spec.weightShape().size());
          CudaBuffer dx = random(context, spec.inputShape().size());
          float[][] before = new float[2][];
          for (int run = 0; run < 4; run++) {
            Emulator.setSeed(run);
            dnn.convBackwardFilter(spec, x, dy, 0, dw);
            dnn.convBackwardData(spec, dy, w, 0, dx);
            float[][] now = {
              download(context, dw, spec.weightShape().size()),
              download(context, dx, spec.inputShape().size())
            };
            if (run > 0) {
              assertThat(now).isDeepEqualTo(before);
            }
            before = now;
          }
        });
  }

  @Test
  void nothingIsRoundedToTf32() {
    try (Scenario s = new Scenario()) {
      Buffer a = s.upload(1 + TINY);
      Buffer one = s.upload(1);
      Buffer c = s.room(1);
      s.backend.gemm(GemmSpec.of(1, 1, 1, false, false), 1, a, one, 0, c);
      assertThat(s.download(c, 1)).containsExactly(1 + TINY);
      ConvSpec spec = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
      s.backend.conv(spec, a, one, null, c);
      assertThat(s.download(c, 1)).containsExactly(1 + TINY);
      s.backend.convBackwardData(spec, a, one, 0, c);
      assertThat(s.download(c, 1)).containsExactly(1 + TINY);
      s.backend.convBackwardFilter(spec, a, one, 0, c);
      assertThat(s.download(c, 1)).containsExactly(1 + TINY);
    }
  }

  /** Opens the libraries by themselves, for options that the backend does not give. */
  private static void withLibraries(MathPrecision precision, Limits limits, Use use) {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    Epilogue none = (op, n, channels, inner, bias, y) -> {};
    try (CudaContext context = CudaContext.open(0, false);
        Kernels kernels = new Kernels(context);
        Blas blas = Blas.open(context, none, precision, null);
        Dnn dnn =
            Dnn.open(
                context,
                new BatchNormKernels(kernels),
                new RnnKernels(kernels),
                new CtcKernels(kernels),
                none,
                precision,
                null,
                limits)) {
      use.of(context, blas, dnn);
    }
    assertClean();
  }

  private static Limits workspaceOf(long bytes) {
    return new Limits(bytes, Limits.DEFAULT.elements(), Limits.DEFAULT.normalized());
  }

  private interface Use {
    void of(CudaContext context, Blas blas, Dnn dnn);
  }

  private static CudaBuffer filled(CudaContext context, int n, float value) {
    CudaBuffer buffer = CudaBuffer.of(DType.FLOAT32, context.memory().allocate(4L * n));
    CudaErrors.check(
        JCudaDriver.cuMemsetD32Async(
            buffer.pointer(), Float.floatToRawIntBits(value), n, context.stream()),
        "cuMemsetD32Async",
        null);
    return buffer;
  }

  private static CudaBuffer random(CudaContext context, long n) {
    Random random = new Random(n);
    float[] values = new float[Math.toIntExact(n)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    CudaBuffer buffer = filled(context, values.length, 0);
    context.synchronize();
    CudaErrors.check(
        JCudaDriver.cuMemcpyHtoD(buffer.pointer(), Pointer.to(values), 4 * n),
        "cuMemcpyHtoD",
        null);
    return buffer;
  }

  private static float[] download(CudaContext context, CudaBuffer buffer, long n) {
    float[] values = new float[Math.toIntExact(n)];
    context.synchronize();
    CudaErrors.check(
        JCudaDriver.cuMemcpyDtoH(Pointer.to(values), buffer.pointer(), 4 * n),
        "cuMemcpyDtoH",
        null);
    return values;
  }

  private static float first(CudaContext context, CudaBuffer buffer) {
    return download(context, buffer, 1)[0];
  }

  @Test
  void inputsAreRoundedToTf32WhereItIsAskedFor() {
    withLibraries(
        MathPrecision.TF32,
        Limits.DEFAULT,
        (context, blas, dnn) -> {
          CudaBuffer a = filled(context, 1, 1 + TINY);
          CudaBuffer one = filled(context, 1, 1);
          CudaBuffer c = filled(context, 1, 0);
          blas.gemm(GemmSpec.of(1, 1, 1, false, false), 1, a, one, 0, c);
          assertThat(first(context, c)).isEqualTo(1);
          ConvSpec spec = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
          dnn.conv(spec, a, one, null, c);
          assertThat(first(context, c)).isEqualTo(1);
          assertThat(blas.version()).isEqualTo(120600);
          assertThat(Dnn.version()).isEqualTo(90501);
        });
  }

  @Test
  void noAlgorithmWantsMoreWorkspaceThanTheLimit() {
    long[] peak = new long[2];
    for (int i = 0; i < 2; i++) {
      int run = i;
      withLibraries(
          MathPrecision.FLOAT32,
          i == 0 ? Limits.DEFAULT : workspaceOf(4096),
          (context, blas, dnn) -> {
            ConvSpec s = Scenario.CONV;
            CudaBuffer x = filled(context, (int) s.inputShape().size(), 1);
            CudaBuffer w = filled(context, (int) s.weightShape().size(), 1);
            CudaBuffer y = filled(context, (int) s.outputShape().size(), 0);
            long before = context.memory().stats().peakBytes();
            dnn.conv(s, x, w, null, y);
            peak[run] = context.memory().stats().peakBytes() - before;
            assertThat(first(context, y)).isEqualTo(12);
          });
    }
    assertThat(peak[0]).isGreaterThan(4096);
    assertThat(peak[1]).isLessThanOrEqualTo(4096);
  }

  @Test
  void nanPassesAFusedActivation() {
    try (Scenario s = new Scenario()) {
      ConvSpec spec = Scenario.POINTWISE.withActivation(UnaryOp.RELU);
      Buffer x = s.random(spec.inputShape().size());
      Buffer w = s.upload(new float[Math.toIntExact(spec.weightShape().size())]);
      Buffer bias = s.upload(Float.NaN, -1, 2, 0, 0, 0);
      Buffer y = s.room(spec.outputShape().size());
      s.backend.conv(spec, x, w, bias, y);
      int plane = spec.outH() * spec.outW();
      float[] values = s.download(y, spec.outputShape().size());
      assertThat(new float[] {values[0], values[plane], values[2 * plane]})
          .containsExactly(Float.NaN, 0, 2);
    }
  }

  @Test
  void aProductOfNothingIsBetaTimesC() {
    try (Scenario s = new Scenario()) {
      Buffer c = s.upload(1, 2, Float.NaN, 3, 4, Float.NaN, 5, 6);
      // Two columns in rows of three: what lies between is not touched.
      GemmSpec spec = new GemmSpec(3, 2, 0, false, false, 0, 2, 3, 1, 0, 0, 0);
      Buffer empty = s.room(0);
      s.backend.gemm(spec, 1, empty, empty, 1, c);
      s.backend.gemm(spec, 1, empty, empty, 2, c);
      assertThat(s.download(c, 8)).containsExactly(2, 4, Float.NaN, 6, 8, Float.NaN, 10, 12);
      s.backend.fill(c, 2, Float.NaN);
      s.backend.gemm(spec, 1, empty, empty, 0, c);
      assertThat(s.download(c, 8)).containsExactly(0, 0, Float.NaN, 0, 0, Float.NaN, 0, 0);
      s.backend.gemm(GemmSpec.of(0, 3, 4, false, false), 1, empty, c, 0, empty);
    }
    assertClean();
  }

  @Test
  void gradientsOfNothingAreZero() {
    try (Scenario s = new Scenario()) {
      ConvSpec none = new ConvSpec(0, 1, 3, 3, 2, 2, 2, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
      Buffer empty = s.room(0);
      Buffer dw = s.upload(1, 2, 3, 4, 5, 6, 7, 8);
      s.backend.conv(none, empty, dw, null, empty);
      s.backend.convBackwardData(none, empty, dw, 0, empty);
      s.backend.convBackwardFilter(none, empty, empty, 1, dw);
      assertThat(s.download(dw, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
      s.backend.convBackwardFilter(none, empty, empty, 0, dw);
      assertThat(s.download(dw, 8)).containsOnly(0);
      Buffer dGamma = s.upload(5, 5);
      s.backend.batchNormBackward(
          new BatchNormSpec(0, 2, 3, 1e-5f),
          true,
          empty,
          null,
          dw,
          dw,
          empty,
          0,
          empty,
          0,
          dGamma,
          0,
          null);
      assertThat(s.download(dGamma, 2)).containsOnly(0);
    }
    assertClean();
  }

  /** A bias costs no pass of its own where cuDNN adds it; an activation costs one for both. */
  @Test
  void biasAndActivationCostAtMostOneKernel() {
    try (Scenario s = new Scenario()) {
      ConvSpec spec = Scenario.POINTWISE;
      Buffer x = s.random(spec.inputShape().size());
      Buffer w = s.random(spec.weightShape().size());
      Buffer bias = s.random(spec.k());
      Buffer y = s.room(spec.outputShape().size());
      assertThat(launches(() -> s.backend.conv(spec, x, w, bias, y))).isEqualTo(1);
      assertThat(launches(() -> s.backend.conv(spec, x, w, null, y))).isEqualTo(1);
      ConvSpec activated = spec.withActivation(UnaryOp.TANH);
      assertThat(launches(() -> s.backend.conv(activated, x, w, bias, y))).isEqualTo(2);
      assertThat(launches(() -> s.backend.conv(activated, x, w, null, y))).isEqualTo(2);
    }
  }

  private static long launches(Runnable action) {
    long before = Emulator.counter("launches");
    action.run();
    return Emulator.counter("launches") - before;
  }

  /** Choosing an algorithm runs nothing, so that even a first use can be part of a graph. */
  @Test
  void canBeCaptured() {
    withLibraries(
        MathPrecision.FLOAT32,
        Limits.DEFAULT,
        (context, blas, dnn) -> {
          ConvSpec spec = Scenario.CONV;
          CudaBuffer x = filled(context, (int) spec.inputShape().size(), 1);
          CudaBuffer w = filled(context, (int) spec.weightShape().size(), 1);
          CudaBuffer y = filled(context, (int) spec.outputShape().size(), 1);
          // Then there is memory for workspaces: an allocation cannot be captured.
          dnn.convBackwardFilter(spec, x, y, 0, w);
          context.synchronize();
          CudaErrors.check(
              JCudaDriver.cuStreamBeginCapture(
                  context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
              "cuStreamBeginCapture",
              null);
          dnn.conv(spec, x, w, null, y);
          dnn.convBackwardData(spec, y, w, 0, x);
          blas.gemm(GemmSpec.of(2, 2, 2, false, false), 1, x, w, 0, y);
          CUgraph graph = new CUgraph();
          CudaErrors.check(
              JCudaDriver.cuStreamEndCapture(context.stream(), graph), "cuStreamEndCapture", null);
          CudaErrors.check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy", null);
        });
  }

  static Stream<String> functions() {
    try (Scenario s = new Scenario()) {
      s.everything();
    }
    return List.copyOf(libraryCalls().keySet()).stream()
        .filter(name -> !name.equals("cudnnGetErrorString"));
  }

  /** Opens, runs everything, closes; closes what was opened if something fails. */
  private static void session() {
    CudaBackend backend = CudaBackend.open(BackendOptions.DEFAULTS, false);
    Scenario s = new Scenario(backend);
    try {
      s.everything();
    } catch (RuntimeException e) {
      s.close();
      throw e;
    }
    s.close();
  }

  /** The first call of each function fails, and then its last. */
  @ParameterizedTest
  @MethodSource("functions")
  void aFailureOfAnyCallIsToldAndLeavesTheDeviceUsable(String function) {
    Emulator.reset();
    Emulator.configure("log", 0);
    session();
    long calls = Emulator.counter("call." + function);
    int code = function.startsWith("cublas") ? 13 : 5000;
    for (long n : calls == 1 ? new long[] {1} : new long[] {1, calls}) {
      Emulator.failNth(function, n, code);
      Throwable failure = catchThrowable(LibrariesTest::session);
      assertThat(failure)
          .as("call %d of %s", n, function)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(function)
          .hasMessageContaining("EXECUTION_FAILED");
      assertThat(Emulator.pendingFailures()).isZero();
      session();
      assertClean();
    }
  }

  @Test
  void anErrorNamesTheSpec() {
    try (Scenario s = new Scenario()) {
      Emulator.failNth("cudnnConvolutionBackwardData", 1, 5000);
      assertThatThrownBy(s::everything)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(Scenario.CONV.toString());
      Emulator.failNth("cublasSgemm", 1, 13);
      assertThatThrownBy(s::everything).hasMessageContaining("GemmSpec[m=4, n=5, k=6");
      s.everything();
    }
    assertClean();
  }
}
