package io.cortado.cuda;

import io.cortado.backend.BackendException;
import io.cortado.backend.Recording;
import java.util.function.Supplier;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * Work that was captured from the stream, and is launched as one CUDA graph.
 *
 * <p>Calls that could break a capture from anywhere in the process are an error on this thread
 * alone: other devices of the process may go on. The memory that the work used and gave back is
 * kept in an {@link Arena}, so that nobody else writes to it between replays.
 *
 * @see <a
 *     href="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#creating-a-graph-using-stream-capture">
 *     Creating a graph using stream capture</a>
 */
final class CudaGraph implements Recording {

  private final CudaContext context;
  private final CUgraphExec exec;
  private final Arena arena;
  private boolean closed;

  private CudaGraph(CudaContext context, CUgraphExec exec, Arena arena) {
    this.context = context;
    this.exec = exec;
    this.arena = arena;
  }

  /** Captures what work queues on the context's stream; the arena is the caller's until it does. */
  static CudaGraph record(CudaContext context, Arena arena, Runnable work) {
    CUstream stream = context.stream();
    CudaErrors.check(
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture",
        null);
    CUgraph graph = new CUgraph();
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      abandon(stream, graph);
      throw e;
    }
    CudaErrors.check(
        JCudaDriver.cuStreamEndCapture(stream, graph), "cuStreamEndCapture", "a recorded step");
    CUgraphExec exec = new CUgraphExec();
    try {
      CudaErrors.check(
          JCudaDriver.cuGraphInstantiate(exec, graph, 0), "cuGraphInstantiate", "a recorded step");
    } catch (BackendException e) {
      Closing.after(e, () -> destroy(graph));
      throw e;
    }
    try {
      destroy(graph);
    } catch (BackendException e) {
      Closing.after(e, () -> destroy(exec));
      throw e;
    }
    return new CudaGraph(context, exec, arena);
  }

  /**
   * Makes calls that are not part of what this thread records: calls that no stream sees, such as
   * allocating, are safe.
   */
  static <T> T aside(Supplier<T> calls) {
    int[] mode = {CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED};
    exchange(mode);
    try {
      return calls.get();
    } finally {
      exchange(mode);
    }
  }

  private static void exchange(int[] mode) {
    CudaErrors.check(
        JCudaDriver.cuThreadExchangeStreamCaptureMode(mode),
        "cuThreadExchangeStreamCaptureMode",
        null);
  }

  /** Ends a capture whose work failed, which tells more than whatever the end of it says. */
  private static void abandon(CUstream stream, CUgraph graph) {
    int code = JCudaDriver.cuStreamEndCapture(stream, graph);
    if (code == 0) {
      destroy(graph);
    }
  }

  private static void destroy(CUgraph graph) {
    CudaErrors.check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy", null);
  }

  private static void destroy(CUgraphExec exec) {
    CudaErrors.check(JCudaDriver.cuGraphExecDestroy(exec), "cuGraphExecDestroy", null);
  }

  @Override
  public void replay() {
    if (closed) {
      throw new IllegalStateException("the recorded step was closed");
    }
    context.enter();
    context.checkNotRecording("a replay");
    CudaErrors.check(
        JCudaDriver.cuGraphLaunch(exec, context.stream()), "cuGraphLaunch", "a recorded step");
  }

  /** The work of a replay that is still queued is done before the driver frees the graph. */
  @Override
  public void close() {
    if (closed || context.isClosed()) {
      return;
    }
    closed = true;
    context.enter();
    Closing closing = new Closing();
    closing.step(context::synchronize);
    closing.step(() -> destroy(exec));
    closing.step(() -> context.memory().close(arena));
    closing.finish();
  }
}
