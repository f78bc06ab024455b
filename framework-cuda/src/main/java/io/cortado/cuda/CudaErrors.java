package io.cortado.cuda;

import io.cortado.backend.BackendException;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;
import org.jspecify.annotations.Nullable;

/**
 * Turns the return codes of NVIDIA's libraries into exceptions.
 *
 * <p>Every call of a library is wrapped by one of these methods: JCuda throws nothing by itself.
 */
public final class CudaErrors {

  /** The driver's code for memory that cannot be had. */
  static final int OUT_OF_MEMORY = 2;

  private CudaErrors() {}

  /**
   * Checks a return code of the driver.
   *
   * @param call the name of the function called
   * @param what the spec of the operation, or what else tells what the call was for
   * @throws BackendException if the code is not 0, naming call, spec and the driver's own text
   */
  public static void check(int code, String call, @Nullable Object what) {
    if (code != 0) {
      String[] name = {""};
      String[] text = {""};
      // These two fail only for a code that the driver does not know; the number is printed anyway.
      int unknownName = JCudaDriver.cuGetErrorName(code, name);
      int unknownText = JCudaDriver.cuGetErrorString(code, text);
      String told =
          unknownName == 0 && unknownText == 0 ? name[0] + ": " + text[0] : "no text for this code";
      throw failure("CUDA driver", call, code, told, what);
    }
  }

  /** Checks a return code of NVRTC; see {@link #check}. */
  public static void checkNvrtc(int code, String call, @Nullable Object what) {
    if (code != 0) {
      throw failure("NVRTC", call, code, JNvrtc.nvrtcGetErrorString(code), what);
    }
  }

  /** Checks a return code of cuBLAS; see {@link #check}. */
  public static void checkBlas(int code, String call, @Nullable Object what) {
    if (code != 0) {
      String told =
          JCublas2.cublasGetStatusName(code) + ": " + JCublas2.cublasGetStatusString(code);
      throw failure("cuBLAS", call, code, told, what);
    }
  }

  /** Checks a return code of cuDNN; see {@link #check}. */
  public static void checkDnn(int code, String call, @Nullable Object what) {
    if (code != 0) {
      throw failure("cuDNN", call, code, JCudnn.cudnnGetErrorString(code), what);
    }
  }

  private static BackendException failure(
      String library, String call, int code, @Nullable String text, @Nullable Object what) {
    String operation = what == null ? "" : " for " + what;
    return new BackendException(
        "%s: %s failed%s with code %d (%s)".formatted(library, call, operation, code, text));
  }
}
