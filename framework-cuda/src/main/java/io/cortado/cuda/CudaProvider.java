package io.cortado.cuda;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;

/** Offers the CUDA backend where there is a driver, the libraries and a device. */
public final class CudaProvider implements BackendProvider {

  /** The driver of CUDA 12.0, which all 12.x libraries run on. */
  private static final int OLDEST_DRIVER = 12000;

  private static final int OLDEST_CUDNN = 90000;
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
      load();
      int devices = devices();
      return new Availability(
          true, devices == 1 ? "one CUDA device" : "%d CUDA devices".formatted(devices));
    } catch (BackendException e) {
      return new Availability(false, String.valueOf(e.getMessage()));
    }
  }

  private static void load() {
    var _ = CudaLibraries.load(CudaLibraries.search());
  }

  /** Returns how many devices there are, at least one, once driver and libraries will do. */
  private static int devices() {
    int initialised = JCudaDriver.cuInit(0);
    if (initialised == NO_DEVICE) {
      throw noDevice();
    }
    CudaErrors.check(
        initialised, "cuInit", "the driver (is the kernel module loaded? run nvidia-smi)");
    int[] driver = {0};
    CudaErrors.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion", null);
    if (driver[0] < OLDEST_DRIVER) {
      throw new BackendException(
          "NVIDIA's driver is for CUDA %d.%d, and 12.0 is needed: install a newer driver"
              .formatted(driver[0] / 1000, driver[0] % 1000 / 10));
    }
    long cudnn = JCudnn.cudnnGetVersion();
    if (cudnn < OLDEST_CUDNN) {
      throw new BackendException(
          "cuDNN is of version %d, and 9.0 is needed: run pip install nvidia-cudnn-cu12"
              .formatted(cudnn));
    }
    int[] count = {0};
    CudaErrors.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", null);
    if (count[0] == 0) {
      throw noDevice();
    }
    return count[0];
  }

  private static BackendException noDevice() {
    return new BackendException(
        "NVIDIA's driver finds no GPU: look at nvidia-smi and at CUDA_VISIBLE_DEVICES");
  }

  @Override
  public Backend open(BackendOptions options) {
    load();
    int devices = devices();
    if (options.ordinal() >= devices) {
      throw new BackendException(
          "there is no CUDA device %d: this machine has %d, counted from 0"
              .formatted(options.ordinal(), devices));
    }
    return CudaBackend.open(options, Boolean.getBoolean("cortado.cuda.exact"));
  }
}
