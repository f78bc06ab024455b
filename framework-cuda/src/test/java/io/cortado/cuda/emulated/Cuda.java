package io.cortado.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/**
 * Short forms of JCuda's driver calls for the tests of the emulator; each return code is checked.
 */
final class Cuda {
  private Cuda() {}

  static void ok(int code) {
    assertThat(code).as("return code; errors: %s", Emulator.errors()).isZero();
  }

  /** A fresh emulator, with the primary context of device 0 current on this thread. */
  static CUcontext start() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    ok(JCudaDriver.cuInit(0));
    CUdevice device = new CUdevice();
    ok(JCudaDriver.cuDeviceGet(device, 0));
    CUcontext context = new CUcontext();
    ok(JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    ok(JCudaDriver.cuCtxSetCurrent(context));
    return context;
  }

  static void stop() {
    ok(JCudaDriver.cuDevicePrimaryCtxRelease(new CUdevice()));
  }

  static CUdeviceptr alloc(long bytes) {
    CUdeviceptr p = new CUdeviceptr();
    ok(JCudaDriver.cuMemAlloc(p, bytes));
    return p;
  }

  static CUdeviceptr upload(float... values) {
    CUdeviceptr p = alloc(4L * values.length);
    ok(JCudaDriver.cuMemcpyHtoD(p, Pointer.to(values), 4L * values.length));
    return p;
  }

  static float[] download(CUdeviceptr p, int n) {
    float[] values = new float[n];
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), p, 4L * n));
    return values;
  }

  static CUdeviceptr at(CUdeviceptr p, long bytes) {
    return p.withByteOffset(bytes);
  }

  static void free(CUdeviceptr... pointers) {
    for (CUdeviceptr p : pointers) {
      ok(JCudaDriver.cuMemFree(p));
    }
  }

  /** A stream that does not wait for the legacy stream. */
  static CUstream stream() {
    CUstream s = new CUstream();
    ok(JCudaDriver.cuStreamCreate(s, 1));
    return s;
  }

  static CUevent event() {
    CUevent e = new CUevent();
    ok(JCudaDriver.cuEventCreate(e, 0));
    return e;
  }

  static Pointer pinned(long bytes) {
    Pointer p = new Pointer();
    ok(JCudaDriver.cuMemAllocHost(p, bytes));
    return p;
  }

  /** What came of a compilation. */
  record Compiled(int code, String log, String ptx) {}

  static Compiled compile(String source, String... options) {
    nvrtcProgram program = new nvrtcProgram();
    ok(JNvrtc.nvrtcCreateProgram(program, source, "kernel.cu", 0, null, null));
    int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
    String[] log = {""};
    String[] ptx = {""};
    ok(JNvrtc.nvrtcGetProgramLog(program, log));
    if (code == 0) {
      ok(JNvrtc.nvrtcGetPTX(program, ptx));
    }
    ok(JNvrtc.nvrtcDestroyProgram(program));
    return new Compiled(code, log[0], ptx[0]);
  }

  static CUmodule module(String source) {
    Compiled compiled = compile(source);
    assertThat(compiled.code()).as(compiled.log()).isZero();
    CUmodule module = new CUmodule();
    ok(JCudaDriver.cuModuleLoadData(module, compiled.ptx()));
    return module;
  }

  static CUfunction function(CUmodule module, String name) {
    CUfunction f = new CUfunction();
    ok(JCudaDriver.cuModuleGetFunction(f, module, name));
    return f;
  }

  static int launch(
      CUstream stream, CUfunction f, int grid, int block, int shared, Object... args) {
    NativePointerObject[] pointers =
        Arrays.stream(args).map(Cuda::argument).toArray(NativePointerObject[]::new);
    return JCudaDriver.cuLaunchKernel(
        f, grid, 1, 1, block, 1, 1, shared, stream, Pointer.to(pointers), null);
  }

  private static Pointer argument(Object value) {
    return switch (value) {
      case Integer i -> Pointer.to(new int[] {i});
      case Float x -> Pointer.to(new float[] {x});
      case CUdeviceptr p -> Pointer.to(p);
      default -> throw new IllegalArgumentException("no kernel argument: " + value);
    };
  }
}
