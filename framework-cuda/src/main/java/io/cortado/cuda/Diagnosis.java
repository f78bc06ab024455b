package io.cortado.cuda;

import io.cortado.backend.BackendException;
import io.cortado.backend.Finding;
import io.cortado.cuda.kernels.KernelCache;
import io.cortado.cuda.kernels.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** Looks at driver, libraries, devices and folders one by one, as far as each can be looked at. */
final class Diagnosis {

  private final LibrarySearch search;
  private final Map<String, String> environment;
  private final List<Finding> findings = new ArrayList<>();

  private Diagnosis(LibrarySearch search, Map<String, String> environment) {
    this.search = search;
    this.environment = environment;
  }

  /** Returns what there is, the driver first. */
  static List<Finding> of(LibrarySearch search, Map<String, String> environment) {
    Diagnosis diagnosis = new Diagnosis(search, environment);
    diagnosis.look();
    return List.copyOf(diagnosis.findings);
  }

  private void look() {
    try {
      CudaLibraries.checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    } catch (BackendException e) {
      findings.add(UnusableException.finding("platform", e));
      return;
    }
    Map<NvidiaLibrary, Path> found = CudaLibraries.locate(search);
    List<NvidiaLibrary> missing = CudaLibraries.missing(found);
    if (!missing.isEmpty()) {
      findings.add(
          Finding.ok(
              "looked in",
              search.folders().stream().map(Path::toString).collect(Collectors.joining(", "))));
    }
    Path driver = found.get(NvidiaLibrary.DRIVER);
    if (driver == null) {
      findings.add(
          Finding.missing(
              NvidiaLibrary.DRIVER.title,
              NvidiaLibrary.DRIVER.notFound(search),
              NvidiaLibrary.remedy(List.of(NvidiaLibrary.DRIVER))));
    }
    boolean driverWorks = driver != null && driver(driver);
    // Where anything is missing, what is there is named without being loaded: JCuda needs it all.
    boolean loaded = driverWorks && missing.isEmpty() && loads();
    if (loaded) {
      versions(found);
    } else {
      toolkit(found, missing);
    }
    if (driverWorks) {
      devices(loaded);
    }
    findings.add(KernelCache.diagnose());
  }

  /** Loads the driver alone, with JCuda's class for it, and asks for its version. */
  private boolean driver(Path file) {
    try {
      CudaLibraries.loadDriver(file);
      int[] version = {0};
      CudaErrors.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion", null);
      Finding judged = Requirements.driver(version[0], file);
      findings.add(judged);
      return judged.state() == Finding.State.OK;
    } catch (BackendException e) {
      findings.add(UnusableException.finding(NvidiaLibrary.DRIVER.title, e));
      return false;
    }
  }

  private boolean loads() {
    try {
      var _ = CudaLibraries.load(search);
      findings.add(
          Finding.ok(
              CudaLibraries.NATIVES, "unpacked below " + System.getProperty("java.io.tmpdir")));
      return true;
    } catch (BackendException e) {
      findings.add(UnusableException.finding(CudaLibraries.NATIVES, e));
      return false;
    }
  }

  private void toolkit(Map<NvidiaLibrary, Path> found, List<NvidiaLibrary> missing) {
    for (NvidiaLibrary library : NvidiaLibrary.values()) {
      if (library == NvidiaLibrary.DRIVER) {
        continue;
      }
      Path file = found.get(library);
      findings.add(
          file == null
              ? Finding.missing(
                  library.title,
                  library.notFound(search),
                  NvidiaLibrary.remedy(
                      missing.stream().filter(m -> m != NvidiaLibrary.DRIVER).toList()))
              : Finding.ok(library.title, file + " (not loaded)"));
    }
  }

  private void versions(Map<NvidiaLibrary, Path> found) {
    int[] major = {0};
    int[] minor = {0};
    CudaErrors.checkNvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion", null);
    findings.add(
        Finding.ok(
            NvidiaLibrary.NVRTC.title,
            "%d.%d, %s".formatted(major[0], minor[0], found.get(NvidiaLibrary.NVRTC))));
    int[] part = {0};
    List<String> cublas = new ArrayList<>();
    for (int property = 0; property < 3; property++) {
      CudaErrors.checkBlas(
          JCublas2.cublasGetProperty(property, part), "cublasGetProperty", property);
      cublas.add(Integer.toString(part[0]));
    }
    findings.add(
        Finding.ok(
            NvidiaLibrary.CUBLAS.title,
            "%s, %s and %s"
                .formatted(
                    String.join(".", cublas),
                    found.get(NvidiaLibrary.CUBLAS),
                    found.get(NvidiaLibrary.CUBLAS_LT))));
    findings.add(Requirements.cudnn(JCudnn.cudnnGetVersion(), found.get(NvidiaLibrary.CUDNN)));
  }

  /** Names the devices, and where NVRTC is loaded, what it makes for each. */
  private void devices(boolean compile) {
    try {
      int count = CudaProvider.countDevices(environment);
      for (int i = 0; i < count; i++) {
        CUdevice device = new CUdevice();
        CudaErrors.check(JCudaDriver.cuDeviceGet(device, i), "cuDeviceGet", "device " + i);
        DeviceInfo info = DeviceInfo.of(device);
        findings.add(Finding.ok("device " + i, info.toString()));
        if (compile) {
          findings.add(kernels("kernels for device " + i, info));
        }
      }
    } catch (BackendException e) {
      findings.add(UnusableException.finding("devices", e));
    }
  }

  private static Finding kernels(String name, DeviceInfo device) {
    try {
      int[] driver = {0};
      CudaErrors.check(JCudaDriver.cuDriverGetVersion(driver), "cuDriverGetVersion", null);
      int[] major = {0};
      int[] minor = {0};
      CudaErrors.checkNvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion", null);
      Target target = Target.of(device.major(), device.minor());
      return Requirements.kernels(name, target, driver[0], 1000 * major[0] + 10 * minor[0]);
    } catch (BackendException e) {
      return UnusableException.finding(name, e);
    }
  }
}
