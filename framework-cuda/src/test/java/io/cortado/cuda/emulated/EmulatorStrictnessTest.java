package io.cortado.cuda.emulated;

import static io.cortado.cuda.emulated.Cuda.alloc;
import static io.cortado.cuda.emulated.Cuda.at;
import static io.cortado.cuda.emulated.Cuda.event;
import static io.cortado.cuda.emulated.Cuda.free;
import static io.cortado.cuda.emulated.Cuda.function;
import static io.cortado.cuda.emulated.Cuda.launch;
import static io.cortado.cuda.emulated.Cuda.module;
import static io.cortado.cuda.emulated.Cuda.ok;
import static io.cortado.cuda.emulated.Cuda.pinned;
import static io.cortado.cuda.emulated.Cuda.stream;
import static io.cortado.cuda.emulated.Cuda.upload;
import static jcuda.driver.JCudaDriver.*;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcudnn.JCudnn.cudnnCreateTensorDescriptor;
import static jcuda.jcudnn.JCudnn.cudnnDestroyTensorDescriptor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is an error by name, and a return code. */
@OnEmulator
class EmulatorStrictnessTest {
  @BeforeEach
  void start() {
    Cuda.start();
  }

  private static void expect(String name, int code, IntSupplier mistake) {
    assertThat(mistake.getAsInt()).as("return code; errors: %s", Emulator.errors()).isEqualTo(code);
    assertThat(Emulator.errors()).extracting(Emulator.Report::name).contains(name);
    assertThat(Emulator.counter("error." + name)).isPositive();
  }

  private static Arguments mistake(String name, int code, IntSupplier mistake) {
    return argumentSet(name + " " + code, name, code, mistake);
  }

  private static float[] zeros(int n) {
    return new float[n];
  }

  // ------------------------------------------------------------- memory and handles

  static Stream<Arguments> callMistakes() {
    return Stream.of(
        mistake(
            "use-after-free",
            1,
            () -> {
              CUdeviceptr p = alloc(16);
              free(p);
              return cuMemcpyHtoD(p, Pointer.to(zeros(4)), 16);
            }),
        mistake("use-after-free", 1, () -> freedBesideOthers()),
        mistake(
            "double-free",
            1,
            () -> {
              CUdeviceptr p = alloc(16);
              free(p);
              return cuMemFree(p);
            }),
        mistake("invalid-free", 1, () -> cuMemFree(at(alloc(16), 4))),
        mistake("out-of-bounds", 1, () -> cuMemsetD32(alloc(16), 0, 5)),
        mistake("out-of-bounds", 1, () -> cuMemcpyHtoD(at(alloc(64), 64), Pointer.to(zeros(1)), 4)),
        mistake("misaligned", 1, () -> cuMemsetD32(at(alloc(16), 2), 0, 1)),
        mistake("null-pointer", 1, () -> cuMemsetD32(new CUdeviceptr(), 0, 1)),
        mistake("zero-size", 1, () -> cuMemAlloc(new CUdeviceptr(), 0)),
        mistake("overlapping-copy", 1, () -> overlappingCopy()),
        mistake(
            "host-pointer",
            1,
            () -> cuMemsetD32(asDevicePointer(pinned(64).getByteBuffer(0, 64)), 0, 1)),
        mistake(
            "host-pointer",
            1,
            () -> cuMemsetD32(asDevicePointer(ByteBuffer.allocateDirect(64)), 0, 1)),
        mistake(
            "host-pointer",
            1,
            () -> run("bounded", 1, 1, 0, asDevicePointer(ByteBuffer.allocateDirect(64)))),
        mistake("device-pointer", 1, () -> cuMemcpyHtoD(alloc(16), alloc(16), 16)),
        mistake(
            "use-after-destroy",
            400,
            () -> {
              CUstream s = stream();
              ok(cuStreamDestroy(s));
              return cuStreamSynchronize(s);
            }),
        mistake(
            "double-destroy",
            400,
            () -> {
              CUevent e = event();
              ok(cuEventDestroy(e));
              return cuEventDestroy(e);
            }),
        mistake("null-handle", 400, () -> cuModuleUnload(new CUmodule())),
        mistake(
            "event-without-time", 400, () -> cuEventElapsedTime(new float[1], event(), event())),
        mistake("not-implemented", 801, () -> cuProfilerStart()),
        mistake("not-capturing", 401, () -> cuStreamEndCapture(stream(), new CUgraph())),
        mistake("invalid-image", 218, () -> cuModuleLoadData(new CUmodule(), ".version 8.0\n")),
        mistake("no-such-kernel", 500, () -> missing("nothing")),
        mistake("no-such-kernel", 500, () -> missing("mangled")),
        mistake("wrong-context", 400, () -> streamOfAnotherContext()),
        mistake("wrong-context", 1, () -> memoryOfAnotherContext()),
        mistake("no-context", 201, () -> onAnotherThread(() -> cuMemAlloc(new CUdeviceptr(), 4))),
        mistake("wrong-architecture", 209, () -> newerArchitecture()));
  }

  /** Freed memory is called that, also within reach of the guard pages of its neighbours. */
  private static int freedBesideOthers() {
    alloc(16);
    CUdeviceptr p = alloc(16);
    alloc(16);
    free(p);
    int code = cuMemsetD32(p, 0, 4);
    assertThat(Emulator.errors()).extracting(Emulator.Report::name).doesNotContain("out-of-bounds");
    return code;
  }

  /** What a call that was made to fail should have given back is no leak; all else is. */
  @Test
  void aFailureByOrderExcusesThatObjectAlone() {
    CUevent event = event();
    CUdeviceptr memory = alloc(16);
    Pointer host = pinned(16);
    CUstream stream = stream();
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    ok(cudnnCreateTensorDescriptor(descriptor));
    cublasHandle blas = new cublasHandle();
    ok(cublasCreate(blas));
    Emulator.failNth("cuEventDestroy", 1, 999);
    Emulator.failNth("cuMemFree", 1, 999);
    Emulator.failNth("cuMemFreeHost", 1, 999);
    Emulator.failNth("cuStreamDestroy", 1, 999);
    Emulator.failNth("cudnnDestroyTensorDescriptor", 1, 5000);
    Emulator.failNth("cublasDestroy", 1, 14);
    assertThat(Emulator.reportLeaks()).isEqualTo(6);
    assertThat(cuEventDestroy(event)).isEqualTo(999);
    assertThat(cuMemFree(memory)).isEqualTo(999);
    assertThat(cuMemFreeHost(host)).isEqualTo(999);
    assertThat(cuStreamDestroy(stream)).isEqualTo(999);
    assertThat(cudnnDestroyTensorDescriptor(descriptor)).isEqualTo(5000);
    assertThat(cublasDestroy(blas)).isEqualTo(14);
    assertThat(Emulator.reportLeaks()).isZero();
    event();
    alloc(16);
    ok(cudnnCreateTensorDescriptor(new cudnnTensorDescriptor()));
    Emulator.clearErrors();
    // At the end of the context its own things, and of what belongs to none afterwards.
    Cuda.stop();
    assertThat(Emulator.errors()).extracting(Emulator.Report::name).containsExactly("leak", "leak");
    assertThat(Emulator.reportLeaks()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("callMistakes")
  void aWrongCallFails(String name, int code, IntSupplier mistake) {
    expect(name, code, mistake);
  }

  private static int overlappingCopy() {
    CUdeviceptr p = alloc(64);
    return cuMemcpyDtoD(at(p, 4), p, 32);
  }

  /** A host buffer's address, where an address of the device is wanted. */
  private static CUdeviceptr asDevicePointer(ByteBuffer host) {
    return at(new CUdeviceptr(), MemorySegment.ofBuffer(host).address());
  }

  private static int missing(String name) {
    return cuModuleGetFunction(new CUfunction(), module(Kernels.BAD), name);
  }

  private static int streamOfAnotherContext() {
    CUstream s = stream();
    ok(cuCtxCreate(new CUcontext(), 0, new jcuda.driver.CUdevice()));
    return cuStreamSynchronize(s);
  }

  private static int memoryOfAnotherContext() {
    CUdeviceptr p = alloc(16);
    ok(cuCtxCreate(new CUcontext(), 0, new jcuda.driver.CUdevice()));
    return cuMemsetD32(p, 0, 4);
  }

  private static int newerArchitecture() {
    Emulator.configure("compute.major", 7);
    Emulator.configure("compute.minor", 5);
    Cuda.Compiled c = Cuda.compile(Kernels.PLAIN, "--gpu-architecture=compute_80");
    return cuModuleLoadData(new CUmodule(), c.ptx());
  }

  private static int onAnotherThread(IntSupplier call) {
    AtomicInteger code = new AtomicInteger(-1);
    Thread t = Thread.ofPlatform().start(() -> code.set(call.getAsInt()));
    try {
      t.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return code.get();
  }

  // ------------------------------------------------------------- launches

  static Stream<Arguments> launchMistakes() {
    return Stream.of(
        mistake("launch-shape", 1, () -> run("bounded", 1, 2048, 0, alloc(4096))),
        mistake("launch-shape", 1, () -> run("bounded", 0, 32, 0, alloc(4096))),
        mistake("launch-bounds", 1, () -> run("bounded", 1, 65, 0, alloc(4096))),
        mistake("shared-memory-limit", 1, () -> run("dynamicIndex", 1, 32, 50_000, alloc(4096))),
        mistake("shared-memory-limit", 1, () -> run("greedy", 1, 32, 0, alloc(4096))),
        mistake("misaligned", 1, () -> run("bounded", 1, 32, 0, at(alloc(4096), 2))),
        mistake(
            "use-after-free",
            1,
            () -> {
              CUdeviceptr p = alloc(4096);
              free(p);
              return run("bounded", 1, 32, 0, p);
            }),
        mistake("out-of-bounds", 700, () -> run("tooFar", 1, 32, 0, 16, upload(zeros(16)))),
        mistake(
            "out-of-bounds",
            700,
            () -> run("tooFar", 400, 256, 0, 102400 - 1, upload(zeros(102399)))),
        mistake("out-of-bounds", 700, () -> readsFar(4)),
        mistake("out-of-bounds", 700, () -> unchecked()),
        mistake(
            "shared-memory-race", 719, () -> run("race", 1, 128, 0, upload(zeros(128)), alloc(4))),
        mistake("global-memory-race", 719, () -> run("allToOne", 1, 32, 0, upload(zeros(33)))),
        mistake("global-memory-race", 719, () -> run("neighbour", 2, 32, 0, upload(zeros(65)))),
        mistake("divergent-barrier", 719, () -> run("someReturn", 1, 32, 0, alloc(128))),
        mistake("divergent-barrier", 719, () -> run("twoBarriers", 1, 32, 0, alloc(128))),
        mistake("divergent-warp", 719, () -> run("fewLanes", 1, 32, 0, upload(zeros(32)))),
        mistake(
            "shuffle-from-inactive-lane", 719, () -> run("deadLane", 1, 16, 0, upload(zeros(32)))),
        mistake("misaligned", 716, () -> run("vectors", 1, 1, 0, upload(zeros(32)))),
        mistake(
            "index-out-of-bounds", 719, () -> run("sharedIndex", 1, 32, 0, upload(zeros(32)), 1)),
        mistake("out-of-bounds", 700, () -> run("dynamicIndex", 1, 32, 128, upload(zeros(32)))),
        mistake("integer-overflow", 719, () -> run("overflow", 1, 1, 0, upload(zeros(4)), 65536)),
        mistake("integer-division", 719, () -> run("divides", 1, 1, 0, upload(zeros(4)), 0)),
        mistake("trap", 719, () -> run("stops", 1, 1, 0, upload(zeros(4)))));
  }

  @ParameterizedTest
  @MethodSource("launchMistakes")
  void aWrongLaunchFails(String name, int code, IntSupplier mistake) {
    expect(name, code, mistake);
  }

  private static int run(String kernel, int grid, int block, int shared, Object... args) {
    int code = launch(null, function(module(Kernels.BAD), kernel), grid, block, shared, args);
    return code != 0 ? code : cuCtxSynchronize();
  }

  private static int readsFar(int blocks) {
    return run("readsFar", blocks, 256, 0, upload(zeros(1024)), upload(zeros(1024)));
  }

  /** With no block checked, the closed page behind the allocation stops the kernel. */
  private static int unchecked() {
    Emulator.configure("checked.threads", 0);
    Emulator.configure("checked.blocks", 0);
    return readsFar(4);
  }

  @Test
  void anAsynchronousErrorBreaksTheContextUntilItIsDestroyed() {
    expect("out-of-bounds", 700, () -> run("tooFar", 1, 32, 0, 16, upload(zeros(16))));
    assertThat(cuMemAlloc(new CUdeviceptr(), 4)).isEqualTo(700);
    Cuda.stop();
    CUcontext fresh = new CUcontext();
    ok(cuDevicePrimaryCtxRetain(fresh, new jcuda.driver.CUdevice()));
    ok(cuCtxSetCurrent(fresh));
    free(alloc(4));
    Cuda.stop();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  /**
   * Fibers have stacks of their own, on which the emulator writes its log; and it lets its lock go.
   */
  @Test
  void aFailedKernelIsNamedAndLeavesTheEmulatorToOtherThreads() throws Exception {
    Emulator.configure("log", 1);
    CUcontext context = new CUcontext();
    ok(cuCtxGetCurrent(context));
    expect("shared-memory-race", 719, () -> run("race", 1, 128, 0, upload(zeros(128)), alloc(4)));
    assertThat(Emulator.errors()).hasSize(1);
    int code =
        CompletableFuture.supplyAsync(
                () -> {
                  ok(cuCtxSetCurrent(context));
                  return cuMemAlloc(new CUdeviceptr(), 4);
                })
            .get(20, TimeUnit.SECONDS);
    assertThat(code).isEqualTo(719);
  }

  // ------------------------------------------------------------- streams

  static Stream<Arguments> streamMistakes() {
    return Stream.of(
        mistake("stream-race", 719, () -> copyAndKernelWithoutEvent()),
        mistake("stream-race", 719, () -> writeAfterReadWithoutEvent()),
        mistake("stream-race", 719, () -> allocatedOnAnotherStream()),
        mistake("pinned-memory-race", 719, () -> sourceChangedTooEarly()),
        mistake("illegal-in-capture", 900, () -> inCapture(s -> cuMemAlloc(new CUdeviceptr(), 4))),
        mistake("illegal-in-capture", 900, () -> inCapture(s -> cuStreamSynchronize(s))),
        mistake("illegal-in-capture", 900, () -> inCapture(s -> cuCtxSynchronize())),
        mistake("pageable-memory-in-capture", 900, () -> pageableInCapture()),
        mistake("illegal-in-capture", 905, () -> waitsForOutsideInCapture()),
        mistake("wrong-thread", 908, () -> endsCaptureElsewhere()),
        mistake("unjoined-capture", 904, () -> unjoined()));
  }

  @ParameterizedTest
  @MethodSource("streamMistakes")
  void aWrongUseOfStreamsFails(String name, int code, IntSupplier mistake) {
    expect(name, code, mistake);
  }

  private static int copyAndKernelWithoutEvent() {
    CUfunction axpy = function(module(Kernels.PLAIN), "axpy");
    CUdeviceptr x = upload(zeros(64));
    CUdeviceptr y = upload(zeros(64));
    Pointer staging = pinned(256);
    ok(cuMemcpyHtoDAsync(x, staging, 256, stream()));
    ok(launch(stream(), axpy, 1, 64, 0, 64, 1f, x, y));
    return cuCtxSynchronize();
  }

  private static int writeAfterReadWithoutEvent() {
    CUdeviceptr x = upload(zeros(64));
    CUdeviceptr y = alloc(256);
    ok(cuMemcpyDtoDAsync(y, x, 256, stream()));
    ok(cuMemsetD32Async(x, 0, 64, stream()));
    return cuCtxSynchronize();
  }

  private static int allocatedOnAnotherStream() {
    CUdeviceptr p = new CUdeviceptr();
    ok(cuMemAllocAsync(p, 64, stream()));
    ok(cuMemsetD32Async(p, 0, 16, stream()));
    return cuCtxSynchronize();
  }

  private static int sourceChangedTooEarly() {
    CUstream s = stream();
    Pointer staging = pinned(16);
    ok(cuMemcpyHtoDAsync(alloc(16), staging, 16, s));
    staging.getByteBuffer(0, 16).put(0, (byte) 1);
    return cuStreamSynchronize(s);
  }

  private static int inCapture(java.util.function.ToIntFunction<CUstream> call) {
    CUstream s = stream();
    ok(cuStreamBeginCapture(s, 0));
    int code = call.applyAsInt(s);
    // The capture is spoilt, and after its end all works again.
    assertThat(cuStreamEndCapture(s, new CUgraph())).isEqualTo(901);
    ok(cuStreamSynchronize(s));
    return code;
  }

  private static int pageableInCapture() {
    CUdeviceptr x = alloc(16);
    return inCapture(s -> cuMemcpyHtoDAsync(x, Pointer.to(zeros(4)), 16, s));
  }

  private static int waitsForOutsideInCapture() {
    CUevent e = event();
    ok(cuEventRecord(e, stream()));
    return inCapture(s -> cuStreamWaitEvent(s, e, 0));
  }

  private static int endsCaptureElsewhere() {
    CUcontext context = new CUcontext();
    ok(cuCtxGetCurrent(context));
    CUstream s = stream();
    ok(cuStreamBeginCapture(s, 0));
    return onAnotherThread(() -> {
      ok(cuCtxSetCurrent(context));
      return cuStreamEndCapture(s, new CUgraph());
    });
  }

  private static int unjoined() {
    CUstream s = stream();
    CUstream side = stream();
    CUevent fork = event();
    CUdeviceptr x = alloc(16);
    ok(cuStreamBeginCapture(s, 0));
    ok(cuEventRecord(fork, s));
    ok(cuStreamWaitEvent(side, fork, 0));
    ok(cuMemsetD32Async(x, 0, 4, side));
    return cuStreamEndCapture(s, new CUgraph());
  }

  @Test
  void unorderedStreamsAreInterleavedBySeed() {
    int early = 0;
    for (int seed = 1; seed <= 40; seed++) {
      Emulator.setSeed(seed);
      CUstream copies = stream();
      CUstream other = stream();
      CUdeviceptr x = upload(7);
      CUdeviceptr y = alloc(4);
      Pointer target = pinned(4);
      long before = Emulator.counter("d2h_copies");
      ok(cuMemcpyDtoHAsync(target, x, 4, copies));
      ok(cuMemsetD32Async(y, 0, 1, other));
      ok(cuStreamSynchronize(other));
      early += (int) (Emulator.counter("d2h_copies") - before);
      var bytes = target.getByteBuffer(0, 4).order(java.nio.ByteOrder.nativeOrder());
      // Whether it has run or not: a host that did not wait for the download does not see it.
      assertThat(bytes.getFloat(0)).isNaN();
      ok(cuCtxSynchronize());
      assertThat(bytes.getFloat(0)).isEqualTo(7);
    }
    assertThat(early).isBetween(1, 39);
  }

  @Test
  void whatIsNotGivenBackIsALeak() {
    alloc(100);
    pinned(200);
    stream();
    event();
    module(Kernels.PLAIN);
    assertThat(Emulator.reportLeaks()).isEqualTo(5);
    Emulator.clearErrors();
    Cuda.stop();
    assertThat(Emulator.errors())
        .extracting(Emulator.Report::text)
        .satisfiesExactlyInAnyOrder(
            t -> assertThat(t).contains("100 bytes of device memory"),
            t -> assertThat(t).contains("200 bytes of pinned host memory"),
            t -> assertThat(t).endsWith("destroyed: stream"),
            t -> assertThat(t).endsWith("destroyed: event"),
            t -> assertThat(t).endsWith("destroyed: module"));
  }
}
