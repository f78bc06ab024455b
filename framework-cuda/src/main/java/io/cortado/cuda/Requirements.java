package io.cortado.cuda;

import io.cortado.backend.Finding;
import io.cortado.cuda.kernels.Target;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which versions will do, and what is said of those that will not. */
final class Requirements {

  /** The driver of CUDA 12.0, which all 12.x libraries run on. */
  private static final int OLDEST_DRIVER = 12000;

  private static final int OLDEST_CUDNN = 90000;

  private Requirements() {}

  /** Judges a driver by the newest CUDA that it runs, as cuDriverGetVersion tells it. */
  static Finding driver(int version, @Nullable Path file) {
    String cuda = "CUDA %d.%d".formatted(version / 1000, version % 1000 / 10);
    return version >= OLDEST_DRIVER
        ? Finding.ok(NvidiaLibrary.DRIVER.title, "for " + cuda + ", " + file)
        : Finding.wrong(
            NvidiaLibrary.DRIVER.title,
            "NVIDIA's driver (%s) is for %s, and 12.0 is needed".formatted(file, cuda),
            "install a newer driver");
  }

  /** Judges whether a driver loads what NVRTC makes for a device; versions are as 12060. */
  static Finding kernels(String name, Target target, int driver, int nvrtc) {
    if (target.machineCode()) {
      return Finding.ok(name, "machine code of " + target.name());
    }
    return nvrtc <= driver
        ? Finding.ok(name, "PTX of " + target.name() + ", which the driver compiles")
        : Finding.wrong(
            name,
            "NVRTC does not know the device and makes PTX of %s, which a driver for CUDA %d.%d does not read of NVRTC %d.%d"
                .formatted(
                    target.name(),
                    driver / 1000,
                    driver % 1000 / 10,
                    nvrtc / 1000,
                    nvrtc % 1000 / 10),
            Target.REMEDY);
  }

  /** Judges a cuDNN by the number that cudnnGetVersion tells. */
  static Finding cudnn(long version, @Nullable Path file) {
    // Since 9 the major version has four digits behind it, before that three.
    long major = version >= OLDEST_CUDNN ? version / 10_000 : version / 1000;
    long minor = version >= OLDEST_CUDNN ? version % 10_000 / 100 : version % 1000 / 100;
    String told = "%d.%d.%d".formatted(major, minor, version % 100);
    return major == 9
        ? Finding.ok(NvidiaLibrary.CUDNN.title, told + ", " + file)
        : Finding.wrong(
            NvidiaLibrary.CUDNN.title,
            "%s is cuDNN %s, and 9 is needed".formatted(file, told),
            "run pip install --upgrade nvidia-cudnn-cu12 and take the old one out of the way, or set CORTADO_CUDA_HOME to the folder of a cuDNN 9");
  }

  /**
   * Says that there is a driver, but no GPU for this process.
   *
   * @param visible the environment variable CUDA_VISIBLE_DEVICES
   */
  static Finding noDevice(@Nullable String visible) {
    return Finding.missing(
        "devices",
        "NVIDIA's driver finds no GPU",
        visible == null
            ? "look at nvidia-smi (in a container: start it with --gpus all); CUDA_VISIBLE_DEVICES is not set"
            : "unset CUDA_VISIBLE_DEVICES, which is '%s', or look at nvidia-smi"
                .formatted(visible));
  }
}
