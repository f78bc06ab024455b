package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the operands of one call into a backend's memory; checks their guards and frees them when it
 * is closed.
 *
 * <p>Inputs can be made to start at an address that is no multiple of anything: slices that are
 * only read may.
 */
final class Bench implements AutoCloseable {

  private final Backend backend;
  private final int skew;
  private final List<Operand> operands = new ArrayList<>();
  private final Data old = new Data(99);

  Bench(Backend backend, int skew) {
    this.backend = backend;
    this.skew = skew;
  }

  private Operand add(Operand operand) {
    operands.add(operand);
    return operand;
  }

  /** Uploads what is only read. */
  Buffer input(float[] values) {
    String name = "input " + operands.size();
    return add(new Operand(backend, name, values, skew, false, 0)).buffer();
  }

  /** Uploads what is only read. */
  Buffer input(int[] values) {
    return add(new Operand(backend, "input " + operands.size(), values, skew, false)).buffer();
  }

  /** Uploads what is only read, or gives null for null. */
  @Nullable Buffer inputOrNull(float @Nullable [] values) {
    return values == null ? null : input(values);
  }

  /** Makes an output of NaN that will be overwritten. */
  Operand output(String name, long n) {
    return target(name, n, 0);
  }

  /** Makes an output that holds NaN where beta is 0, and numbers else. */
  Operand target(String name, long n, float beta) {
    float[] values = new float[Math.toIntExact(n)];
    if (beta == 0) {
      Arrays.fill(values, Float.NaN);
    } else {
      values = old.signed(n);
    }
    return add(new Operand(backend, name + " (beta " + beta + ")", values, 0, true, beta));
  }

  /** Uploads what is read and written. */
  Operand inPlace(String name, float[] values) {
    return add(new Operand(backend, name, values, 0, true, 0));
  }

  /** Makes an output of integers, filled with a number that is no sensible index. */
  Operand intOutput(String name, long n) {
    int[] values = new int[Math.toIntExact(n)];
    Arrays.fill(values, Integer.MIN_VALUE);
    return add(new Operand(backend, name, values, 0, true));
  }

  /** Fails unless all guards are whole and all inputs are as they were; frees the memory. */
  @Override
  public void close() {
    try {
      for (Operand operand : operands) {
        operand.checkGuards();
      }
    } finally {
      for (Operand operand : operands) {
        operand.release();
      }
    }
  }
}
