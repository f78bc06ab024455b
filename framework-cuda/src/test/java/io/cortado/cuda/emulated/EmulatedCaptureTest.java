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
import static jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL;
import static jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED;
import static jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
import static jcuda.driver.JCudaDriver.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a stream may and may not do while it is captured, and what a graph does when it is replayed.
 */
@OnEmulator
class EmulatedCaptureTest {

  private static final List<Integer> MODES =
      List.of(
          CU_STREAM_CAPTURE_MODE_GLOBAL,
          CU_STREAM_CAPTURE_MODE_THREAD_LOCAL,
          CU_STREAM_CAPTURE_MODE_RELAXED);

  private CUcontext context;
  private CUstream stream;
  private CUdeviceptr x;
  private CUdeviceptr y;

  @BeforeEach
  void start() {
    context = Cuda.start();
    stream = stream();
    x = upload(1, 2, 3, 4);
    y = upload(0, 0, 0, 0);
  }

  /**
   * Calls that CUDA calls potentially unsafe: they may wait for work that is only being captured.
   */
  private Map<String, IntSupplier> unsafe() {
    CUstream other = stream();
    CUevent recorded = event();
    ok(cuEventRecord(recorded, other));
    Pointer host = pinned(16);
    CUdeviceptr spare = alloc(16);
    String image = Cuda.compile(Kernels.PLAIN).ptx();
    CUmodule loaded = module(Kernels.PLAIN);
    ByteBuffer pageable = ByteBuffer.allocateDirect(4096);
    Map<String, IntSupplier> calls = new LinkedHashMap<>();
    calls.put("cuMemAlloc", () -> cuMemAlloc(new CUdeviceptr(), 16));
    calls.put("cuMemFree", () -> cuMemFree(spare));
    calls.put("cuMemAllocHost", () -> cuMemAllocHost(new Pointer(), 16));
    calls.put("cuMemHostRegister", () -> cuMemHostRegister(Pointer.to(pageable), 4096, 0));
    calls.put("cuMemFreeHost", () -> cuMemFreeHost(host));
    calls.put("cuModuleLoadData", () -> cuModuleLoadData(new CUmodule(), image));
    calls.put("cuModuleUnload", () -> cuModuleUnload(loaded));
    calls.put("cuEventQuery", () -> cuEventQuery(recorded));
    calls.put("cuEventSynchronize", () -> cuEventSynchronize(recorded));
    calls.put("cuStreamQuery of another stream", () -> cuStreamQuery(other));
    calls.put("cuStreamSynchronize of another stream", () -> cuStreamSynchronize(other));
    calls.put("cuMemcpyHtoD", () -> cuMemcpyHtoD(x, Pointer.to(new float[4]), 16));
    calls.put("cuMemcpyDtoH", () -> cuMemcpyDtoH(Pointer.to(new float[4]), x, 16));
    return calls;
  }

  private static DynamicTest test(String name, Runnable body) {
    return DynamicTest.dynamicTest(name, body::run);
  }

  @TestFactory
  Stream<DynamicTest> unsafeCallsSpoilACaptureUnlessItIsRelaxed() {
    return unsafe().keySet().stream()
        .flatMap(name ->
            MODES.stream()
                .map(mode ->
                    test(
                        name + " in mode " + mode,
                        () -> {
                          start();
                          IntSupplier call = unsafe().get(name);
                          ok(cuStreamBeginCapture(stream, mode));
                          int code = call.getAsInt();
                          boolean relaxed = mode == CU_STREAM_CAPTURE_MODE_RELAXED;
                          if (relaxed) {
                            // Not ready is no failure.
                            assertThat(code).as("%s", Emulator.errors()).isIn(0, 600);
                          } else {
                            assertThat(code).isEqualTo(900);
                            assertThat(Emulator.errors())
                                .extracting(Emulator.Report::name)
                                .containsExactly("illegal-in-capture");
                          }
                          assertThat(cuStreamEndCapture(stream, new CUgraph()))
                              .isEqualTo(relaxed ? 0 : 901);
                        })));
  }

  @TestFactory
  Stream<DynamicTest> whatWaitsForTheCaptureItselfSpoilsItInEveryMode() {
    Map<String, IntSupplier> calls = new LinkedHashMap<>();
    calls.put("cuStreamSynchronize", () -> cuStreamSynchronize(stream));
    calls.put("cuStreamQuery", () -> cuStreamQuery(stream));
    calls.put("cuStreamDestroy", () -> cuStreamDestroy(stream));
    calls.put("cuCtxSynchronize", () -> cuCtxSynchronize());
    calls.put("cuMemAllocAsync", () -> cuMemAllocAsync(new CUdeviceptr(), 16, stream));
    calls.put(
        "cuMemcpyHtoDAsync from pageable memory",
        () -> cuMemcpyHtoDAsync(x, Pointer.to(new float[4]), 16, stream));
    return calls.entrySet().stream()
        .flatMap(call ->
            MODES.stream()
                .map(mode ->
                    test(
                        call.getKey() + " in mode " + mode,
                        () -> {
                          start();
                          ok(cuStreamBeginCapture(stream, mode));
                          assertThat(call.getValue().getAsInt()).isEqualTo(900);
                          assertThat(cuStreamEndCapture(stream, new CUgraph())).isEqualTo(901);
                          ok(cuStreamSynchronize(stream));
                        })));
  }

  @Test
  void anEventRecordedInACaptureCannotBeAskedInAnyMode() {
    for (int mode : MODES) {
      CUevent inside = event();
      ok(cuStreamBeginCapture(stream, mode));
      ok(cuEventRecord(inside, stream));
      assertThat(cuEventQuery(inside)).isEqualTo(907);
      assertThat(cuEventSynchronize(inside)).isEqualTo(907);
      assertThat(cuStreamEndCapture(stream, new CUgraph())).isEqualTo(901);
    }
  }

  @Test
  void aBlockingStreamInACaptureClosesTheLegacyStreamInEveryMode() {
    for (int mode : MODES) {
      CUstream blocking = new CUstream();
      ok(cuStreamCreate(blocking, 0));
      ok(cuStreamBeginCapture(blocking, mode));
      assertThat(cuMemsetD32Async(x, 0, 4, null)).isEqualTo(906);
      assertThat(cuStreamEndCapture(blocking, new CUgraph())).isEqualTo(901);
      ok(cuStreamDestroy(blocking));
    }
  }

  private int elsewhere(IntSupplier call) {
    return CompletableFuture.supplyAsync(
            () -> {
              ok(cuCtxSetCurrent(context));
              return call.getAsInt();
            })
        .join();
  }

  @Test
  void otherThreadsMindAGlobalCaptureAlone() {
    IntSupplier call = () -> cuMemAlloc(new CUdeviceptr(), 16);
    for (int mode : MODES) {
      ok(cuStreamBeginCapture(stream, mode));
      boolean global = mode == CU_STREAM_CAPTURE_MODE_GLOBAL;
      assertThat(elsewhere(call)).isEqualTo(global ? 900 : 0);
      assertThat(cuStreamEndCapture(stream, new CUgraph())).isEqualTo(global ? 901 : 0);
    }
  }

  /** The mode of a thread, by CUDA's description of cuThreadExchangeStreamCaptureMode. */
  @Test
  void aThreadChangesWhatItMinds() {
    int[] mode = {CU_STREAM_CAPTURE_MODE_RELAXED};
    ok(cuThreadExchangeStreamCaptureMode(mode));
    assertThat(mode).as("the mode before").containsExactly(CU_STREAM_CAPTURE_MODE_GLOBAL);
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    CUdeviceptr p = alloc(16);
    ok(cuThreadExchangeStreamCaptureMode(mode));
    assertThat(mode).containsExactly(CU_STREAM_CAPTURE_MODE_RELAXED);
    int local =
        elsewhere(() -> {
          int[] own = {CU_STREAM_CAPTURE_MODE_THREAD_LOCAL};
          ok(cuThreadExchangeStreamCaptureMode(own));
          int code = cuMemAlloc(new CUdeviceptr(), 16);
          ok(cuThreadExchangeStreamCaptureMode(own));
          return code;
        });
    assertThat(local).as("a thread-local thread passes over the captures of others").isZero();
    ok(cuStreamEndCapture(stream, new CUgraph()));
    assertThat(cuThreadExchangeStreamCaptureMode(new int[] {3})).isEqualTo(1);
    free(p);
  }

  private CUgraphExec captured(Runnable work) {
    ok(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    work.run();
    CUgraph graph = new CUgraph();
    ok(cuStreamEndCapture(stream, graph));
    CUgraphExec exec = new CUgraphExec();
    ok(cuGraphInstantiate(exec, graph, 0));
    ok(cuGraphDestroy(graph));
    return exec;
  }

  /** Copies, fills, kernels and products are nodes: nothing of them runs before the replay. */
  @Test
  void everyKindOfWorkIsCapturedAndReplayedInOrder() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    cublasHandle blas = new cublasHandle();
    ok(JCublas2.cublasCreate(blas));
    ok(JCublas2.cublasSetStream(blas, new cudaStream_t(stream)));
    CUdeviceptr z = alloc(16);
    Pointer host = pinned(32);
    Pointer back = host.withByteOffset(16);
    ByteBuffer bytes = host.getByteBuffer(0, 32).order(ByteOrder.nativeOrder());
    for (int seed = 1; seed <= 10; seed++) {
      Emulator.setSeed(seed);
      Emulator.resetCounters();
      CUgraphExec exec =
          captured(() -> {
            ok(cuMemcpyHtoDAsync(x, host, 16, stream));
            ok(cuMemsetD32Async(y, 0, 4, stream));
            ok(launch(stream, axpy, 1, 32, 0, 4, 2f, x, y));
            ok(cuMemcpyDtoDAsync(z, y, 16, stream));
            ok(JCublas2.cublasSscal(blas, 4, Pointer.to(new float[] {10}), z, 1));
            ok(cuMemcpyDtoHAsync(back, z, 16, stream));
          });
      assertThat(Emulator.counter("launches")).isZero();
      assertThat(Emulator.counter("h2d_copies")).isZero();
      for (int replay = 1; replay <= 3; replay++) {
        for (int i = 0; i < 4; i++) {
          bytes.putFloat(4 * i, replay * 10 + i);
        }
        ok(cuGraphLaunch(exec, stream));
        assertThat(bytes.getFloat(16)).as("before the host has waited").isNaN();
        ok(cuStreamSynchronize(stream));
        for (int i = 0; i < 4; i++) {
          assertThat(bytes.getFloat(16 + 4 * i)).isEqualTo(20 * (replay * 10 + i));
        }
      }
      assertThat(Emulator.counter("graph_nodes")).isEqualTo(18);
      assertThat(Emulator.counter("graph_kernels")).isEqualTo(6);
      assertThat(Emulator.counter("h2d_copies")).isEqualTo(3);
      ok(cuGraphExecDestroy(exec));
    }
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void theSourceOfACapturedCopyMustNotChangeBeforeTheReplayIsDone() {
    Pointer host = pinned(16);
    CUgraphExec exec = captured(() -> ok(cuMemcpyHtoDAsync(x, host, 16, stream)));
    ok(cuGraphLaunch(exec, stream));
    host.getByteBuffer(0, 16).put(0, (byte) 7);
    assertThat(cuStreamSynchronize(stream)).isEqualTo(719);
    assertThat(Emulator.errors())
        .extracting(Emulator.Report::name)
        .containsExactly("pinned-memory-race");
  }

  @Test
  void memoryOfACapturedCopyThatWasFreedIsFoundAtTheLaunch() {
    CUgraphExec exec = captured(() -> ok(cuMemcpyDtoDAsync(y, x, 16, stream)));
    free(x);
    assertThat(cuGraphLaunch(exec, stream)).isEqualTo(1);
    assertThat(Emulator.errors())
        .extracting(Emulator.Report::name)
        .containsExactly("use-after-free");
  }

  /** With checks and, of a large launch, without: closed pages. */
  @Test
  void memoryOfACapturedKernelThatWasFreedIsFoundWhenItRuns() {
    for (int checked : List.of(16384, 0)) {
      start();
      Emulator.configure("checked.threads", checked);
      Emulator.configure("checked.blocks", checked == 0 ? 0 : 2);
      CUfunction axpy = function(module(Kernels.PLAIN), "axpy");
      CUgraphExec exec = captured(() -> ok(launch(stream, axpy, 1, 32, 0, 4, 2f, x, y)));
      ok(cuGraphLaunch(exec, stream));
      ok(cuStreamSynchronize(stream));
      free(y);
      // Something new beside it must not hide that.
      alloc(16);
      ok(cuGraphLaunch(exec, stream));
      assertThat(cuStreamSynchronize(stream)).isEqualTo(700);
      assertThat(Emulator.errors())
          .extracting(Emulator.Report::name)
          .containsExactly("use-after-free");
    }
  }

  @Test
  void aKernelOfAModuleThatIsGoneIsFoundWhenItRuns() {
    CUmodule m = module(Kernels.PLAIN);
    CUfunction axpy = function(m, "axpy");
    CUgraphExec exec = captured(() -> ok(launch(stream, axpy, 1, 32, 0, 4, 2f, x, y)));
    ok(cuModuleUnload(m));
    ok(cuGraphLaunch(exec, stream));
    assertThat(cuStreamSynchronize(stream)).isEqualTo(700);
    assertThat(Emulator.errors())
        .extracting(Emulator.Report::name)
        .containsExactly("use-after-destroy");
  }

  /** The replay is ordered by its stream alone: what another stream does meanwhile is a race. */
  @Test
  void aReplayTakesPartInTheRaceCheck() {
    CUgraphExec exec = captured(() -> ok(cuMemsetD32Async(x, 0, 4, stream)));
    ok(cuGraphLaunch(exec, stream));
    ok(cuMemcpyDtoDAsync(y, x, 16, stream()));
    assertThat(cuCtxSynchronize()).isEqualTo(719);
    assertThat(Emulator.errors()).extracting(Emulator.Report::name).containsExactly("stream-race");
    start();
    CUgraphExec again = captured(() -> ok(cuMemsetD32Async(x, 0, 4, stream)));
    CUevent done = event();
    CUstream other = stream();
    ok(cuGraphLaunch(again, stream));
    ok(cuEventRecord(done, stream));
    ok(cuStreamWaitEvent(other, done, 0));
    ok(cuMemcpyDtoDAsync(y, x, 16, other));
    ok(cuCtxSynchronize());
    assertThat(download(y, 4)).containsExactly(0, 0, 0, 0);
  }
}
