package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.alloc;
import static io.cortado.cuda.emulated.Cuda.download;
import static io.cortado.cuda.emulated.Cuda.event;
import static io.cortado.cuda.emulated.Cuda.free;
import static io.cortado.cuda.emulated.Cuda.function;
import static io.cortado.cuda.emulated.Cuda.launch;
import static io.cortado.cuda.emulated.Cuda.module;
import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Cuda.pinned;
import static io.cortado.cuda.emulated.Cuda.stream;
import static io.cortado.cuda.emulated.Cuda.upload;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocAsync;
import static jcuda.driver.JCudaDriver.cuMemFreeAsync;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuModuleGetGlobal;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the emulated driver and NVRTC do for a program that makes no mistake. */
@OnEmulator
class EmulatorTest {
  @BeforeEach
  void start() {
    Cuda.start();
  }

  @AfterEach
  void nothingWasWrong() {
    Cuda.stop();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void theDeviceSaysWhatItIs() {
    byte[] name = new byte[200];
    ok(JCudaDriver.cuDeviceGetName(name, name.length, new CUdevice()));
    assertThat(new String(name, java.nio.charset.StandardCharsets.UTF_8)).contains("emulated");
  }

  @Test
  void freshMemoryIsNotANumber() {
    CUdeviceptr p = alloc(400);
    assertThat(download(p, 100)).containsOnly(Float.NaN);
    free(p);
  }

  @Test
  void anElementwiseKernelRuns() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    for (int n : new int[] {1, 255, 256, 257, 100_000}) { // the last one runs mostly unchecked
      float[] ones = new float[n];
      Arrays.fill(ones, 1);
      CUdeviceptr x = upload(ones);
      CUdeviceptr y = upload(ones);
      ok(launch(null, axpy, (n + 255) / 256, 256, 0, n, 3f, x, y));
      assertThat(download(y, n)).containsOnly(4f);
      free(x, y);
    }
    ok(cuModuleUnload(m));
  }

  @Test
  void threadsOfABlockSynchronise() {
    CUmodule m = module(Kernels.GOOD);
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7;
    }
    float expected = 0;
    for (float v : values) {
      expected += v;
    }
    CUdeviceptr x = upload(values);
    CUdeviceptr out = alloc(8);
    for (int seed = 1; seed <= 20; seed++) {
      Emulator.setSeed(seed);
      ok(launch(null, function(m, "sum"), 1, 128, 0, 1000, x, out));
      assertThat(download(out, 1)).containsExactly(expected);
    }
    ok(launch(null, function(m, "warpSum"), 1, 32, 0, 20, x, out));
    assertThat(download(out, 2)).containsExactly(58 - 1, 16);
    CUdeviceptr y = alloc(4 * 100);
    ok(launch(null, function(m, "reverse"), 1, 128, 400, 100, x, y));
    assertThat(download(y, 100)[0]).isEqualTo(99 % 7);
    free(x, out, y);
    ok(cuModuleUnload(m));
  }

  @Test
  void theLastBlockMayAddUpWhatTheOthersLeft() {
    CUmodule m = module(Kernels.GOOD);
    float[] ones = new float[7 * 128];
    Arrays.fill(ones, 1);
    CUdeviceptr arrived = new CUdeviceptr();
    ok(cuModuleGetGlobal(arrived, new long[1], m, "arrived"));
    ok(JCudaDriver.cuMemsetD32(arrived, 0, 1));
    CUdeviceptr x = upload(ones);
    CUdeviceptr parts = alloc(7 * 4);
    CUdeviceptr out = alloc(4);
    for (int i = 0; i < 3; i++) {
      ok(launch(null, function(m, "total"), 7, 128, 0, x, parts, out));
      assertThat(download(out, 1)).containsExactly(7 * 128);
    }
    free(x, parts, out);
    ok(cuModuleUnload(m));
  }

  @Test
  void halfPrecisionRoundsToNearestEven() {
    CUmodule m = module(Kernels.GOOD);
    CUdeviceptr x = upload(1 / 3f, 1 + 1 / 2048f, 1 + 1 / 256f, 65520);
    CUdeviceptr h = alloc(8);
    CUdeviceptr b = alloc(8);
    ok(launch(null, function(m, "rounded"), 1, 4, 0, x, h, b));
    short[] halves = new short[4];
    short[] brains = new short[4];
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(halves), h, 8));
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(brains), b, 8));
    assertThat(halves)
        .containsExactly((short) 0x3555, (short) 0x3c00, (short) 0x3c04, (short) 0x7c00);
    assertThat(brains)
        .containsExactly((short) 0x3eab, (short) 0x3f80, (short) 0x3f80, (short) 0x4780);
    free(x, h, b);
    ok(cuModuleUnload(m));
  }

  @Test
  void deviceVariablesAndAtomicsWork() {
    CUmodule m = module(Kernels.GOOD);
    CUdeviceptr scale = new CUdeviceptr();
    long[] bytes = {0};
    ok(cuModuleGetGlobal(scale, bytes, m, "scale"));
    assertThat(bytes[0]).isEqualTo(8);
    ok(cuMemcpyHtoD(scale, Pointer.to(new float[] {2, 1}), 8));
    CUdeviceptr x = upload(1, 2, 3);
    ok(launch(null, function(m, "scaled"), 1, 32, 0, 3, x));
    assertThat(download(x, 3)).containsExactly(3, 5, 7);
    CUdeviceptr bins = alloc(4 * 1000);
    CUdeviceptr counts = alloc(4);
    ok(JCudaDriver.cuMemsetD32(bins, 0, 1000));
    ok(JCudaDriver.cuMemsetD32(counts, 0, 1));
    ok(launch(null, function(m, "histogram"), 4, 256, 0, 1000, bins, counts));
    int[] count = {0};
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(count), counts, 4));
    assertThat(count[0]).isEqualTo(1000);
    free(x, bins, counts);
    ok(cuModuleUnload(m));
  }

  @Test
  void streamsRunLateAndInTheOrderOfTheirEvents() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    CUstream a = stream();
    CUstream b = stream();
    CUevent done = event();
    CUdeviceptr x = upload(1, 1, 1, 1);
    CUdeviceptr y = upload(0, 0, 0, 0);
    Pointer staging = pinned(16);
    Pointer result = pinned(16);
    FloatBuffer host = staging.getByteBuffer(0, 16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    FloatBuffer back = result.getByteBuffer(0, 16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    host.put(new float[] {5, 6, 7, 8});
    ok(cuMemcpyHtoDAsync(x, staging, 16, a));
    ok(cuEventRecord(done, a));
    assertThat(Emulator.counter("h2d_copies")).as("the copy waits").isEqualTo(2);
    ok(cuStreamWaitEvent(b, done, 0));
    ok(launch(b, axpy, 1, 32, 0, 4, 1f, x, y));
    ok(cuMemcpyDtoHAsync(result, y, 16, b));
    assertThat(back.get(0)).as("not to be looked at yet").isNaN();
    ok(cuStreamSynchronize(b));
    assertThat(Emulator.counter("h2d_copies")).isEqualTo(3);
    assertThat(back.get(3)).isEqualTo(8);
    while (cuEventQuery(done) == 600) {
      Thread.onSpinWait();
    }
    free(x, y);
    ok(cuMemFreeHost(staging));
    ok(cuMemFreeHost(result));
    ok(cuEventDestroy(done));
    ok(cuStreamDestroy(a));
    ok(cuStreamDestroy(b));
    ok(cuModuleUnload(m));
  }

  @Test
  void theDeviceSeesPinnedMemoryInTheOrderOfTheStream() {
    CUstream s = stream();
    CUdeviceptr x = upload(1, 2);
    CUdeviceptr y = alloc(8);
    Pointer between = pinned(8);
    for (int i = 0; i < 3; i++) {
      ok(cuMemcpyDtoHAsync(between, x, 8, s));
      ok(cuMemcpyHtoDAsync(y, between, 8, s));
      ok(cuMemcpyDtoHAsync(between, y, 8, s));
    }
    ok(cuStreamSynchronize(s));
    assertThat(download(y, 2)).containsExactly(1, 2);
    assertThat(between.getByteBuffer(0, 8).order(ByteOrder.nativeOrder()).getFloat(4)).isEqualTo(2);
    free(x, y);
    ok(cuMemFreeHost(between));
    ok(cuStreamDestroy(s));
  }

  @Test
  void memoryIsAllocatedInTheOrderOfAStream() {
    CUstream s = stream();
    CUdeviceptr p = new CUdeviceptr();
    ok(cuMemAllocAsync(p, 4096, s));
    ok(cuMemsetD32Async(p, Float.floatToRawIntBits(2f), 1024, s));
    ok(cuMemFreeAsync(p, s));
    assertThat(Emulator.counter("memory_in_use")).isEqualTo(4096);
    ok(cuStreamSynchronize(s));
    assertThat(Emulator.counter("memory_in_use")).isZero();
    ok(cuStreamDestroy(s));
  }

  @Test
  void aCapturedGraphIsReplayed() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    CUstream s = stream();
    CUstream side = stream();
    CUevent fork = event();
    CUevent join = event();
    CUdeviceptr x = upload(1, 2, 3);
    CUdeviceptr y = upload(0, 0, 0);
    CUdeviceptr z = upload(0, 0, 0);
    ok(cuStreamBeginCapture(s, 0));
    ok(cuEventRecord(fork, s));
    ok(cuStreamWaitEvent(side, fork, 0));
    ok(launch(s, axpy, 1, 32, 0, 3, 1f, x, y));
    ok(launch(side, axpy, 1, 32, 0, 3, 2f, x, z));
    ok(cuEventRecord(join, side));
    ok(cuStreamWaitEvent(s, join, 0));
    ok(launch(s, axpy, 1, 32, 0, 3, 1f, z, y));
    CUgraph graph = new CUgraph();
    ok(cuStreamEndCapture(s, graph));
    CUgraphExec exec = new CUgraphExec();
    ok(cuGraphInstantiate(exec, graph, 0));
    ok(cuGraphDestroy(graph));
    Emulator.resetCounters();
    for (int i = 0; i < 3; i++) {
      ok(cuGraphLaunch(exec, s));
    }
    assertThat(Emulator.counter("launches")).isZero();
    assertThat(Emulator.counter("graph_launches")).isEqualTo(3);
    assertThat(Emulator.counter("graph_kernels")).isEqualTo(9);
    assertThat(Emulator.counter("kernel.axpy")).isEqualTo(9);
    assertThat(Emulator.counter("synchronisations")).isZero();
    ok(cuStreamSynchronize(s));
    // z = 2x, 4x, 6x after the launches; y gains x and z each time.
    assertThat(download(y, 3)).containsExactly(15, 30, 45);
    ok(cuGraphExecDestroy(exec));
    free(x, y, z);
    ok(cuEventDestroy(fork));
    ok(cuEventDestroy(join));
    ok(cuStreamDestroy(s));
    ok(cuStreamDestroy(side));
    ok(cuModuleUnload(m));
  }

  @Test
  void countersTellAStepsCost() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    Emulator.resetCounters();
    CUdeviceptr x = upload(1, 2, 3, 4);
    CUdeviceptr y = upload(1, 2, 3, 4);
    ok(launch(null, axpy, 1, 32, 0, 4, 1f, x, y));
    assertThat(download(y, 4)).containsExactly(2, 4, 6, 8);
    assertThat(Emulator.counters())
        .containsEntry("launches", 1L)
        .containsEntry("kernel.axpy", 1L)
        .containsEntry("allocations", 2L)
        .containsEntry("h2d_bytes", 32L)
        .containsEntry("d2h_bytes", 16L)
        .containsEntry("synchronisations", 3L)
        .containsEntry("memory_in_use", 32L)
        .containsEntry("memory_peak", 32L)
        .containsEntry("call.cuLaunchKernel", 1L);
    free(x, y);
    ok(cuModuleUnload(m));
  }

  @Test
  void compilerMessagesHaveTheSourcesLines() {
    Cuda.Compiled wrong =
        Cuda.compile("extern \"C\" __global__ void f(float* x) {\n  x[0] = 1.0f;\n  y = 2;\n}\n");
    assertThat(wrong.code()).isEqualTo(6);
    assertThat(wrong.log()).contains("kernel.cu:3:").contains("‘y’ was not declared");
    Cuda.Compiled doubtful =
        Cuda.compile(
            "extern \"C\" __global__ void f(float* x) {\n  int unused = 3;\n  x[0] = 1;\n}\n");
    assertThat(doubtful.code()).isZero();
    assertThat(doubtful.log()).contains("kernel.cu:2:").contains("unused");
    Cuda.Compiled header = Cuda.compile("#include <vector>\n");
    assertThat(header.code()).isEqualTo(6);
    assertThat(header.log()).contains("cannot open source file \"vector\"");
    assertThat(Cuda.compile("", "--no-such-option").code()).isEqualTo(5);
  }

  @Test
  void templatesAndHeadersCompile() {
    String source =
        """
        #include "reduce.cuh"
        template <typename T, int SIZE>
        __global__ void fill(T* x, T value) {
          x[threadIdx.x] = value + reduce<SIZE>(1.0f);
        }
        """;
    String header =
        """
        template <int SIZE>
        __device__ float reduce(float v) {
          extern __shared__ float part[];
          part[threadIdx.x] = v;
          __syncthreads();
          float sum = 0;
          #pragma unroll
          for (int i = 0; i < SIZE; i++) sum += part[i];
          return sum;
        }
        """;
    nvrtcProgram program = new nvrtcProgram();
    ok(
        JNvrtc.nvrtcCreateProgram(
            program, source, "fill.cu", 1, new String[] {header}, new String[] {"reduce.cuh"}));
    ok(JNvrtc.nvrtcAddNameExpression(program, "fill<float, 8>"));
    String[] text = {""};
    int code =
        JNvrtc.nvrtcCompileProgram(program, 1, new String[] {"--gpu-architecture=compute_90"});
    ok(JNvrtc.nvrtcGetProgramLog(program, text));
    assertThat(code).as(text[0]).isZero();
    ok(JNvrtc.nvrtcGetPTX(program, text));
    String[] lowered = {""};
    ok(JNvrtc.nvrtcGetLoweredName(program, "fill<float, 8>", lowered));
    ok(JNvrtc.nvrtcDestroyProgram(program));
    CUmodule m = new CUmodule();
    ok(JCudaDriver.cuModuleLoadData(m, text[0]));
    CUdeviceptr x = alloc(32);
    ok(launch(null, function(m, lowered[0]), 1, 8, 32, x, 2f));
    assertThat(download(x, 8)).containsOnly(10);
    free(x);
    ok(cuModuleUnload(m));
  }

  @Test
  void theNthCallFailsOnRequest() {
    Emulator.failNth("cuMemAlloc", 2, 2);
    CUdeviceptr p = alloc(16);
    assertThat(Emulator.pendingFailures()).isEqualTo(1);
    CUdeviceptr q = new CUdeviceptr();
    assertThat(cuMemAlloc(q, 16)).isEqualTo(2);
    assertThat(Emulator.pendingFailures()).isZero();
    CUdeviceptr r = alloc(16);
    // A release that was made to fail is no leak.
    Emulator.failNth("cuMemFree", 1, 999);
    assertThat(JCudaDriver.cuMemFree(r)).isEqualTo(999);
    free(p);
  }

  @Test
  void memoryRunsOut() {
    Emulator.configure("memory.total", 1 << 20);
    CUdeviceptr p = alloc(1 << 19);
    long[] free = {0};
    long[] total = {0};
    ok(cuMemGetInfo(free, total));
    assertThat(free[0]).isEqualTo(1 << 19);
    assertThat(cuMemAlloc(new CUdeviceptr(), (1 << 19) + 1)).isEqualTo(2);
    free(p);
  }
}
