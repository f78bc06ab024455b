package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.GemmKernel;
import io.cortado.cpu.simd.LaneKernel;
import io.cortado.cpu.simd.ScalarGemmKernel;
import io.cortado.cpu.simd.ScalarLaneKernel;
import io.cortado.cpu.simd.VectorGemmKernel;
import io.cortado.cpu.simd.VectorLaneKernel;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the kernels' tests share: data, naive activations, tolerances. */
final class KernelCase {

  /** Rounding of one float operation. */
  static final double FLOAT_EPSILON = Math.ulp(1f);

  /** Elements before and after each operand, to see writes that stray. */
  static final int GUARD = 40;

  private KernelCase() {}

  static GemmKernel[] kernels() {
    return new GemmKernel[] {new VectorGemmKernel(), new ScalarGemmKernel()};
  }

  /**
   * What a float sum of so many products of size about 1 may be off: grows as the root of the
   * length, 8 deviations.
   */
  static double sumTolerance(int length) {
    return 8 * FLOAT_EPSILON * Math.sqrt(length + 1.0) + 4 * FLOAT_EPSILON;
  }

  static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] x = new float[length + 2 * GUARD];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  static float[] filled(int length, float value) {
    float[] x = new float[length + 2 * GUARD];
    Arrays.fill(x, value);
    return x;
  }

  static double activate(UnaryOp op, double x) {
    return switch (op.kind()) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0);
      case TANH -> Math.tanh(x);
      default -> throw new IllegalArgumentException(op.toString());
    };
  }

  static void activateRow(UnaryOp op, int n, float[] x, int xOff, float[] y, int yOff) {
    for (int i = 0; i < n; i++) {
      y[yOff + i] = (float) activate(op, x[xOff + i]);
    }
  }

  /** Compares what lies between the guards, and finds the guards as they were. */
  static void assertClose(
      String what, float[] got, float[] before, double[] want, double tolerance) {
    for (int i = 0; i < want.length; i++) {
      float g = got[GUARD + i];
      if (!(Math.abs(g - want[i]) <= tolerance * Math.max(1, Math.abs(want[i])))) {
        throw new AssertionError(
            what + ": element " + i + " is " + g + ", should be " + want[i] + " +- " + tolerance);
      }
    }
    for (int i = 0; i < GUARD; i++) {
      assertSame(what + ": guard before", got, before, i);
      assertSame(what + ": guard after", got, before, GUARD + want.length + i);
    }
  }

  private static void assertSame(String what, float[] got, float[] before, int at) {
    if (Float.floatToRawIntBits(got[at]) != Float.floatToRawIntBits(before[at])) {
      throw new AssertionError(what + " at " + at + ": " + got[at] + ", was " + before[at]);
    }
  }

  /**
   * Runs one case with both kernels on one, two and three workers: the same bits for each kernel.
   */
  static float[][] onAll(float[] out, BiConsumer<Setup, float[]> run) {
    LaneKernel[] lanes = {new VectorLaneKernel(), new ScalarLaneKernel(), null, null};
    GemmKernel[] kernels = kernels();
    float[][] results = new float[lanes.length][];
    for (int i = 0; i < lanes.length; i++) {
      for (int threads = 1; threads <= 3; threads++) {
        float[] got = out.clone();
        Setup setup;
        try (Workers workers = new Workers(threads)) {
          setup = new Setup(kernels[i % kernels.length], lanes[i], workers);
          run.accept(setup, got);
        }
        if (threads == 1) {
          results[i] = got;
        } else {
          assertThat(Arrays.equals(got, results[i]))
              .as("%s: %d workers give the bits of one", setup, threads)
              .isTrue();
        }
      }
    }
    return results;
  }

  /** Makes convolutions that never put images in lanes. */
  static Conv conv(GemmKernel kernel, Workers workers, WinogradChoice choice) {
    LaneKernel lanes = new ScalarLaneKernel();
    LaneChoice never = new LaneChoice(false, 1);
    return new Conv(kernel, lanes, workers, KernelCase::activateRow, never, choice);
  }

  /**
   * What one case runs with.
   *
   * @param lanes null for convolutions that are matrix products
   */
  record Setup(GemmKernel kernel, @Nullable LaneKernel lanes, Workers workers) {}
}
