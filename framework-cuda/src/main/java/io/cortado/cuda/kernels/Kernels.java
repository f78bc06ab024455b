package io.cortado.cuda.kernels;

import io.cortado.backend.BackendException;
import io.cortado.cuda.CudaContext;
import io.cortado.cuda.CudaErrors;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** The modules and functions of one device, each compiled and loaded when it is first launched. */
public final class Kernels implements AutoCloseable {

  /** The driver's code for PTX of a compiler that is newer than itself. */
  private static final int UNSUPPORTED_PTX = 222;

  final CudaContext context;
  final Arguments arguments = new Arguments();
  private final KernelCompiler compiler;
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<String, CUfunction> functions = new HashMap<>();
  private int generated;

  /** Makes the kernels of a device. */
  public Kernels(CudaContext context) {
    this.context = context;
    this.compiler = new KernelCompiler(context);
  }

  /** Returns a function of a file of the resources. */
  CUfunction function(String file, String name) {
    CUfunction function = functions.get(name);
    if (function == null) {
      function = context.aside(() -> find(file, name));
      functions.put(name, function);
    }
    return function;
  }

  /**
   * Compiles a text that is no file, and returns its function; the caller keeps that.
   *
   * @param name what the compiler calls the text
   */
  CUfunction generated(String name, String source, String function) {
    return context.aside(() -> {
      CUmodule module = load(name, source);
      modules.put(name + " " + generated++, module);
      return find(module, function);
    });
  }

  private CUfunction find(String file, String name) {
    return find(modules.computeIfAbsent(file, f -> load(f, KernelSource.of(f))), name);
  }

  private static CUfunction find(CUmodule module, String name) {
    CUfunction function = new CUfunction();
    CudaErrors.check(
        JCudaDriver.cuModuleGetFunction(function, module, name), "cuModuleGetFunction", name);
    return function;
  }

  private CUmodule load(String file, String source) {
    CUmodule module = new CUmodule();
    byte[] image = compiler.compile(file, source);
    int code = JCudaDriver.cuModuleLoadData(module, image);
    if (code == UNSUPPORTED_PTX) {
      throw new BackendException(
          "the driver does not read the PTX of %s (%s), which an NVRTC newer than the driver has made: %s"
              .formatted(file, compiler, Target.REMEDY));
    }
    CudaErrors.check(code, "cuModuleLoadData", file);
    return module;
  }

  /** Unloads all modules; no launch may follow. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (Map.Entry<String, CUmodule> module : modules.entrySet()) {
      try {
        CudaErrors.check(
            JCudaDriver.cuModuleUnload(module.getValue()), "cuModuleUnload", module.getKey());
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    modules.clear();
    functions.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
