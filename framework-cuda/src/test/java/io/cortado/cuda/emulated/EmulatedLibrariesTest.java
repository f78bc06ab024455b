package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.download;
import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Cuda.stream;
import static io.cortado.cuda.emulated.Dnn.ONE;
import static io.cortado.cuda.emulated.Dnn.ZERO;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardBias;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardData;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBackwardFilter;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBiasActivationForward;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionForward;
import static jcuda.jcudnn.JCudnn.cudnnCreateActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnFindConvolutionForwardAlgorithmEx;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionForwardAlgorithm_v7;
import static jcuda.jcudnn.JCudnn.cudnnGetConvolutionForwardWorkspaceSize;
import static jcuda.jcudnn.JCudnn.cudnnGetErrorString;
import static jcuda.jcudnn.JCudnn.cudnnGetVersion;
import static jcuda.jcudnn.JCudnn.cudnnSetActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetConvolutionGroupCount;
import static jcuda.jcudnn.JCudnn.cudnnSetConvolutionMathType;
import static jcuda.jcudnn.JCudnn.cudnnSetStream;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The emulated cuBLAS and cuDNN through JCuda's own classes: symbols, convolutions, injected
 * failures.
 */
@OnEmulator
class EmulatedLibrariesTest {
  private static final Path NATIVE = Path.of(System.getProperty("cortado.native", "target/native"));

  @BeforeEach
  void start() {
    Cuda.start();
  }

  @AfterEach
  void nothingWasWrong() {
    Cuda.stop();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void everySymbolThatJCudaNamesIsThere() throws Exception {
    for (String[] library : new String[][] {{"libcublas", ".so.12"}, {"libcudnn", ".so.9"}}) {
      SymbolLookup lookup =
          SymbolLookup.libraryLookup(
              NATIVE.resolve(library[0] + library[1]).toAbsolutePath(), Arena.global());
      List<String> names =
          Files.readAllLines(Path.of("src/test/native/symbols", library[0] + ".txt"));
      assertThat(names).hasSize(library[0].equals("libcublas") ? 494 : 215);
      assertThat(names).allSatisfy(name -> assertThat(lookup.find(name)).as(name).isPresent());
    }
  }

  /** A convolution with its shapes, and the naive loops over it. */
  private record Problem(
      int n, int c, int h, int w, int k, int r, int pad, int stride, int dilation, int groups) {
    int outH() {
      return (h + 2 * pad - (r - 1) * dilation - 1) / stride + 1;
    }

    int outW() {
      return (w + 2 * pad - (r - 1) * dilation - 1) / stride + 1;
    }

    int sizeX() {
      return n * c * h * w;
    }

    int sizeW() {
      return k * (c / groups) * r * r;
    }

    int sizeY() {
      return n * k * outH() * outW();
    }

    interface Visit {
      void at(int x, int w, int y);
    }

    void naive(Visit visit) {
      int own = c / groups;
      for (int i = 0; i < sizeY() * own * r * r; i++) {
        int s = i % r;
        int q = i / r % r;
        int channel = i / r / r % own;
        int y = i / r / r / own;
        int ow = y % outW();
        int oh = y / outW() % outH();
        int filter = y / outW() / outH() % k;
        int image = y / outW() / outH() / k;
        int row = oh * stride - pad + q * dilation;
        int column = ow * stride - pad + s * dilation;
        if (row >= 0 && row < h && column >= 0 && column < w) {
          int from = filter / (k / groups) * own + channel;
          visit.at(
              ((image * c + from) * h + row) * w + column,
              ((filter * own + channel) * r + q) * r + s,
              y);
        }
      }
    }
  }

  @Test
  void convolutionsByEveryAlgorithm() {
    for (Problem p :
        List.of(
            new Problem(4, 1, 28, 28, 6, 5, 2, 1, 1, 1),
            new Problem(2, 4, 9, 7, 6, 3, 1, 1, 1, 2),
            new Problem(2, 3, 11, 10, 4, 3, 0, 2, 2, 1))) {
      try (Dnn dnn = new Dnn()) {
        float[] x = Dnn.random(p.sizeX(), 1);
        float[] w = Dnn.random(p.sizeW(), 2);
        float[] dy = Dnn.random(p.sizeY(), 3);
        double[] y = new double[p.sizeY()];
        double[] dx = new double[p.sizeX()];
        double[] dw = new double[p.sizeW()];
        p.naive((i, j, o) -> {
          y[o] += (double) x[i] * w[j];
          dx[i] += (double) dy[o] * w[j];
          dw[j] += (double) dy[o] * x[i];
        });
        cudnnTensorDescriptor xd = dnn.tensor(p.n, p.c, p.h, p.w);
        cudnnTensorDescriptor yd = dnn.tensor(p.n, p.k, p.outH(), p.outW());
        cudnnFilterDescriptor wd = dnn.filter(p.k, p.c / p.groups, p.r, p.r);
        cudnnConvolutionDescriptor conv = dnn.convolution(p.pad, p.stride, p.dilation);
        ok(cudnnSetConvolutionGroupCount(conv, p.groups));
        CUdeviceptr dX = dnn.upload(x);
        CUdeviceptr dW = dnn.upload(w);
        CUdeviceptr dDy = dnn.upload(dy);

        int[] count = new int[1];
        cudnnConvolutionFwdAlgoPerf[] forward = new cudnnConvolutionFwdAlgoPerf[8];
        ok(cudnnGetConvolutionForwardAlgorithm_v7(dnn.handle, xd, wd, conv, yd, 8, count, forward));
        assertThat(count[0]).isEqualTo(8);
        assertThat(Arrays.stream(forward).filter(f -> f.status == 0).map(f -> f.memory).distinct())
            .as("different workspaces to choose from")
            .hasSizeGreaterThan(1);
        for (cudnnConvolutionFwdAlgoPerf f : forward) {
          if (f.status == 0) {
            CUdeviceptr result = dnn.room(4L * p.sizeY());
            ok(
                cudnnConvolutionForward(
                    dnn.handle,
                    ONE,
                    xd,
                    dX,
                    wd,
                    dW,
                    conv,
                    f.algo,
                    dnn.room(f.memory),
                    f.memory,
                    ZERO,
                    yd,
                    result));
            assertClose(download(result, p.sizeY()), y, "forward " + f.algo);
          }
        }

        cudnnConvolutionBwdDataAlgoPerf[] data = new cudnnConvolutionBwdDataAlgoPerf[6];
        ok(
            cudnnGetConvolutionBackwardDataAlgorithm_v7(
                dnn.handle, wd, yd, conv, xd, 6, count, data));
        for (cudnnConvolutionBwdDataAlgoPerf f : data) {
          assertThat(f.determinism).isEqualTo(f.algo == 0 ? 0 : 1);
          if (f.status == 0) {
            CUdeviceptr result = dnn.room(4L * p.sizeX());
            ok(
                cudnnConvolutionBackwardData(
                    dnn.handle,
                    ONE,
                    wd,
                    dW,
                    yd,
                    dDy,
                    conv,
                    f.algo,
                    dnn.room(f.memory),
                    f.memory,
                    ZERO,
                    xd,
                    result));
            assertClose(download(result, p.sizeX()), dx, "backward data " + f.algo);
          }
        }

        cudnnConvolutionBwdFilterAlgoPerf[] filter = new cudnnConvolutionBwdFilterAlgoPerf[7];
        ok(
            cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                dnn.handle, xd, yd, conv, wd, 7, count, filter));
        for (cudnnConvolutionBwdFilterAlgoPerf f : filter) {
          if (f.status == 0) {
            CUdeviceptr result = dnn.upload(new float[p.sizeW()]);
            for (int i = 0; i < 2; i++) { // the second time beta adds
              ok(
                  cudnnConvolutionBackwardFilter(
                      dnn.handle,
                      ONE,
                      xd,
                      dX,
                      yd,
                      dDy,
                      conv,
                      f.algo,
                      dnn.room(f.memory),
                      f.memory,
                      ONE,
                      wd,
                      result));
            }
            double[] twice = Arrays.stream(dw).map(v -> 2 * v).toArray();
            assertClose(download(result, p.sizeW()), twice, "backward filter " + f.algo);
          }
        }
      }
    }
  }

  @Test
  void fusedConvolutionAndBiasGradient() {
    try (Dnn dnn = new Dnn()) {
      Problem p = new Problem(2, 3, 5, 5, 4, 3, 1, 1, 1, 1);
      float[] x = Dnn.random(p.sizeX(), 1);
      float[] w = Dnn.random(p.sizeW(), 2);
      float[] bias = {0.5f, -0.5f, 1, 0};
      cudnnTensorDescriptor xd = dnn.tensor(2, 3, 5, 5);
      cudnnTensorDescriptor yd = dnn.tensor(2, 4, 5, 5);
      cudnnTensorDescriptor bd = dnn.tensor(1, 4, 1, 1);
      cudnnFilterDescriptor wd = dnn.filter(4, 3, 3, 3);
      cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
      ok(cudnnCreateActivationDescriptor(relu));
      ok(cudnnSetActivationDescriptor(relu, 1, 0, 0));
      CUdeviceptr y = dnn.upload(new float[p.sizeY()]);
      double[] expected = new double[p.sizeY()];
      p.naive((i, j, o) -> expected[o] += (double) x[i] * w[j]);
      double[] gradient = new double[4];
      for (int o = 0; o < expected.length; o++) {
        expected[o] = Math.max(0, expected[o] + bias[o / 25 % 4]);
        gradient[o / 25 % 4] += expected[o];
      }
      ok(
          cudnnConvolutionBiasActivationForward(
              dnn.handle,
              ONE,
              xd,
              dnn.upload(x),
              wd,
              dnn.upload(w),
              dnn.convolution(1, 1, 1),
              0,
              new Pointer(),
              0,
              ZERO,
              yd,
              y,
              bd,
              dnn.upload(bias),
              relu,
              yd,
              y));
      assertClose(download(y, p.sizeY()), expected, "fused");
      CUdeviceptr db = dnn.room(16);
      ok(cudnnConvolutionBackwardBias(dnn.handle, ONE, yd, y, ZERO, bd, db));
      assertClose(download(db, 4), gradient, "bias gradient");
      ok(cudnnDestroyActivationDescriptor(relu));
    }
  }

  @Test
  void tf32UnlessOnlyFmaIsAllowed() {
    try (Dnn dnn = new Dnn()) {
      float x = 1 + 0x1p-12f;
      cudnnTensorDescriptor d = dnn.tensor(1, 1, 1, 1);
      cudnnFilterDescriptor wd = dnn.filter(1, 1, 1, 1);
      cudnnConvolutionDescriptor conv = dnn.convolution(0, 1, 1);
      CUdeviceptr p = dnn.upload(x);
      CUdeviceptr y = dnn.room(4);
      for (int mathType : new int[] {0, Dnn.FMA_MATH}) {
        ok(cudnnSetConvolutionMathType(conv, mathType));
        ok(
            cudnnConvolutionForward(
                dnn.handle, ONE, d, p, wd, p, conv, 0, new Pointer(), 0, ZERO, d, y));
        assertThat(download(y, 1)[0]).isEqualTo(mathType == 0 ? 1 : x * x);
      }
    }
  }

  @Test
  void aCapturedConvolutionCountsAtEachReplay() {
    try (Dnn dnn = new Dnn()) {
      CUstream stream = stream();
      ok(cudnnSetStream(dnn.handle, new cudaStream_t(stream)));
      cudnnTensorDescriptor d = dnn.tensor(1, 1, 1, 1);
      cudnnFilterDescriptor wd = dnn.filter(1, 1, 1, 1);
      cudnnConvolutionDescriptor conv = dnn.convolution(0, 1, 1);
      CUdeviceptr x = dnn.upload(3);
      CUdeviceptr y = dnn.upload(0);
      ok(JCudaDriver.cuStreamBeginCapture(stream, 2));
      ok(
          cudnnConvolutionForward(
              dnn.handle, ONE, d, x, wd, x, conv, 0, new Pointer(), 0, ONE, d, y));
      CUgraph graph = new CUgraph();
      ok(JCudaDriver.cuStreamEndCapture(stream, graph));
      CUgraphExec exec = new CUgraphExec();
      ok(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
      assertThat(Emulator.counter("flops")).isZero();
      for (int i = 0; i < 3; i++) {
        ok(JCudaDriver.cuGraphLaunch(exec, stream));
      }
      ok(JCudaDriver.cuStreamSynchronize(stream));
      assertThat(download(y, 1)).containsExactly(27);
      assertThat(Emulator.counter("flops")).isEqualTo(6);
      ok(JCudaDriver.cuGraphExecDestroy(exec));
      ok(JCudaDriver.cuGraphDestroy(graph));
      ok(cudnnSetStream(dnn.handle, null));
      ok(JCudaDriver.cuStreamDestroy(stream));
    }
  }

  @Test
  void theSearchMeasuresAndRanks() {
    try (Dnn dnn = new Dnn()) {
      cudnnTensorDescriptor d = dnn.tensor(2, 8, 12, 12);
      cudnnFilterDescriptor wd = dnn.filter(8, 8, 3, 3);
      cudnnConvolutionDescriptor conv = dnn.convolution(1, 1, 1);
      CUdeviceptr x = dnn.upload(Dnn.random(2 * 8 * 144, 1));
      CUdeviceptr w = dnn.upload(Dnn.random(8 * 8 * 9, 2));
      CUdeviceptr y = dnn.room(4 * 2 * 8 * 144);
      long[] size = new long[1];
      ok(cudnnGetConvolutionForwardWorkspaceSize(dnn.handle, d, wd, conv, d, 6, size));
      int[] count = new int[1];
      cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[3];
      ok(
          cudnnFindConvolutionForwardAlgorithmEx(
              dnn.handle, d, x, wd, w, conv, d, y, 3, count, found, dnn.room(size[0]), size[0]));
      assertThat(count[0]).isEqualTo(3);
      assertThat(found[0].status).isZero();
      assertThat(found[0].memory).isLessThanOrEqualTo(size[0]);
      assertThat(found[0].time).isLessThanOrEqualTo(found[1].time);
      assertThat(Emulator.counter("synchronisations")).isPositive();
    }
  }

  @Test
  void injectedFailures() {
    try (Dnn dnn = new Dnn()) {
      cublasHandle blas = new cublasHandle();
      Emulator.failNth("cublasCreate", 1, 3);
      assertThat(JCublas2.cublasCreate(blas)).isEqualTo(3);
      ok(JCublas2.cublasCreate(blas));
      CUdeviceptr one = dnn.upload(1);
      Emulator.failNth("cublasSgemm", 2, 13);
      int[] codes = new int[3];
      for (int i = 0; i < 3; i++) {
        codes[i] =
            JCublas2.cublasSgemm(blas, 0, 0, 1, 1, 1, ONE, one, 1, one, 1, ZERO, dnn.room(4), 1);
      }
      assertThat(codes).containsExactly(0, 13, 0);
      ok(JCublas2.cublasDestroy(blas));

      cudnnHandle other = new cudnnHandle();
      Emulator.failNth("cudnnCreate", 1, 1001);
      assertThat(jcuda.jcudnn.JCudnn.cudnnCreate(other)).isEqualTo(1001);
      cudnnTensorDescriptor d = dnn.tensor(1, 1, 1, 1);
      Emulator.failNth("cudnnSetTensor", 1, 5000);
      assertThat(cudnnSetTensor(dnn.handle, d, one, ZERO)).isEqualTo(5000);
      ok(cudnnSetTensor(dnn.handle, d, one, ZERO));
      Emulator.failNth("cudnnGetConvolutionBackwardDataWorkspaceSize", 1, 3000);
      assertThat(
              cudnnGetConvolutionBackwardDataWorkspaceSize(
                  dnn.handle,
                  dnn.filter(1, 1, 1, 1),
                  d,
                  dnn.convolution(0, 1, 1),
                  d,
                  1,
                  new long[1]))
          .isEqualTo(3000);
      assertThat(Emulator.pendingFailures()).isZero();
    }
  }

  @Test
  void versionsAndTexts() {
    assertThat(cudnnGetVersion()).isEqualTo(90501);
    Emulator.configure("cudnn.version", 8907);
    assertThat(cudnnGetVersion()).isEqualTo(8907);
    assertThat(cudnnGetErrorString(3000)).isEqualTo("CUDNN_STATUS_NOT_SUPPORTED");
  }

  private static void assertClose(float[] actual, double[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(expected[i], Offset.offset(2e-5 * (1 + Math.abs(expected[i]))));
    }
  }
}
