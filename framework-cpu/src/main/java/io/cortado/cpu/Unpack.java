package io.cortado.cpu;

import io.cortado.backend.Buffer;
import org.jspecify.annotations.Nullable;

/** The arrays and offsets of this backend's buffers, as kernels take them. */
final class Unpack {

  private Unpack() {}

  static CpuBuffer of(Buffer buffer) {
    if (buffer instanceof CpuBuffer cpu) {
      return cpu;
    }
    throw new IllegalArgumentException(
        buffer + " is not in the cpu backend's memory: move its tensor to the cpu first");
  }

  static float[] floats(Buffer buffer) {
    return of(buffer).floats();
  }

  static float @Nullable [] floatsOrNull(@Nullable Buffer buffer) {
    return buffer == null ? null : of(buffer).floats();
  }

  static int[] ints(Buffer buffer) {
    return of(buffer).ints();
  }

  static int @Nullable [] intsOrNull(@Nullable Buffer buffer) {
    return buffer == null ? null : of(buffer).ints();
  }

  static int offset(@Nullable Buffer buffer) {
    return buffer == null ? 0 : of(buffer).offset();
  }

  static int offset(Buffer buffer, long start, long length) {
    if (start < 0 || length < 0 || start > buffer.length() - length) {
      throw new IndexOutOfBoundsException(
          "%d elements from %d of a %s".formatted(length, start, buffer));
    }
    return of(buffer).offset() + (int) start;
  }
}
