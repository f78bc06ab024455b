package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.download;
import static io.cortado.cuda.emulated.Cuda.free;
import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Cuda.stream;
import static io.cortado.cuda.emulated.Cuda.upload;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasSaxpy;
import static jcuda.jcublas.JCublas2.cublasSdot;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSetPointerMode;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.JCublas2.cublasSgeam;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSgemmBatched;
import static jcuda.jcublas.JCublas2.cublasSgemmStridedBatched;
import static jcuda.jcublas.JCublas2.cublasSgemv;
import static jcuda.jcublas.JCublas2.cublasSnrm2;
import static jcuda.jcublas.JCublas2.cublasSscal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaStream_t;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated cuBLAS through JCuda's own classes. */
@OnEmulator
class EmulatedCublasTest {
  private final cublasHandle handle = new cublasHandle();

  @BeforeEach
  void start() {
    Cuda.start();
    ok(cublasCreate(handle));
  }

  @AfterEach
  void nothingWasWrong() {
    ok(cublasDestroy(handle));
    Cuda.stop();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void sgemmInAllTransposes() {
    int m = 7;
    int n = 5;
    int k = 33;
    for (int ta = 0; ta < 2; ta++) {
      for (int tb = 0; tb < 2; tb++) {
        for (float beta : new float[] {0, 1, 0.5f}) {
          int lda = (ta == 0 ? m : k) + 2;
          int ldb = (tb == 0 ? k : n) + 1;
          int ldc = m + 3;
          float[] a = Dnn.random(lda * (ta == 0 ? k : m), 1);
          float[] b = Dnn.random(ldb * (tb == 0 ? n : k), 2);
          float[] c = Dnn.random(ldc * n, 3);
          if (beta == 0) {
            Arrays.fill(c, Float.NaN);
          }
          CUdeviceptr[] d = {upload(a), upload(b), upload(c)};
          ok(
              cublasSgemm(
                  handle,
                  ta,
                  tb,
                  m,
                  n,
                  k,
                  scalar(1.5f),
                  d[0],
                  lda,
                  d[1],
                  ldb,
                  scalar(beta),
                  d[2],
                  ldc));
          float[] result = download(d[2], c.length);
          free(d);
          for (int j = 0; j < n; j++) {
            for (int i = 0; i < m; i++) {
              double sum = 0;
              for (int p = 0; p < k; p++) {
                sum +=
                    (double) a[ta == 0 ? i + p * lda : p + i * lda]
                        * b[tb == 0 ? p + j * ldb : j + p * ldb];
              }
              double old = beta == 0 ? 0 : beta * c[i + j * ldc];
              assertThat((double) result[i + j * ldc])
                  .as("ta %d, tb %d, beta %s", ta, tb, beta)
                  .isCloseTo(1.5 * sum + old, Offset.offset(1e-5));
            }
            assertThat(result[m + j * ldc])
                .as("between columns")
                .isEqualTo(Float.valueOf(c[m + j * ldc]));
          }
        }
      }
    }
    assertThat(Emulator.counter("kernel.cublas_sgemm")).isEqualTo(12);
    assertThat(Emulator.counter("flops")).isEqualTo(12L * 2 * m * n * k);
  }

  @Test
  void batchesByStrideAndByPointers() {
    CUdeviceptr a = upload(1, 2, 3, 4, 5, 6, 7, 8);
    CUdeviceptr b = upload(1, 0, 0, 1);
    CUdeviceptr c = upload(new float[8]);
    ok(
        cublasSgemmStridedBatched(
            handle, 0, 0, 2, 2, 2, scalar(2), a, 2, 4, b, 2, 0, scalar(0), c, 2, 4, 2));
    assertThat(download(c, 8)).containsExactly(2, 4, 6, 8, 10, 12, 14, 16);
    CUdeviceptr pointersA = pointers(Cuda.at(a, 16), a);
    CUdeviceptr pointersB = pointers(b, b);
    CUdeviceptr pointersC = pointers(c, Cuda.at(c, 16));
    ok(
        cublasSgemmBatched(
            handle, 1, 0, 2, 2, 2, scalar(1), pointersA, 2, pointersB, 2, scalar(1), pointersC, 2,
            2));
    assertThat(download(c, 8)).containsExactly(7, 11, 12, 16, 11, 15, 16, 20);
    free(a, b, c, pointersA, pointersB, pointersC);
  }

  @Test
  void halfAndBfloat16AndTf32() {
    // 1 + 2^-12 is 1 in TF32, half and bfloat16; float holds it.
    float x = 1 + 0x1p-12f;
    CUdeviceptr a = upload(x);
    CUdeviceptr c = upload(Float.NaN);
    int float32 = 0;
    int compute32 = 68;
    int computeTf32 = 77;
    for (int compute : new int[] {compute32, computeTf32, 74, 75}) {
      ok(
          cublasGemmEx_new(
              handle, 0, 0, 1, 1, 1, scalar(1), a, float32, 1, a, float32, 1, scalar(0), c, float32,
              1, compute, -1));
      assertThat(download(c, 1)[0]).isEqualTo(compute == compute32 ? x * x : 1);
    }
    ok(cublasSetMathMode(handle, 3));
    ok(cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), a, 1, a, 1, scalar(0), c, 1));
    assertThat(download(c, 1)[0]).as("TF32 math mode").isEqualTo(1);
    CUdeviceptr sixteen = Cuda.alloc(4);
    ok(
        JCudaDriver.cuMemcpyHtoD(
            sixteen, Pointer.to(new short[] {Float.floatToFloat16(1.5f), (short) 0x3fc0}), 4));
    ok(
        cublasGemmEx_new(
            handle, 0, 0, 1, 1, 1, scalar(2), sixteen, 2, 1, sixteen, 2, 1, scalar(0), c, 0, 1, 68,
            -1));
    assertThat(download(c, 1)[0]).as("half").isEqualTo(4.5f);
    CUdeviceptr bfloat = Cuda.at(sixteen, 2);
    ok(
        cublasGemmEx_new(
            handle, 0, 0, 1, 1, 1, scalar(2), bfloat, 14, 1, bfloat, 14, 1, scalar(0), c, 0, 1, 68,
            -1));
    assertThat(download(c, 1)[0]).as("bfloat16").isEqualTo(4.5f);
    free(a, c, sixteen);
  }

  @Test
  void scalarsOnTheDeviceAreReadWhenTheWorkRuns() {
    CUdeviceptr scalars = upload(1, 0);
    CUdeviceptr a = upload(3);
    CUdeviceptr c = upload(Float.NaN);
    CUstream stream = stream();
    ok(cublasSetStream(handle, new cudaStream_t(stream)));
    ok(cublasSetPointerMode(handle, 1));
    ok(JCudaDriver.cuMemsetD32Async(scalars, Float.floatToRawIntBits(7), 1, stream));
    ok(cublasSgemm(handle, 0, 0, 1, 1, 1, scalars, a, 1, a, 1, Cuda.at(scalars, 4), c, 1));
    ok(JCudaDriver.cuMemsetD32Async(scalars, Float.floatToRawIntBits(9), 1, stream));
    assertThat(Emulator.counter("flops")).as("nothing has run yet").isZero();
    ok(JCudaDriver.cuStreamSynchronize(stream));
    assertThat(download(c, 1)).containsExactly(63);
    ok(cublasSetStream(handle, null));
    ok(JCudaDriver.cuStreamDestroy(stream));
    free(scalars, a, c);
  }

  @Test
  void vectorsAndMatrices() {
    CUdeviceptr x = upload(3, 4);
    CUdeviceptr y = upload(1, 2);
    float[] result = new float[1];
    ok(cublasSnrm2(handle, 2, x, 1, Pointer.to(result)));
    assertThat(result[0]).isEqualTo(5);
    ok(cublasSdot(handle, 2, x, 1, y, 1, Pointer.to(result)));
    assertThat(result[0]).isEqualTo(11);
    ok(cublasSdot(handle, 2, x, 1, y, -1, Pointer.to(result)));
    assertThat(result[0]).isEqualTo(10);
    ok(cublasSaxpy(handle, 2, scalar(2), x, 1, y, 1));
    ok(cublasSscal(handle, 2, scalar(0.5f), x, 1));
    assertThat(download(y, 2)).containsExactly(7, 10);
    assertThat(download(x, 2)).containsExactly(1.5f, 2);
    CUdeviceptr matrix = upload(1, 2, 3, 4, 5, 6);
    CUdeviceptr three = upload(1, 2, 3);
    CUdeviceptr out = upload(Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN);
    ok(cublasSgemv(handle, 1, 3, 2, scalar(1), matrix, 3, three, 1, scalar(0), out, 1));
    assertThat(Arrays.copyOf(download(out, 6), 2)).containsExactly(14, 32);
    ok(cublasSgeam(handle, 1, 0, 2, 3, scalar(1), matrix, 3, scalar(0), new Pointer(), 2, out, 2));
    assertThat(download(out, 6)).containsExactly(1, 4, 2, 5, 3, 6);
    free(x, y, matrix, out, three);
  }

  @Test
  void theWorkspaceIsForgottenWithTheStream() {
    CUdeviceptr workspace = Cuda.alloc(1024);
    CUdeviceptr a = upload(2);
    CUdeviceptr c = upload(0);
    ok(cublasSetWorkspace(handle, workspace, 1024));
    ok(cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), a, 1, a, 1, scalar(0), c, 1));
    assertThat(Emulator.counter("cublas.default_workspace")).isZero();
    ok(cublasSetStream(handle, null));
    ok(cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), a, 1, a, 1, scalar(0), c, 1));
    assertThat(Emulator.counter("cublas.default_workspace")).isEqualTo(1);
    free(workspace, a, c);
  }

  @Test
  void statusTexts() {
    assertThat(JCublas2.cublasGetStatusString(7)).contains("unsupported value");
    int[] version = new int[1];
    ok(JCublas2.cublasGetVersion(handle, version));
    assertThat(version[0]).isEqualTo(120600);
  }

  private static CUdeviceptr pointers(CUdeviceptr... values) {
    CUdeviceptr p = Cuda.alloc(8L * values.length);
    ok(JCudaDriver.cuMemcpyHtoD(p, Pointer.to(values), 8L * values.length));
    return p;
  }

  private static Pointer scalar(float value) {
    return Pointer.to(new float[] {value});
  }
}
