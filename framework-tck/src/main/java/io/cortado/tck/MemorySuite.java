package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Buffers: what comes in, what comes out, and what stays. */
public abstract class MemorySuite extends BackendSuite {

  /** For subclasses. */
  protected MemorySuite() {}

  private float[] floats(Buffer buffer, int offset, int n) {
    float[] x = new float[n];
    backend().download(buffer, offset, x, 0, n);
    return x;
  }

  private int[] ints(Buffer buffer, int offset, int n) {
    int[] x = new int[n];
    backend().download(buffer, offset, x, 0, n);
    return x;
  }

  @Test
  void aBackendSaysWhatItIs() {
    assertThat(backend().name()).isNotBlank();
    assertThat(backend().description()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void buffersAreOfTheirTypeAndLongEnough() {
    for (DType dtype : DType.values()) {
      for (long n : new long[] {0, 1, 63, 64, 65, 1000}) {
        Buffer buffer = backend().allocate(dtype, n);
        assertThat(buffer.dtype()).isEqualTo(dtype);
        assertThat(buffer.length()).isGreaterThanOrEqualTo(n);
        backend().release(buffer);
      }
    }
  }

  @Test
  void whatGoesUpComesDown() {
    for (int n : AWKWARD) {
      float[] x = new Data(n).signed(n);
      x[n / 2] = Float.NaN;
      Buffer buffer = backend().allocate(DType.FLOAT32, n);
      backend().upload(x, 0, buffer, 0, n);
      assertThat(floats(buffer, 0, n)).isEqualTo(x);
      backend().release(buffer);
      int[] k = new Data(n).indices(n, Integer.MAX_VALUE);
      k[0] = Integer.MIN_VALUE;
      Buffer intBuffer = backend().allocate(DType.INT32, n);
      backend().upload(k, 0, intBuffer, 0, n);
      assertThat(ints(intBuffer, 0, n)).isEqualTo(k);
      backend().release(intBuffer);
    }
  }

  @Test
  void uploadAndDownloadKeepToTheirRange() {
    Buffer buffer = backend().allocate(DType.FLOAT32, 10);
    backend().upload(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, buffer, 0, 10);
    backend().upload(new float[] {-1, 20, 30, -1}, 1, buffer, 4, 2);
    assertThat(floats(buffer, 0, 10)).containsExactly(0, 1, 2, 3, 20, 30, 6, 7, 8, 9);
    float[] some = {-1, -1, -1, -1, -1};
    backend().download(buffer, 3, some, 1, 3);
    assertThat(some).containsExactly(-1, 3, 20, 30, -1);
    backend().release(buffer);
    Buffer ints = backend().allocate(DType.INT32, 5);
    backend().upload(new int[] {0, 1, 2, 3, 4}, 0, ints, 0, 5);
    backend().upload(new int[] {-1, 20, 30, -1}, 1, ints, 2, 2);
    int[] someInts = {-1, -1, -1, -1};
    backend().download(ints, 1, someInts, 1, 2);
    assertThat(someInts).containsExactly(-1, 1, 20, -1);
    backend().release(ints);
  }

  @Test
  void anUploadedArrayMayBeReusedAtOnce() {
    int n = 100_000;
    float[] x = new float[n];
    List<Buffer> buffers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Arrays.fill(x, i);
      Buffer buffer = backend().allocate(DType.FLOAT32, n);
      backend().upload(x, 0, buffer, 0, n);
      buffers.add(buffer);
    }
    for (int i = 0; i < 8; i++) {
      Arrays.fill(x, i);
      assertThat(floats(buffers.get(i), 0, n)).isEqualTo(x);
      backend().release(buffers.get(i));
    }
  }

  @Test
  void fillKeepsToItsRange() {
    for (int n : AWKWARD) {
      try (Bench bench = bench()) {
        Operand dst = bench.output("filled", n);
        backend().fill(dst.buffer(), n, 2.5f);
        double[] expected = new double[n];
        Arrays.fill(expected, 2.5);
        dst.expect(Expected.relative(expected), Tolerance.EXACT);
      }
    }
    Buffer buffer = backend().allocate(DType.FLOAT32, 5);
    backend().upload(new float[] {1, 2, 3, 4, 5}, 0, buffer, 0, 5);
    backend().fill(buffer, 3, Float.NaN);
    backend().fill(buffer, 2, 0);
    assertThat(floats(buffer, 0, 5)).containsExactly(0, 0, Float.NaN, 4, 5);
    backend().release(buffer);
  }

  @Test
  void copyKeepsToItsRange() {
    Buffer a = backend().allocate(DType.FLOAT32, 200);
    Buffer b = backend().allocate(DType.FLOAT32, 200);
    float[] x = new Data(1).signed(200);
    float[] y = new Data(2).signed(200);
    backend().upload(x, 0, a, 0, 200);
    backend().upload(y, 0, b, 0, 200);
    backend().copy(a, 33, b, 17, 127);
    System.arraycopy(x, 33, y, 17, 127);
    assertThat(floats(b, 0, 200)).isEqualTo(y);
    assertThat(floats(a, 0, 200)).isEqualTo(x);
    // Within one buffer, parts that do not overlap.
    backend().copy(a, 0, a, 100, 100);
    System.arraycopy(x, 0, x, 100, 100);
    assertThat(floats(a, 0, 200)).isEqualTo(x);
    backend().release(a);
    backend().release(b);
    Buffer i = backend().allocate(DType.INT32, 4);
    Buffer j = backend().allocate(DType.INT32, 4);
    backend().upload(new int[] {1, 2, 3, 4}, 0, i, 0, 4);
    backend().upload(new int[] {5, 6, 7, 8}, 0, j, 0, 4);
    backend().copy(i, 1, j, 2, 2);
    assertThat(ints(j, 0, 4)).containsExactly(5, 6, 2, 3);
    backend().release(i);
    backend().release(j);
  }

  @Test
  void slicesShareTheirElements() {
    Buffer whole = backend().allocate(DType.FLOAT32, 256);
    float[] x = new Data(1).signed(256);
    backend().upload(x, 0, whole, 0, 256);
    Buffer slice = backend().slice(whole, 64, 127);
    assertThat(slice.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(slice.length()).isGreaterThanOrEqualTo(127);
    assertThat(floats(slice, 0, 127)).isEqualTo(Arrays.copyOfRange(x, 64, 191));
    backend().upload(new float[] {9, 8}, 0, slice, 3, 2);
    x[67] = 9;
    x[68] = 8;
    Buffer sliceOfSlice = backend().slice(slice, 64, 5);
    backend().fill(sliceOfSlice, 5, -7);
    Arrays.fill(x, 128, 133, -7);
    backend().copy(slice, 3, whole, 200, 2);
    x[200] = 9;
    x[201] = 8;
    assertThat(floats(whole, 0, 256)).isEqualTo(x);
    Buffer odd = backend().slice(whole, 65, 3);
    assertThat(floats(odd, 0, 3)).containsExactly(x[65], x[66], 9);
    backend().release(whole);
    Buffer ints = backend().allocate(DType.INT32, 100);
    backend().upload(new Data(3).indices(100, 9), 0, ints, 0, 100);
    backend().upload(new int[] {11, 12}, 0, backend().slice(ints, 64, 2), 0, 2);
    assertThat(ints(ints, 64, 2)).containsExactly(11, 12);
    backend().release(ints);
  }

  @Test
  void buffersInUseNeverOverlap() {
    List<Buffer> buffers = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    Data data = new Data(5);
    for (int i = 0; i < 200; i++) {
      int n = data.oneOf(1, 3, 64, 65, 127, 1000, 4096);
      Buffer buffer = backend().allocate(DType.FLOAT32, n);
      backend().fill(buffer, n, i);
      buffers.add(buffer);
      lengths.add(n);
      if (i % 3 == 2) {
        // One that is taken back and handed out again must not be anyone else's.
        backend().release(buffers.set(i - 1, backend().allocate(DType.FLOAT32, 1)));
        lengths.set(i - 1, 1);
        backend().fill(buffers.get(i - 1), 1, i - 1);
      }
    }
    for (int i = 0; i < buffers.size(); i++) {
      float[] expected = new float[lengths.get(i)];
      Arrays.fill(expected, i);
      assertThat(floats(buffers.get(i), 0, expected.length)).isEqualTo(expected);
      backend().release(buffers.get(i));
    }
  }

  @Test
  void thePoolCountsWhatItHandsOut() {
    long before = backend().memory().inUseBytes();
    Buffer a = backend().allocate(DType.FLOAT32, 1000);
    Buffer b = backend().allocate(DType.INT32, 500);
    long during = backend().memory().inUseBytes();
    assertThat(during - before).isGreaterThanOrEqualTo(6000);
    assertThat(backend().memory().peakBytes()).isGreaterThanOrEqualTo(during);
    backend().release(a);
    backend().release(b);
    assertThat(backend().memory().inUseBytes()).isEqualTo(before);
    assertThat(backend().memory().peakBytes()).isGreaterThanOrEqualTo(during);
  }

  @Test
  void moreMemoryThanThereIsIsAnError() {
    assertThatThrownBy(() -> backend().allocate(DType.FLOAT32, 1L << 44))
        .isInstanceOf(BackendException.class)
        .message()
        .isNotBlank();
    // And the backend goes on.
    Buffer buffer = backend().allocate(DType.FLOAT32, 10);
    backend().fill(buffer, 10, 1);
    backend().synchronize();
    assertThat(floats(buffer, 0, 10)).containsOnly(1);
    backend().release(buffer);
  }

  @Test
  void aBackendMayBeClosedTwice() {
    Backend other = open();
    Buffer buffer = other.allocate(DType.FLOAT32, 10);
    other.fill(buffer, 10, 1);
    other.release(buffer);
    other.close();
    other.close();
  }
}
