package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.CudaErrors;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** Compiles CUDA C for one device by NVRTC, once for each text: the result is kept on disk. */
final class KernelCompiler {

  private static final int COMPILATION_FAILED = 6;

  private final KernelCache cache = new KernelCache();
  private final List<String> options;
  private final String versions;

  KernelCompiler(CudaContext context) {
    int capability =
        10 * context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    options = options("compute_" + architecture(capability));
    versions = versions();
  }

  /** Returns what the compiler is told, for one of its architectures. */
  static List<String> options(String architecture) {
    return List.of("--gpu-architecture=" + architecture, "--std=c++17");
  }

  /**
   * Returns the newest architecture that both the device and the compiler know: a device runs code
   * for an older one.
   */
  private static int architecture(int capability) {
    int[] count = {0};
    CudaErrors.checkNvrtc(
        JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs", null);
    int[] supported = new int[count[0]];
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetSupportedArchs(supported), "nvrtcGetSupportedArchs", null);
    return Arrays.stream(supported)
        .filter(a -> a <= capability)
        .max()
        .orElseThrow(() ->
            new BackendException(
                "the device's compute capability is %.1f, and NVRTC compiles for %s and above: the device is too old for this version of CUDA"
                    .formatted(capability / 10.0, Arrays.stream(supported).min().orElse(0))));
  }

  private static String versions() {
    int[] driver = {0};
    CudaErrors.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion", null);
    int[] major = {0};
    int[] minor = {0};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion", null);
    return "driver %d, NVRTC %d.%d".formatted(driver[0], major[0], minor[0]);
  }

  /** Returns the PTX of a text. */
  String compile(String name, String source) {
    return cache.get(List.of(source, String.join(" ", options), versions), () -> ptx(name, source));
  }

  private String ptx(String name, String source) {
    nvrtcProgram program = new nvrtcProgram();
    CudaErrors.checkNvrtc(
        JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null),
        "nvrtcCreateProgram",
        name);
    int destroyed;
    String ptx;
    try {
      ptx = ptx(program, name);
    } finally {
      destroyed = JNvrtc.nvrtcDestroyProgram(program);
    }
    CudaErrors.checkNvrtc(destroyed, "nvrtcDestroyProgram", name);
    return ptx;
  }

  private String ptx(nvrtcProgram program, String name) {
    int code = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
    if (code == COMPILATION_FAILED) {
      String[] log = {""};
      CudaErrors.checkNvrtc(JNvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog", name);
      throw new BackendException("NVRTC does not compile " + name + ":\n" + log[0]);
    }
    CudaErrors.checkNvrtc(code, "nvrtcCompileProgram", name);
    String[] ptx = {""};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX", name);
    return ptx[0];
  }
}
