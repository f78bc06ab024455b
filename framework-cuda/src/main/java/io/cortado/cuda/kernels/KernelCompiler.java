package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.CudaErrors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** Compiles CUDA C for one device by NVRTC, once for each text: the result is kept on disk. */
final class KernelCompiler {

  private static final int COMPILATION_FAILED = 6;

  private final KernelCache cache = new KernelCache();
  private final Target target;
  private final String versions;

  KernelCompiler(CudaContext context) {
    target =
        Target.of(
            context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
            context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
    versions = versions();
  }

  /** Returns what the compiler is told. */
  static List<String> options(Target target) {
    return List.of("--gpu-architecture=" + target.name(), "--std=c++17");
  }

  private static String versions() {
    int[] driver = {0};
    CudaErrors.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion", null);
    int[] major = {0};
    int[] minor = {0};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion", null);
    return "driver %d, NVRTC %d.%d".formatted(driver[0], major[0], minor[0]);
  }

  /** Returns what the driver loads of a text. */
  byte[] compile(String name, String source) {
    return cache.get(
        List.of(source, String.join(" ", options(target)), versions),
        target.ending(),
        () -> image(name, source));
  }

  /** Says for which driver and by which compiler code is made, for a driver that refuses it. */
  @Override
  public String toString() {
    return target.name() + ", " + versions;
  }

  private byte[] image(String name, String source) {
    nvrtcProgram program = new nvrtcProgram();
    CudaErrors.checkNvrtc(
        JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null),
        "nvrtcCreateProgram",
        name);
    int destroyed;
    byte[] image;
    try {
      image = image(program, name);
    } finally {
      destroyed = JNvrtc.nvrtcDestroyProgram(program);
    }
    CudaErrors.checkNvrtc(destroyed, "nvrtcDestroyProgram", name);
    return image;
  }

  private byte[] image(nvrtcProgram program, String name) {
    String[] options = options(target).toArray(String[]::new);
    int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
    if (code == COMPILATION_FAILED) {
      String[] log = {""};
      CudaErrors.checkNvrtc(JNvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog", name);
      throw new BackendException("NVRTC does not compile " + name + ":\n" + log[0]);
    }
    CudaErrors.checkNvrtc(code, "nvrtcCompileProgram", name);
    return target.machineCode() ? cubin(program, name) : ptx(program, name);
  }

  private static byte[] cubin(nvrtcProgram program, String name) {
    long[] bytes = {0};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetCUBINSize(program, bytes), "nvrtcGetCUBINSize", name);
    byte[] cubin = new byte[Math.toIntExact(bytes[0])];
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetCUBIN(program, cubin), "nvrtcGetCUBIN", name);
    return cubin;
  }

  private static byte[] ptx(nvrtcProgram program, String name) {
    String[] ptx = {""};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX", name);
    // The driver reads a text up to its 0.
    return (ptx[0] + '\0').getBytes(StandardCharsets.UTF_8);
  }
}
