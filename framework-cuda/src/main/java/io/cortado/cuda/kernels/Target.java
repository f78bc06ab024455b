package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.cuda.CudaErrors;
import java.util.Arrays;
import jcuda.nvrtc.JNvrtc;

/**
 * What kernels are compiled to: the machine code of an architecture, or its PTX.
 *
 * <p>Machine code runs on devices of the same major compute capability and of a minor one that is
 * not less, with every driver of the compiler's major version. PTX runs on all newer devices, but a
 * driver that is older than the compiler does not read it; so it is for devices alone that the
 * compiler does not know.
 *
 * @param architecture the first number of the compute capability and the second, such as 90
 * @param machineCode whether it is machine code
 * @see <a
 *     href="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html">
 *     Minor version compatibility</a>
 */
public record Target(int architecture, boolean machineCode) {

  /** What helps where the compiler does not know the device, and is newer than the driver. */
  public static final String REMEDY =
      "install a newer driver, or an NVRTC that knows the device (pip install --upgrade nvidia-cuda-nvrtc-cu12)";

  /**
   * Chooses for a device, among what NVRTC can.
   *
   * @throws BackendException if the device is too old for NVRTC
   */
  public static Target of(int major, int minor) {
    int[] count = {0};
    CudaErrors.checkNvrtc(
        JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs", null);
    int[] supported = new int[count[0]];
    CudaErrors.checkNvrtc(JNvrtc.nvrtcGetSupportedArchs(supported), "nvrtcGetSupportedArchs", null);
    return of(major, minor, supported);
  }

  /**
   * Chooses the newest that device and compiler know, of the device's own major if there is one.
   */
  static Target of(int major, int minor, int... supported) {
    int newest =
        Arrays.stream(supported)
            .filter(a -> a <= 10 * major + minor)
            .max()
            .orElseThrow(() ->
                new BackendException(
                    "the device's compute capability is %d.%d, and NVRTC compiles for %s and above: the device is too old for this version of CUDA"
                        .formatted(major, minor, Arrays.stream(supported).min().orElse(0) / 10.0)));
    return new Target(newest, newest / 10 == major);
  }

  /** Returns the architecture as the compiler's options name it. */
  public String name() {
    return (machineCode ? "sm_" : "compute_") + architecture;
  }

  /** Returns how the name of a file of such code ends. */
  String ending() {
    return machineCode ? ".cubin" : ".ptx";
  }
}
