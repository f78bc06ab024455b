package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.alloc;
import static io.cortado.cuda.emulated.Cuda.free;
import static io.cortado.cuda.emulated.Cuda.ok;
import static jcuda.jcudnn.JCudnn.cudnnCreate;
import static jcuda.jcudnn.JCudnn.cudnnCreateConvolutionDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateFilterDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnCreateTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroy;
import static jcuda.jcudnn.JCudnn.cudnnDestroyConvolutionDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyFilterDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetConvolution2dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetConvolutionMathType;
import static jcuda.jcudnn.JCudnn.cudnnSetFilter4dDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnSetTensor4dDescriptor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * A cuDNN handle for the tests of the emulator, and the buffers and descriptors that go with it
 * when it is closed.
 */
final class Dnn implements AutoCloseable {
  static final Pointer ONE = Pointer.to(new float[] {1});
  static final Pointer ZERO = Pointer.to(new float[] {0});
  static final int NCHW = 0;
  static final int NHWC = 1;
  static final int FLOAT = 0;
  static final int FMA_MATH = 3;
  static final int CROSS_CORRELATION = 1;

  final cudnnHandle handle = new cudnnHandle();
  private final Deque<Runnable> undo = new ArrayDeque<>();

  Dnn() {
    ok(cudnnCreate(handle));
    undo.push(() -> ok(cudnnDestroy(handle)));
  }

  cudnnTensorDescriptor tensor(int n, int c, int h, int w) {
    cudnnTensorDescriptor d = unfilledTensor();
    ok(cudnnSetTensor4dDescriptor(d, NCHW, FLOAT, n, c, h, w));
    return d;
  }

  cudnnTensorDescriptor unfilledTensor() {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    ok(cudnnCreateTensorDescriptor(d));
    undo.push(() -> ok(cudnnDestroyTensorDescriptor(d)));
    return d;
  }

  cudnnFilterDescriptor filter(int k, int c, int h, int w) {
    cudnnFilterDescriptor d = new cudnnFilterDescriptor();
    ok(cudnnCreateFilterDescriptor(d));
    undo.push(() -> ok(cudnnDestroyFilterDescriptor(d)));
    ok(cudnnSetFilter4dDescriptor(d, FLOAT, NCHW, k, c, h, w));
    return d;
  }

  /** A convolution in full 32-bit precision. */
  cudnnConvolutionDescriptor convolution(int pad, int stride, int dilation) {
    cudnnConvolutionDescriptor d = new cudnnConvolutionDescriptor();
    ok(cudnnCreateConvolutionDescriptor(d));
    undo.push(() -> ok(cudnnDestroyConvolutionDescriptor(d)));
    ok(
        cudnnSetConvolution2dDescriptor(
            d, pad, pad, stride, stride, dilation, dilation, CROSS_CORRELATION, FLOAT));
    ok(cudnnSetConvolutionMathType(d, FMA_MATH));
    return d;
  }

  CUdeviceptr upload(float... values) {
    CUdeviceptr p = Cuda.upload(values);
    undo.push(() -> free(p));
    return p;
  }

  /** Fresh device memory, which holds NaN. */
  CUdeviceptr room(long bytes) {
    CUdeviceptr p = alloc(Math.max(4, bytes));
    undo.push(() -> free(p));
    return p;
  }

  void atClose(Runnable action) {
    undo.push(action);
  }

  static float[] random(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  @Override
  public void close() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
  }
}
