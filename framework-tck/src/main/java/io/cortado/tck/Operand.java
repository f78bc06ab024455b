package io.cortado.tck;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import java.util.Arrays;

/**
 * An operand in a backend's memory, between two guards that nothing may read or write.
 *
 * <p>Where something else watches the bounds of each allocation, a guard behind the operand would
 * only hide a read beyond its end: with the system property {@code cortado.tck.guards} set to
 * {@code false} the operand ends where its allocation does.
 */
final class Operand {

  /** Elements before and after: slices start at multiples of 64. */
  private static final int GUARD = 64;

  private static final int INT_GUARD = 0x6BADBAD5;

  private final Backend backend;
  private final String name;
  private final Buffer whole;
  private final Buffer buffer;
  private final int start;
  private final int n;
  private final boolean written;
  private final float beta;
  private final float[] before;
  private final int[] intsBefore;

  /** Uploads floats. */
  Operand(Backend backend, String name, float[] values, int skew, boolean written, float beta) {
    this.backend = backend;
    this.name = name;
    this.n = values.length;
    this.start = GUARD + skew;
    this.written = written;
    this.beta = beta;
    this.before = values.clone();
    this.intsBefore = new int[0];
    float[] all = new float[extent()];
    Arrays.fill(all, Float.NaN);
    System.arraycopy(values, 0, all, start, n);
    this.whole = backend.allocate(DType.FLOAT32, all.length);
    backend.upload(all, 0, whole, 0, all.length);
    this.buffer = backend.slice(whole, start, n);
  }

  /** Uploads integers. */
  Operand(Backend backend, String name, int[] values, int skew, boolean written) {
    this.backend = backend;
    this.name = name;
    this.n = values.length;
    this.start = GUARD + skew;
    this.written = written;
    this.beta = 0;
    this.before = new float[0];
    this.intsBefore = values.clone();
    int[] all = new int[extent()];
    Arrays.fill(all, INT_GUARD);
    System.arraycopy(values, 0, all, start, n);
    this.whole = backend.allocate(DType.INT32, all.length);
    backend.upload(all, 0, whole, 0, all.length);
    this.buffer = backend.slice(whole, start, n);
  }

  private int extent() {
    return "false".equals(System.getProperty("cortado.tck.guards"))
        ? start + n
        : (start + n + 63) / 64 * 64 + GUARD;
  }

  /** Returns what the operation gets. */
  Buffer buffer() {
    return buffer;
  }

  /** Returns the elements as they are now. */
  float[] floats() {
    float[] x = new float[n];
    backend.download(buffer, 0, x, 0, n);
    return x;
  }

  /** Returns the elements as they are now. */
  int[] ints() {
    int[] x = new int[n];
    backend.download(buffer, 0, x, 0, n);
    return x;
  }

  /** Fails unless the elements are what is expected, added to beta times what they were. */
  void expect(Expected expected, Tolerance tolerance) {
    (beta == 0 ? expected : expected.plus(beta, before)).check(name, floats(), tolerance);
  }

  /** Fails unless zeros have the signs of those that are expected where nothing is added. */
  void expectZeros(Expected expected) {
    expected.checkZeros(name, floats());
  }

  /**
   * Fails unless the guards are whole, and the elements too if nothing should have been written.
   */
  void checkGuards() {
    if (whole.dtype() == DType.FLOAT32) {
      float[] all = new float[extent()];
      backend.download(whole, 0, all, 0, all.length);
      for (int i = 0; i < all.length; i++) {
        boolean inside = i >= start && i < start + n;
        float was = inside ? before[i - start] : Float.NaN;
        if (!(inside && written) && Float.compare(all[i], was) != 0) {
          throw overwritten(i, was, all[i]);
        }
      }
    } else {
      int[] all = new int[extent()];
      backend.download(whole, 0, all, 0, all.length);
      for (int i = 0; i < all.length; i++) {
        boolean inside = i >= start && i < start + n;
        int was = inside ? intsBefore[i - start] : INT_GUARD;
        if (!(inside && written) && all[i] != was) {
          throw overwritten(i, was, all[i]);
        }
      }
    }
  }

  private AssertionError overwritten(int i, Object was, Object is) {
    return new AssertionError(
        "%s: element %d of %d was %s and is %s: an operation may write its outputs alone"
            .formatted(name, i - start, n, was, is));
  }

  void release() {
    backend.release(whole);
  }
}
