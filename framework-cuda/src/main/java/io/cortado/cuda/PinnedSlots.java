package io.cortado.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Pieces of page-locked memory of one size, through which data goes to and from the device.
 *
 * <p>A piece may be used again when the copy from it is done. While none is, there will be a new
 * one, up to a limit, so that the host seldom waits.
 */
final class PinnedSlots implements AutoCloseable {

  private static final int NOT_READY = 600;
  private static final int DISABLE_TIMING = 2;

  private final int bytes;
  private final int limit;

  /** In the order in which they were last used. */
  private final Deque<Slot> slots = new ArrayDeque<>();

  PinnedSlots(int bytes, int limit) {
    this.bytes = bytes;
    this.limit = limit;
  }

  /**
   * One piece.
   *
   * @param pointer its address
   * @param memory its bytes
   * @param copied the end of the last copy from or to it
   */
  record Slot(Pointer pointer, ByteBuffer memory, CUevent copied) {

    /** Notes that the copies queued so far are the last from or to this piece. */
    void used(CUstream stream) {
      CudaErrors.check(JCudaDriver.cuEventRecord(copied, stream), "cuEventRecord", null);
    }
  }

  int bytes() {
    return bytes;
  }

  /** Returns a piece that no copy uses any more. */
  Slot take() {
    Slot oldest = slots.peekFirst();
    if (oldest == null || (slots.size() < limit && !isDone(oldest))) {
      slots.addLast(allocate());
      return slots.getLast();
    }
    if (!isDone(oldest)) {
      CudaErrors.check(
          JCudaDriver.cuEventSynchronize(oldest.copied()),
          "cuEventSynchronize",
          "a staging buffer");
    }
    slots.removeFirst();
    slots.addLast(oldest);
    return oldest;
  }

  private static boolean isDone(Slot slot) {
    int code = JCudaDriver.cuEventQuery(slot.copied());
    if (code != NOT_READY) {
      CudaErrors.check(code, "cuEventQuery", "a staging buffer");
    }
    return code == 0;
  }

  private Slot allocate() {
    Pointer pointer = new Pointer();
    CudaErrors.check(
        JCudaDriver.cuMemAllocHost(pointer, bytes),
        "cuMemAllocHost",
        bytes + " bytes of page-locked memory");
    CUevent copied = new CUevent();
    int code = JCudaDriver.cuEventCreate(copied, DISABLE_TIMING);
    if (code != 0) {
      // Not to be lost; what it says is less than why there is no event.
      int unused = JCudaDriver.cuMemFreeHost(pointer);
      CudaErrors.check(code, "cuEventCreate", unused == 0 ? "a staging buffer" : "and its memory");
    }
    ByteBuffer memory = Objects.requireNonNull(pointer.getByteBuffer(0, bytes));
    return new Slot(pointer, memory.order(ByteOrder.nativeOrder()), copied);
  }

  @Override
  public void close() {
    Closing closing = new Closing();
    for (Slot slot : slots) {
      closing.step(() ->
          CudaErrors.check(JCudaDriver.cuEventDestroy(slot.copied()), "cuEventDestroy", null));
      closing.step(
          () -> CudaErrors.check(JCudaDriver.cuMemFreeHost(slot.pointer()), "cuMemFreeHost", null));
    }
    slots.clear();
    closing.finish();
  }
}
