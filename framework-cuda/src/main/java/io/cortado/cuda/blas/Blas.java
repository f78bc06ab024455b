package io.cortado.cuda.blas;

import static io.cortado.cuda.CudaErrors.checkBlas;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.Epilogue;
import io.cortado.cuda.Scratch;
import io.cortado.cuda.kernels.CastKernels;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products by cuBLAS.
 *
 * <p>cuBLAS is column-major: what is a row-major C to us is its transpose to cuBLAS, and {@code C'
 * = op(B)' op(A)'}. So the operands change places, and nothing is ever copied.
 *
 * <p>The workspace is given once, because cuBLAS's own is not safe to be part of a captured graph
 * and, with several streams, gives results that differ from run to run.
 */
public final class Blas implements AutoCloseable {

  /** What NVIDIA recommends, before and from compute capability 9 on. */
  private static final long WORKSPACE_BYTES = 4L << 20;

  private static final long WORKSPACE_BYTES_9 = 32L << 20;

  private final cublasHandle handle;
  private final Scratch workspace;
  private final Epilogue epilogue;
  private final @Nullable CastKernels casts;
  private final int type;
  private boolean closed;

  private Blas(
      cublasHandle handle,
      Scratch workspace,
      Epilogue epilogue,
      MathPrecision precision,
      @Nullable CastKernels casts) {
    this.handle = handle;
    this.workspace = workspace;
    this.epilogue = epilogue;
    this.casts = casts;
    this.type =
        switch (precision) {
          case FLOAT32, TF32 -> cudaDataType.CUDA_R_32F;
          case BFLOAT16 -> cudaDataType.CUDA_R_16BF;
          case FLOAT16 -> cudaDataType.CUDA_R_16F;
        };
  }

  /**
   * Makes a handle that works on the context's stream.
   *
   * @param precision to what factors are rounded before they are multiplied
   * @param casts round to that precision; null where it is none of 16 bits
   * @throws io.cortado.backend.BackendException if cuBLAS fails or there is no memory left
   */
  public static Blas open(
      CudaContext context,
      Epilogue epilogue,
      MathPrecision precision,
      @Nullable CastKernels casts) {
    cublasHandle handle = new cublasHandle();
    // After a failure the handle holds garbage, so nothing is destroyed then.
    checkBlas(JCublas2.cublasCreate(handle), "cublasCreate", null);
    try {
      Scratch workspace = context.memory().scratch(workspaceBytes(context));
      try {
        configure(handle, context, workspace, precision);
        return new Blas(handle, workspace, epilogue, precision, casts);
      } catch (RuntimeException e) {
        workspace.close();
        throw e;
      }
    } catch (RuntimeException e) {
      int code = JCublas2.cublasDestroy(handle);
      if (code != 0) {
        e.addSuppressed(new IllegalStateException("cublasDestroy failed with code " + code));
      }
      throw e;
    }
  }

  private static long workspaceBytes(CudaContext context) {
    int major = context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    return major >= 9 ? WORKSPACE_BYTES_9 : WORKSPACE_BYTES;
  }

  private static void configure(
      cublasHandle handle, CudaContext context, Scratch workspace, MathPrecision precision) {
    // The stream comes first: setting it takes the workspace away.
    checkBlas(
        JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())),
        "cublasSetStream",
        null);
    checkBlas(
        JCublas2.cublasSetWorkspace(handle, workspace.pointer(), workspace.bytes()),
        "cublasSetWorkspace",
        workspace.bytes() + " bytes");
    checkBlas(
        JCublas2.cublasSetMathMode(
            handle,
            precision == MathPrecision.TF32
                ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH
                : cublasMath.CUBLAS_DEFAULT_MATH),
        "cublasSetMathMode",
        precision);
    checkBlas(
        JCublas2.cublasSetAtomicsMode(handle, cublasAtomicsMode.CUBLAS_ATOMICS_NOT_ALLOWED),
        "cublasSetAtomicsMode",
        "no atomics");
  }

  /** Returns cuBLAS's version, such as 120600. */
  public int version() {
    int[] version = {0};
    checkBlas(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion", null);
    return version[0];
  }

  /** Computes {@code C = alpha op(A) op(B) + beta C}; a beta of 0 overwrites whatever C holds. */
  public void gemm(GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    if (s.m() == 0 || s.n() == 0 || s.batch() == 0) {
      return;
    }
    if (s.k() == 0) {
      scale(s, beta, CudaBuffer.of(c));
    } else if (casts == null) {
      exact(s, alpha, a, b, beta, c);
    } else {
      rounded(s, alpha, a, b, beta, c, casts);
    }
  }

  private void exact(GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    Pointer pa = CudaBuffer.of(a).pointer();
    Pointer pb = CudaBuffer.of(b).pointer();
    Pointer pc = CudaBuffer.of(c).pointer();
    Pointer factor = scalar(alpha);
    Pointer factorC = scalar(beta);
    if (s.batch() == 1) {
      checkBlas(
          JCublas2.cublasSgemm(
              handle,
              operation(s.transB()),
              operation(s.transA()),
              s.n(),
              s.m(),
              s.k(),
              factor,
              pb,
              s.ldb(),
              pa,
              s.lda(),
              factorC,
              pc,
              s.ldc()),
          "cublasSgemm",
          s);
    } else {
      checkBlas(
          JCublas2.cublasSgemmStridedBatched(
              handle,
              operation(s.transB()),
              operation(s.transA()),
              s.n(),
              s.m(),
              s.k(),
              factor,
              pb,
              s.ldb(),
              s.strideB(),
              pa,
              s.lda(),
              s.strideA(),
              factorC,
              pc,
              s.ldc(),
              s.strideC(),
              s.batch()),
          "cublasSgemmStridedBatched",
          s);
    }
  }

  /**
   * Multiplies copies that are rounded to 16 bits; the sums, and C, are float32.
   *
   * <p>The copies have the gaps of the originals, so that the distances between rows stay.
   */
  private void rounded(
      GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c, CastKernels casts) {
    long extentA = extent(s, s.transA(), s.m(), s.lda(), s.strideA());
    long extentB = extent(s, !s.transB(), s.n(), s.ldb(), s.strideB());
    try (Scratch ra = casts.narrow(extentA, a);
        Scratch rb = casts.narrow(extentB, b)) {
      checkBlas(
          JCublas2.cublasGemmStridedBatchedEx_new(
              handle,
              operation(s.transB()),
              operation(s.transA()),
              s.n(),
              s.m(),
              s.k(),
              scalar(alpha),
              rb.pointer(),
              type,
              s.ldb(),
              s.strideB(),
              ra.pointer(),
              type,
              s.lda(),
              s.strideA(),
              scalar(beta),
              CudaBuffer.of(c).pointer(),
              cudaDataType.CUDA_R_32F,
              s.ldc(),
              s.strideC(),
              s.batch(),
              cublasComputeType.CUBLAS_COMPUTE_32F,
              cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
          "cublasGemmStridedBatchedEx",
          s);
    }
  }

  /**
   * Returns how many elements a factor's batch reaches over.
   *
   * @param byDepth whether its rows, as they are stored, are those of the extent summed over
   * @param width its other extent
   */
  private static long extent(GemmSpec s, boolean byDepth, int width, int ld, long stride) {
    int rows = byDepth ? s.k() : width;
    int columns = byDepth ? width : s.k();
    return (s.batch() - 1) * stride + (rows - 1L) * ld + columns;
  }

  /** Computes {@code y = activation(x W' + bias)}. */
  public void linear(LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    gemm(GemmSpec.of(s.rows(), s.out(), s.in(), false, true), 1, x, w, 0, y);
    if (bias != null || s.activation().kind() != UnaryOp.Kind.IDENTITY) {
      epilogue.apply(s.activation(), (long) s.rows() * s.out(), s.out(), 1, bias, y);
    }
  }

  /**
   * Computes {@code C = beta C}, the product of nothing.
   *
   * <p>By a sum of matrices, which is documented to work in place and to set C to 0 where both
   * factors are 0; what gemm does where k is 0 is not.
   */
  private void scale(GemmSpec s, float beta, CudaBuffer c) {
    if (beta == 1) {
      return;
    }
    for (int i = 0; i < s.batch(); i++) {
      CUdeviceptr at = c.at(i * s.strideC());
      checkBlas(
          JCublas2.cublasSgeam(
              handle,
              cublasOperation.CUBLAS_OP_N,
              cublasOperation.CUBLAS_OP_N,
              s.n(),
              s.m(),
              scalar(beta),
              at,
              s.ldc(),
              scalar(0),
              at,
              s.ldc(),
              at,
              s.ldc()),
          "cublasSgeam",
          s);
    }
  }

  private static int operation(boolean transposed) {
    return transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static Pointer scalar(float value) {
    return Pointer.to(new float[] {value});
  }

  /** Destroys the handle and gives the workspace back; a second call does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      checkBlas(JCublas2.cublasDestroy(handle), "cublasDestroy", null);
    } finally {
      workspace.close();
    }
  }
}
