package io.cortado.observe;

import io.cortado.DType;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Counts the elements of a tensor that are no finite numbers, on the host. */
final class NonFiniteScan {

  private static final int CHUNK = 1 << 20;

  private float[] host = new float[0];

  /**
   * What there is.
   *
   * @param first where the first one is, an index for each axis
   */
  record Found(long nans, long plus, long minus, long of, String first) {

    boolean onlyMinusInfinity() {
      return nans == 0 && plus == 0;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d NaN and %,d infinite of %,d elements, the first at %s",
          nans,
          plus + minus,
          of,
          first);
    }
  }

  /** Looks at a tensor's elements in a buffer; null if all are finite, or they are no floats. */
  @Nullable Found of(Tensor t, Buffer buffer) {
    if (t.dtype() != DType.FLOAT32) {
      return null;
    }
    long n = t.size();
    if (host.length < Math.min(n, CHUNK)) {
      host = new float[(int) Math.min(n, CHUNK)];
    }
    long nans = 0;
    long plus = 0;
    long minus = 0;
    long first = -1;
    for (long at = 0; at < n; at += CHUNK) {
      int length = (int) Math.min(CHUNK, n - at);
      t.device().backend().download(buffer, at, host, 0, length);
      for (int i = 0; i < length; i++) {
        float v = host[i];
        if (!Float.isFinite(v)) {
          first = first < 0 ? at + i : first;
          nans += Float.isNaN(v) ? 1 : 0;
          plus += v == Float.POSITIVE_INFINITY ? 1 : 0;
          minus += v == Float.NEGATIVE_INFINITY ? 1 : 0;
        }
      }
    }
    return first < 0 ? null : new Found(nans, plus, minus, n, index(t, first));
  }

  private static String index(Tensor t, long flat) {
    int[] dims = t.shape().toArray();
    int[] index = new int[dims.length];
    long rest = flat;
    for (int a = dims.length - 1; a >= 0; a--) {
      index[a] = (int) (rest % dims[a]);
      rest /= dims[a];
    }
    return Arrays.toString(index);
  }
}
