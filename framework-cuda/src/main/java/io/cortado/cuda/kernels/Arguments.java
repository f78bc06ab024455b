package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.DeviceAddress;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a launch, as the driver reads them: an array of addresses, and the values behind
 * it, all in one piece of memory outside of Java's heap.
 *
 * <p>The driver copies the values before a launch returns, one that is captured into a graph
 * included, so the memory serves all launches of a device. JCuda's own way, a pointer for each
 * argument, pins and wraps each value by itself.
 */
final class Arguments {

  /** The most bytes of arguments that all drivers take. */
  static final int BYTES = 4096;

  private static final int MOST = BYTES / Long.BYTES;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(MOST * Long.BYTES + BYTES).order(ByteOrder.nativeOrder());
  private final long base = MemorySegment.ofBuffer(memory).address();
  private final Pointer pointer = Pointer.to(memory);

  /**
   * Writes the arguments of the next launch, and returns where they are.
   *
   * @param arguments null is a null pointer, an array is a struct
   */
  Pointer pack(@Nullable Object... arguments) {
    int at = MOST * Long.BYTES;
    for (int i = 0; i < arguments.length; i++) {
      memory.putLong(i * Long.BYTES, base + at);
      at = write(at, arguments[i]);
    }
    return pointer;
  }

  /** Writes a value and returns where the next one goes, at a multiple of eight bytes. */
  private int write(int at, @Nullable Object argument) {
    switch (argument) {
      case null -> memory.putLong(at, 0);
      case Buffer buffer -> memory.putLong(at, DeviceAddress.of(CudaBuffer.of(buffer).pointer()));
      case CUdeviceptr address -> memory.putLong(at, DeviceAddress.of(address));
      case Integer value -> memory.putInt(at, value);
      case Long value -> memory.putLong(at, value);
      case Float value -> memory.putFloat(at, value);
      case Double value -> memory.putDouble(at, value);
      case Boolean value -> memory.putInt(at, value ? 1 : 0);
      case int[] struct -> {
        for (int i = 0; i < struct.length; i++) {
          memory.putInt(at + i * Integer.BYTES, struct[i]);
        }
        return at + (struct.length + 1) / 2 * Long.BYTES;
      }
      case float[] struct -> {
        for (int i = 0; i < struct.length; i++) {
          memory.putFloat(at + i * Float.BYTES, struct[i]);
        }
        return at + (struct.length + 1) / 2 * Long.BYTES;
      }
      case long[] struct -> {
        for (int i = 0; i < struct.length; i++) {
          memory.putLong(at + i * Long.BYTES, struct[i]);
        }
        return at + struct.length * Long.BYTES;
      }
      default -> throw new IllegalArgumentException("no kernel takes a " + argument.getClass());
    }
    return at + Long.BYTES;
  }
}
