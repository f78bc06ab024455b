package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;

/** Offers the CUDA backend where there is a driver, the libraries and a device. */
public final class CudaProvider implements BackendProvider {

  private static final int NO_DEVICE = 100;

  /** For the service loader. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Availability probe() {
    try {
      int devices = devices(load());
      return new Availability(
          true, devices == 1 ? "one CUDA device" : "%d CUDA devices".formatted(devices));
    } catch (BackendException e) {
      return new Availability(false, String.valueOf(e.getMessage()));
    }
  }

  private static Map<NvidiaLibrary, Path> load() {
    return CudaLibraries.load(CudaLibraries.search());
  }

  /** Returns how many devices there are, at least one, once driver and libraries will do. */
  private static int devices(Map<NvidiaLibrary, Path> files) {
    int[] driver = {0};
    CudaErrors.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion", null);
    UnusableException.require(Requirements.driver(driver[0], files.get(NvidiaLibrary.DRIVER)));
    UnusableException.require(
        Requirements.cudnn(JCudnn.cudnnGetVersion(), files.get(NvidiaLibrary.CUDNN)));
    return countDevices(System.getenv());
  }

  /** Returns how many devices the driver finds, at least one. */
  static int countDevices(Map<String, String> environment) {
    int initialised = JCudaDriver.cuInit(0);
    int[] count = {0};
    if (initialised != NO_DEVICE) {
      CudaErrors.check(
          initialised, "cuInit", "the driver (is the kernel module loaded? run nvidia-smi)");
      CudaErrors.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", null);
    }
    if (count[0] == 0) {
      throw new UnusableException(Requirements.noDevice(environment.get("CUDA_VISIBLE_DEVICES")));
    }
    return count[0];
  }

  @Override
  public List<Finding> diagnose() {
    return Diagnosis.of(CudaLibraries.search(), System.getenv());
  }

  @Override
  public Backend open(BackendOptions options) {
    int devices = devices(load());
    if (options.ordinal() >= devices) {
      throw new BackendException(
          "there is no CUDA device %d: this machine has %d, counted from 0"
              .formatted(options.ordinal(), devices));
    }
    return CudaBackend.open(
        options, Boolean.getBoolean("cortado.cuda.exact"), CtcChoice.ofProperty());
  }
}
