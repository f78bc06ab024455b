package io.cortado;

import io.cortado.backend.Buffer;
import io.cortado.internal.IntRange;
import java.util.Arrays;

/**
 * Owns tensors and frees them all when it is closed.
 *
 * <p>Device memory never waits for the garbage collector: every tensor belongs to one scope, and
 * using it after the scope was closed is an {@link IllegalStateException} that says so. Steps are
 * the scopes that a training loop opens; {@link Device#scope()} makes one that outlives steps.
 */
public sealed class Scope implements AutoCloseable permits Step {

  private final Device device;
  private final String what;
  private boolean open = true;
  private Buffer[] owned;
  private int count;

  Scope(Device device, String what, Buffer[] storage) {
    this.device = device;
    this.what = what;
    this.owned = storage;
  }

  /** Returns the device whose memory this scope owns. */
  public final Device device() {
    return device;
  }

  /** Says whether the tensors of this scope can still be used. */
  public final boolean isOpen() {
    return open;
  }

  /** Makes a tensor with undefined contents. */
  public final Tensor empty(DType dtype, Shape shape) {
    Tensor t = make(dtype, shape);
    DeviceObserver o = device.observer();
    if (o != null && this instanceof Step) {
      o.makes(t);
    }
    return t;
  }

  private Tensor make(DType dtype, Shape shape) {
    return new Tensor(this, shape, scratch(dtype, Math.max(1, shape.size())));
  }

  /** Makes a float tensor with undefined contents. */
  public final Tensor empty(Shape shape) {
    return empty(DType.FLOAT32, shape);
  }

  /**
   * Makes a float tensor of given values, in row-major order.
   *
   * @throws IllegalArgumentException if their number is not the shape's size
   */
  public final Tensor tensor(float[] values, int... shape) {
    Shape s = Shape.of(shape);
    checkCount("tensor", values.length, s);
    Tensor t = make(DType.FLOAT32, s);
    device.backend().upload(values, 0, t.buffer(), 0, values.length);
    return t;
  }

  /**
   * Makes an integer tensor of given values, in row-major order.
   *
   * @throws IllegalArgumentException if their number is not the shape's size
   */
  public final Tensor tensor(int[] values, int... shape) {
    Shape s = Shape.of(shape);
    checkCount("tensor", values.length, s);
    Tensor t = make(DType.INT32, s);
    device.backend().upload(values, 0, t.buffer(), 0, values.length);
    return t.withKnownRange(IntRange.of(values, values.length));
  }

  /** Makes a float tensor filled with one value. */
  public final Tensor full(float value, int... shape) {
    Tensor t = make(DType.FLOAT32, Shape.of(shape));
    device.backend().fill(t.buffer(), t.size(), value);
    return t;
  }

  /** Makes a float tensor of zeros. */
  public final Tensor zeros(int... shape) {
    return full(0, shape);
  }

  /** Makes a float tensor of ones. */
  public final Tensor ones(int... shape) {
    return full(1, shape);
  }

  static void checkCount(String operation, int values, Shape shape) {
    if (values != shape.size()) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + values
              + " values for shape "
              + shape
              + ", which holds "
              + shape.size());
    }
  }

  /** Hands out memory that is freed with this scope, for an operation's own use. */
  public final Buffer scratch(DType dtype, long length) {
    checkOpen();
    Buffer b = device.backend().allocate(dtype, length);
    if (count == owned.length) {
      owned = Arrays.copyOf(owned, 2 * count + 8);
    }
    owned[count++] = b;
    return b;
  }

  /** Frees memory of this scope before its end; what used it must not be touched again. */
  public final void free(Buffer buffer) {
    if (!freeIfOwned(buffer)) {
      throw new IllegalArgumentException("free: the buffer is not one of " + what);
    }
  }

  /** Frees memory of this scope unless it was freed already, and says whether it was not. */
  final boolean freeIfOwned(Buffer buffer) {
    for (int i = count - 1; i >= 0; i--) { // what is freed early was mostly made late
      if (owned[i] == buffer) {
        owned[i] = owned[--count];
        device.backend().release(buffer);
        return true;
      }
    }
    return false;
  }

  /** Returns how many pieces of memory this scope has. */
  final int pieces() {
    return count;
  }

  /** Returns the memory handed out since this scope had so many pieces. */
  final Buffer[] since(int pieces) {
    return Arrays.copyOfRange(owned, Math.min(pieces, count), count);
  }

  final void checkOpen() {
    if (!open) {
      throw new IllegalStateException(
          what
              + " is closed, and its tensors with it: read them before it closes, or make them in a"
              + " scope that lives longer");
    }
  }

  /** Frees everything; a second call does nothing. */
  @Override
  public void close() {
    if (open) {
      open = false;
      try {
        for (int i = 0; i < count; i++) {
          device.backend().release(owned[i]);
        }
      } finally { // a device that has failed may refuse, and its step is closed all the same
        Arrays.fill(owned, 0, count, null);
        count = 0;
        device.closed(this, owned);
      }
    }
  }

  @Override
  public String toString() {
    return what + " on " + device + (open ? ", open" : ", closed");
  }
}
