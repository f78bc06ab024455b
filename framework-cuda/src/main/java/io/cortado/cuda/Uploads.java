package io.cortado.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * Large copies to the device, beside the work that is queued there.
 *
 * <pre>
 *   host            fills page-locked memory
 *   copy stream     ... to a landing place on the device
 *   compute stream                       waits, copies from there to where it belongs
 * </pre>
 *
 * <p>The slow part, over the bus, waits for nothing but its landing place, so that the next batch
 * comes while this step runs. The destination itself may be in use by queued work until the compute
 * stream gets there; the copy within the device costs next to nothing.
 */
final class Uploads implements AutoCloseable {

  private static final int DISABLE_TIMING = 2;
  private static final int LANES = 4;

  private final CudaContext context;
  private final int bytes;

  /** In the order of their last use. */
  private final Deque<Lane> lanes = new ArrayDeque<>();

  private int limit = LANES;

  Uploads(CudaContext context, int bytes) {
    this.context = context;
    this.bytes = bytes;
  }

  /**
   * A landing place.
   *
   * @param arrived the end of the last copy to it
   * @param left the end of the last copy from it
   */
  private record Lane(CUdeviceptr place, CUevent arrived, CUevent left) {}

  /** Copies from page-locked memory, whose own event is set to the end of that. */
  void copy(PinnedSlots.Slot from, CUdeviceptr to, long count) {
    Lane lane = lane();
    CUstream aside = context.copyStream();
    CUstream stream = context.stream();
    if (lane == null) { // no room for a landing place
      CudaErrors.check(
          JCudaDriver.cuMemcpyHtoDAsync(to, from.pointer(), count, stream),
          "cuMemcpyHtoDAsync",
          count + " bytes");
      from.used(stream);
      return;
    }
    wait(aside, lane.left());
    CudaErrors.check(
        JCudaDriver.cuMemcpyHtoDAsync(lane.place(), from.pointer(), count, aside),
        "cuMemcpyHtoDAsync",
        count + " bytes");
    from.used(aside);
    record(lane.arrived(), aside);
    wait(stream, lane.arrived());
    CudaErrors.check(
        JCudaDriver.cuMemcpyDtoDAsync(to, lane.place(), count, stream),
        "cuMemcpyDtoDAsync",
        count + " bytes");
    record(lane.left(), stream);
  }

  private static void wait(CUstream stream, CUevent event) {
    CudaErrors.check(JCudaDriver.cuStreamWaitEvent(stream, event, 0), "cuStreamWaitEvent", null);
  }

  private static void record(CUevent event, CUstream stream) {
    CudaErrors.check(JCudaDriver.cuEventRecord(event, stream), "cuEventRecord", null);
  }

  private @Nullable Lane lane() {
    Lane lane = lanes.size() < limit ? allocate() : null;
    if (lane == null) {
      lane = lanes.pollFirst();
    }
    if (lane != null) {
      lanes.addLast(lane);
    }
    return lane;
  }

  /** Makes a landing place; null if there is no memory for one, which is no reason to fail. */
  private @Nullable Lane allocate() {
    CUdeviceptr place = new CUdeviceptr();
    int code = JCudaDriver.cuMemAlloc(place, bytes);
    if (code == CudaErrors.OUT_OF_MEMORY) {
      limit = lanes.size();
      return null;
    }
    CudaErrors.check(code, "cuMemAlloc", bytes + " bytes for uploads");
    CUevent arrived = new CUevent();
    CUevent left = new CUevent();
    try {
      create(arrived);
      try {
        create(left);
      } catch (RuntimeException e) {
        Closing.after(e, () -> destroy(arrived));
        throw e;
      }
    } catch (RuntimeException e) {
      Closing.after(e, () -> free(place));
      throw e;
    }
    return new Lane(place, arrived, left);
  }

  private static void create(CUevent event) {
    CudaErrors.check(
        JCudaDriver.cuEventCreate(event, DISABLE_TIMING), "cuEventCreate", "an upload");
  }

  private static void destroy(CUevent event) {
    CudaErrors.check(JCudaDriver.cuEventDestroy(event), "cuEventDestroy", null);
  }

  private static void free(CUdeviceptr place) {
    CudaErrors.check(JCudaDriver.cuMemFree(place), "cuMemFree", "an upload's landing place");
  }

  @Override
  public void close() {
    Closing closing = new Closing();
    for (Lane lane : lanes) {
      closing.step(() -> destroy(lane.arrived()));
      closing.step(() -> destroy(lane.left()));
      closing.step(() -> free(lane.place()));
    }
    lanes.clear();
    closing.finish();
  }
}
