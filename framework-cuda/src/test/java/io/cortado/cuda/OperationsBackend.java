package io.cortado.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import io.cortado.backend.spec.*;
import io.cortado.cuda.blas.Blas;
import io.cortado.cuda.dnn.Dnn;
import io.cortado.cuda.emulated.Emulator;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.*;
import jcuda.nvrtc.*;

public final class OperationsBackend implements Launcher, Epilogue {
  static final String EPILOGUE =
      """
      extern "C" __global__ void epilogue(float* y, const float* bias, int kind, float a, float b, long long count, int channels, long long inner) {
        for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += (long long)gridDim.x * blockDim.x) {
          float v = y[i];
          if (bias) v += bias[i / inner % channels];
          switch (kind) {
            case 1: v = a * v + b; break;
            case 5: v = fabsf(v); break;
            case 9: v = v < a ? a : v > b ? b : v; break;
            case 10: v = v < 0 ? 0 : v; break;
            case 11: v = v > 0 ? v : a * v; break;
            case 12: v = 1 / (1 + expf(-v)); break;
            case 13: v = tanhf(v); break;
            case 14: v = a * tanhf(b * v); break;
          }
          y[i] = v;
        }
      }
      """;
  final CudaContext context;
  final Blas blas;
  final Dnn dnn;
  final Map<String, CUmodule> modules = new HashMap<>();

  OperationsBackend() {
    Emulator.load();
    context = CudaContext.open(0, true);
    blas = Blas.open(context, this, false);
    dnn = Dnn.open(context, this, this, false, Dnn.WORKSPACE_LIMIT);
  }

  static Backend open() {
    OperationsBackend target = new OperationsBackend();
    return (Backend) Proxy.newProxyInstance(OperationsBackend.class.getClassLoader(), new Class<?>[] {Backend.class}, (p, m, args) -> {
      for (Object o : new Object[] {target, target.dnn, target.blas}) {
        try {
          Method own = o.getClass().getMethod(m.getName(), m.getParameterTypes());
          return own.invoke(o, args);
        } catch (NoSuchMethodException e) {
          // next
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }
      throw new UnsupportedOperationException(m.toString());
    });
  }

  CUmodule module(String file) {
    return modules.computeIfAbsent(file, f -> {
      try (InputStream in = OperationsBackend.class.getResourceAsStream("/kernels/" + f + ".cu")) {
        String source = f.equals("epilogue") ? EPILOGUE : new String(in.readAllBytes(), UTF_8);
        nvrtcProgram program = new nvrtcProgram();
        CudaErrors.checkNvrtc(JNvrtc.nvrtcCreateProgram(program, source, f, 0, null, null), "create", f);
        int code = JNvrtc.nvrtcCompileProgram(program, 0, new String[0]);
        String[] log = {""};
        JNvrtc.nvrtcGetProgramLog(program, log);
        if (code != 0) throw new AssertionError(log[0]);
        String[] ptx = {""};
        CudaErrors.checkNvrtc(JNvrtc.nvrtcGetPTX(program, ptx), "ptx", f);
        CudaErrors.checkNvrtc(JNvrtc.nvrtcDestroyProgram(program), "destroy", f);
        CUmodule module = new CUmodule();
        CudaErrors.check(JCudaDriver.cuModuleLoadData(module, ptx[0]), "cuModuleLoadData", f);
        return module;
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Override
  public void launch(String file, String kernel, long grid, int block, Object... arguments) {
    CUfunction f = new CUfunction();
    CudaErrors.check(JCudaDriver.cuModuleGetFunction(f, module(file), kernel), "cuModuleGetFunction", kernel);
    NativePointerObject[] args = new NativePointerObject[arguments.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = switch (arguments[i]) {
        case null -> Pointer.to(new CUdeviceptr());
        case CudaBuffer b -> Pointer.to(b.pointer());
        case CUdeviceptr d -> Pointer.to(d);
        case Integer v -> Pointer.to(new int[] {v});
        case Long v -> Pointer.to(new long[] {v});
        case Float v -> Pointer.to(new float[] {v});
        default -> throw new AssertionError(arguments[i]);
      };
    }
    CudaErrors.check(JCudaDriver.cuLaunchKernel(f, (int) grid, 1, 1, block, 1, 1, 0, context.stream(), Pointer.to(args), null), "cuLaunchKernel", kernel);
  }

  @Override
  public void apply(UnaryOp act, long outer, int channels, long inner, Buffer bias, Buffer y) {
    launch("epilogue", "epilogue", 4, 256, y, bias, act.kind().ordinal(), act.a(), act.b(), outer * channels * inner, channels, inner);
  }

  public Buffer allocate(DType dtype, long length) {
    return CudaBuffer.of(dtype, context.memory().allocate(4 * length));
  }

  public void release(Buffer b) {
    context.memory().release(CudaBuffer.of(b).block());
  }

  public Buffer slice(Buffer b, long offset, long length) {
    return CudaBuffer.of(b).slice(offset, length);
  }

  public void upload(float[] src, int o, Buffer dst, long d, int n) {
    context.synchronize();
    CudaErrors.check(JCudaDriver.cuMemcpyHtoD(CudaBuffer.of(dst).at(d), Pointer.to(src).withByteOffset(4L * o), 4L * n), "htod", null);
  }

  public void upload(int[] src, int o, Buffer dst, long d, int n) {
    context.synchronize();
    CudaErrors.check(JCudaDriver.cuMemcpyHtoD(CudaBuffer.of(dst).at(d), Pointer.to(src).withByteOffset(4L * o), 4L * n), "htod", null);
  }

  public void download(Buffer src, long s, float[] dst, int o, int n) {
    context.synchronize();
    CudaErrors.check(JCudaDriver.cuMemcpyDtoH(Pointer.to(dst).withByteOffset(4L * o), CudaBuffer.of(src).at(s), 4L * n), "dtoh", null);
  }

  public void download(Buffer src, long s, int[] dst, int o, int n) {
    context.synchronize();
    CudaErrors.check(JCudaDriver.cuMemcpyDtoH(Pointer.to(dst).withByteOffset(4L * o), CudaBuffer.of(src).at(s), 4L * n), "dtoh", null);
  }

  public MemoryStats memory() {
    return context.memory().stats();
  }

  public String name() {
    return "cuda";
  }

  public void close() {
    dnn.close();
    blas.close();
    modules.values().forEach(m -> CudaErrors.check(JCudaDriver.cuModuleUnload(m), "unload", null));
    context.close();
    if (!Emulator.errors().isEmpty()) {
      throw new AssertionError(Emulator.errors().toString());
    }
  }
}
