package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Cuda.stream;
import static io.cortado.cuda.emulated.Dnn.ONE;
import static io.cortado.cuda.emulated.Dnn.ZERO;
import static jcuda.jcudnn.JCudnn.cudnnActivationForward;
import static jcuda.jcudnn.JCudnn.cudnnBatchNormalizationForwardInference;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionBiasActivationForward;
import static jcuda.jcudnn.JCudnn.cudnnConvolutionForward;
import static jcuda.jcudnn.JCudnn.cudnnCreateActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnFindConvolutionForwardAlgorithmEx;
import static jcuda.jcudnn.JCudnn.cudnnSetActivationDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetStream;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor4dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSoftmaxForward;
import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mistakes in calls of cuBLAS and cuDNN: each has a name, and the call a return code. */
class EmulatedLibrariesStrictnessTest {
  private Dnn dnn;
  private final cublasHandle blas = new cublasHandle();

  @BeforeEach
  void start() {
    Cuda.start();
    dnn = new Dnn();
    ok(JCublas2.cublasCreate(blas));
  }

  @AfterEach
  void close() {
    ok(JCublas2.cublasDestroy(blas));
    dnn.close();
    Cuda.stop();
    assertThat(Emulator.errors()).isEmpty();
  }

  private static void fails(String name, int code) {
    assertThat(code).as("return code of what must be called %s", name).isNotZero();
    assertThat(Emulator.errors()).extracting(Emulator.Report::name).contains(name);
    Emulator.clearErrors();
  }

  private int sgemm(
      int m, int n, int k, Pointer a, int lda, Pointer b, int ldb, Pointer c, int ldc) {
    return JCublas2.cublasSgemm(blas, 0, 0, m, n, k, ONE, a, lda, b, ldb, ZERO, c, ldc);
  }

  @Test
  void matrices() {
    CUdeviceptr a = dnn.upload(new float[6]);
    CUdeviceptr b = dnn.upload(new float[6]);
    CUdeviceptr c = dnn.upload(new float[4]);
    ok(sgemm(2, 2, 3, a, 2, b, 3, c, 2));
    fails("wrong-leading-dimension", sgemm(2, 2, 3, a, 1, b, 3, c, 2));
    fails("wrong-leading-dimension", sgemm(2, 2, 3, a, 2, b, 2, c, 2));
    fails("out-of-bounds", sgemm(2, 2, 3, a, 2, b, 3, c, 3));
    fails("out-of-bounds", sgemm(2, 3, 3, a, 2, b, 3, c, 2));
    fails("negative-size", sgemm(-2, 2, 3, a, 2, b, 3, c, 2));
    fails("overlapping-buffers", sgemm(2, 2, 2, a, 2, b, 2, a, 2));
    fails("null-pointer", sgemm(2, 2, 3, new Pointer(), 2, b, 3, c, 2));
    fails(
        "unknown-enum-value",
        JCublas2.cublasSgemm(blas, 5, 0, 2, 2, 3, ONE, a, 2, b, 3, ZERO, c, 2));
    fails(
        "null-pointer",
        JCublas2.cublasSgemm(blas, 0, 0, 2, 2, 3, new Pointer(), a, 2, b, 3, ZERO, c, 2));
    fails("not-supported", JCublas2.cublasSsymm(blas, 0, 0, 2, 2, ONE, a, 2, b, 2, ZERO, c, 2));
    fails("misaligned", JCublas2.cublasSetWorkspace(blas, Cuda.at(a, 4), 8));
    fails("out-of-bounds", JCublas2.cublasSetWorkspace(blas, a, 4096));
  }

  @Test
  void memoryThatIsNotOnTheDevice() {
    CUdeviceptr a = Cuda.alloc(1 << 20);
    CUdeviceptr c = dnn.upload(1);
    CUdeviceptr out = dnn.room(4);
    Pointer host = Cuda.pinned(4);
    fails("host-pointer", sgemm(1, 1, 1, host, 1, c, 1, out, 1));
    Cuda.free(a);
    fails("use-after-free", sgemm(1, 1, 1, a, 1, c, 1, out, 1));
    ok(JCudaDriver.cuMemFreeHost(host));
  }

  @Test
  void addressesInABatch() {
    CUdeviceptr a = dnn.upload(1);
    CUdeviceptr good = dnn.room(8);
    ok(JCudaDriver.cuMemcpyHtoD(good, Pointer.to(new CUdeviceptr[] {a}), 8));
    CUdeviceptr bad = dnn.upload(0, 0);
    ok(JCublas2.cublasSgemmBatched(blas, 0, 0, 1, 1, 1, ONE, good, 1, good, 1, ZERO, bad, 1, 1));
    fails("bad-pointer-in-batch", JCudaDriver.cuCtxSynchronize());
    restart();
  }

  /**
   * After an asynchronous error the context is broken, as a GPU's would be: everything begins anew.
   */
  private void restart() {
    Cuda.start();
    dnn = new Dnn();
    ok(JCublas2.cublasCreate(blas));
  }

  @Test
  void descriptors() {
    CUdeviceptr p = dnn.upload(new float[64]);
    CUdeviceptr q = dnn.upload(new float[64]);
    cudnnTensorDescriptor a = dnn.tensor(2, 3, 2, 2);
    cudnnTensorDescriptor unfilled = dnn.unfilledTensor();
    fails("unfilled-descriptor", softmax(a, p, unfilled, q));
    fails("shape-mismatch", softmax(a, p, dnn.tensor(2, 4, 2, 2), q));
    fails("bad-dimension", cudnnSetTensor4dDescriptor(unfilled, 0, 0, 1, 0, 1, 1));
    fails("unsupported-data-type", cudnnSetTensor4dDescriptor(unfilled, 0, 1, 1, 1, 1, 1));
    cudnnTensorDescriptor half = dnn.unfilledTensor();
    ok(cudnnSetTensor4dDescriptor(half, Dnn.NCHW, 2, 2, 3, 2, 2));
    fails("data-type-mismatch", softmax(a, p, half, q));
    fails("out-of-bounds", softmax(dnn.tensor(2, 3, 4, 4), p, dnn.tensor(2, 3, 4, 4), q));
    fails("misaligned", softmax(a, Cuda.at(p, 2), a, q));
    cudnnTensorDescriptor gone = new cudnnTensorDescriptor();
    ok(cudnnCreateTensorDescriptor(gone));
    ok(cudnnDestroyTensorDescriptor(gone));
    fails("use-after-destroy", softmax(a, p, gone, q));
    fails("double-destroy", cudnnDestroyTensorDescriptor(gone));
    fails(
        "null-pointer",
        JCudnn.cudnnSoftmaxForward(dnn.handle, 1, 1, new Pointer(), a, p, ZERO, a, q));
    fails(
        "shape-mismatch",
        cudnnBatchNormalizationForwardInference(
            dnn.handle, 1, ONE, ZERO, a, p, a, q, a, p, p, p, p, 1e-5));
    cudnnActivationDescriptor identity = new cudnnActivationDescriptor();
    ok(cudnnCreateActivationDescriptor(identity));
    ok(cudnnSetActivationDescriptor(identity, 5, 0, 0));
    fails(
        "activation-not-supported",
        cudnnActivationForward(dnn.handle, identity, ONE, a, p, ZERO, a, q));
    ok(cudnnDestroyActivationDescriptor(identity));
  }

  private int softmax(cudnnTensorDescriptor xd, Pointer x, cudnnTensorDescriptor yd, Pointer y) {
    return cudnnSoftmaxForward(dnn.handle, 1, 1, ONE, xd, x, ZERO, yd, y);
  }

  /** The limits that cuDNN's header states, and one call within all of them. */
  @Test
  void localResponses() {
    cudnnLRNDescriptor d = new cudnnLRNDescriptor();
    ok(JCudnn.cudnnCreateLRNDescriptor(d));
    ok(JCudnn.cudnnSetLRNDescriptor(d, 16, 1, 0.01, 1e-5));
    fails("bad-normalisation", JCudnn.cudnnSetLRNDescriptor(d, 17, 1, 0.75, 1));
    fails("bad-normalisation", JCudnn.cudnnSetLRNDescriptor(d, 0, 1, 0.75, 1));
    fails("bad-normalisation", JCudnn.cudnnSetLRNDescriptor(d, 5, 1, 0.0099, 1));
    fails("bad-normalisation", JCudnn.cudnnSetLRNDescriptor(d, 5, 1, 0.75, 0.99e-5));
    CUdeviceptr x = dnn.upload(new float[24]);
    CUdeviceptr y = dnn.room(4 * 24);
    cudnnTensorDescriptor t = dnn.tensor(2, 3, 2, 2);
    ok(JCudnn.cudnnLRNCrossChannelForward(dnn.handle, d, 0, ONE, t, x, ZERO, t, y));
    fails(
        "unknown-enum-value",
        JCudnn.cudnnLRNCrossChannelForward(dnn.handle, d, 1, ONE, t, x, ZERO, t, y));
    fails(
        "shape-mismatch",
        JCudnn.cudnnLRNCrossChannelForward(
            dnn.handle, d, 0, ONE, t, x, ZERO, dnn.tensor(2, 3, 4, 1), y));
    ok(JCudnn.cudnnDestroyLRNDescriptor(d));
  }

  @Test
  void handles() {
    cudnnHandle gone = new cudnnHandle();
    ok(JCudnn.cudnnCreate(gone));
    ok(JCudnn.cudnnDestroy(gone));
    cudnnTensorDescriptor d = dnn.tensor(1, 1, 1, 1);
    fails("use-after-destroy", cudnnSetTensor(gone, d, dnn.upload(1), ZERO));
    cublasHandle never = new cublasHandle();
    fails("null-handle", JCublas2.cublasDestroy(never));
  }

  @Test
  void convolutions() {
    cudnnTensorDescriptor xd = dnn.tensor(2, 3, 8, 8);
    cudnnTensorDescriptor yd = dnn.tensor(2, 4, 8, 8);
    cudnnFilterDescriptor wd = dnn.filter(4, 3, 3, 3);
    cudnnConvolutionDescriptor conv = dnn.convolution(1, 1, 1);
    CUdeviceptr x = dnn.upload(new float[2 * 3 * 64]);
    CUdeviceptr w = dnn.upload(new float[4 * 3 * 9]);
    CUdeviceptr y = dnn.room(4 * 2 * 4 * 64);
    CUdeviceptr space = dnn.room(1 << 16);
    int precomputed = 1;
    fails("workspace-too-small", forward(xd, x, wd, w, conv, precomputed, space, 16, yd, y));
    fails(
        "null-workspace", forward(xd, x, wd, w, conv, precomputed, new Pointer(), 1 << 16, yd, y));
    fails("shape-mismatch", forward(xd, x, wd, w, conv, 0, space, 0, dnn.tensor(2, 4, 6, 6), y));
    fails("channel-mismatch", forward(dnn.tensor(2, 5, 8, 8), x, wd, w, conv, 0, space, 0, yd, y));
    cudnnConvolutionDescriptor strided = dnn.convolution(1, 2, 1);
    int winograd = 6;
    fails(
        "algorithm-not-supported",
        forward(xd, x, wd, w, strided, winograd, space, 1 << 16, dnn.tensor(2, 4, 4, 4), y));
    cudnnTensorDescriptor channelsLast = dnn.unfilledTensor();
    ok(cudnnSetTensor4dDescriptor(channelsLast, Dnn.NHWC, 0, 2, 4, 8, 8));
    fails("wrong-layout", forward(xd, x, wd, w, conv, 0, space, 0, channelsLast, y));
    fails("overlapping-buffers", forward(xd, x, wd, w, conv, 0, space, 0, yd, x));

    cudnnActivationDescriptor identity = new cudnnActivationDescriptor();
    ok(cudnnCreateActivationDescriptor(identity));
    ok(cudnnSetActivationDescriptor(identity, 5, 0, 0));
    cudnnTensorDescriptor bd = dnn.tensor(1, 4, 1, 1);
    fails(
        "algorithm-not-supported",
        cudnnConvolutionBiasActivationForward(
            dnn.handle,
            ONE,
            xd,
            x,
            wd,
            w,
            conv,
            0,
            space,
            0,
            ZERO,
            yd,
            y,
            bd,
            dnn.upload(new float[4]),
            identity,
            yd,
            y));
    ok(cudnnDestroyActivationDescriptor(identity));
  }

  private int forward(
      cudnnTensorDescriptor xd,
      Pointer x,
      cudnnFilterDescriptor wd,
      Pointer w,
      cudnnConvolutionDescriptor conv,
      int algo,
      Pointer space,
      long bytes,
      cudnnTensorDescriptor yd,
      Pointer y) {
    return cudnnConvolutionForward(
        dnn.handle, ONE, xd, x, wd, w, conv, algo, space, bytes, ZERO, yd, y);
  }

  @Test
  void aWorkspaceForTwoStreamsIsARace() {
    cudnnTensorDescriptor d = dnn.tensor(1, 1, 3, 3);
    cudnnFilterDescriptor wd = dnn.filter(1, 1, 3, 3);
    cudnnConvolutionDescriptor conv = dnn.convolution(1, 1, 1);
    CUdeviceptr x = dnn.upload(new float[9]);
    CUdeviceptr w = dnn.upload(new float[9]);
    CUdeviceptr space = dnn.room(4096);
    CUstream[] streams = {stream(), stream()};
    for (CUstream s : streams) {
      ok(cudnnSetStream(dnn.handle, new cudaStream_t(s)));
      ok(forward(d, x, wd, w, conv, 1, space, 4096, d, dnn.room(36)));
    }
    JCudaDriver.cuCtxSynchronize();
    fails("stream-race", 1);
    restart();
  }

  @Test
  void callsThatCannotBeCaptured() {
    CUstream stream = stream();
    ok(cudnnSetStream(dnn.handle, new cudaStream_t(stream)));
    ok(JCublas2.cublasSetStream(blas, new cudaStream_t(stream)));
    cudnnTensorDescriptor d = dnn.tensor(1, 1, 1, 1);
    CUdeviceptr x = dnn.upload(1);
    CUdeviceptr y = dnn.room(4);
    cudnnFilterDescriptor wd = dnn.filter(1, 1, 1, 1);
    cudnnConvolutionDescriptor conv = dnn.convolution(0, 1, 1);
    ok(JCudaDriver.cuStreamBeginCapture(stream, 2));
    fails("illegal-in-capture", JCublas2.cublasSdot(blas, 1, x, 1, x, 1, Pointer.to(new float[1])));
    fails(
        "illegal-in-capture",
        cudnnFindConvolutionForwardAlgorithmEx(
            dnn.handle,
            d,
            x,
            wd,
            x,
            conv,
            d,
            y,
            1,
            new int[1],
            new cudnnConvolutionFwdAlgoPerf[1],
            new Pointer(),
            0));
    CUgraph graph = new CUgraph();
    ok(JCudaDriver.cuStreamEndCapture(stream, graph));
    ok(JCudaDriver.cuGraphDestroy(graph));
    ok(cudnnSetStream(dnn.handle, null));
    ok(JCublas2.cublasSetStream(blas, null));
    ok(JCudaDriver.cuStreamDestroy(stream));
  }

  @Test
  void whatIsNotDestroyedIsALeak() {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    ok(cudnnCreateTensorDescriptor(d));
    Emulator.reportLeaks();
    assertThat(Emulator.errors())
        .anySatisfy(report -> {
          assertThat(report.name()).isEqualTo("leak");
          assertThat(report.text()).contains("cudnn tensor descriptor");
        });
    Emulator.clearErrors();
    ok(cudnnDestroyTensorDescriptor(d));
  }
}
