package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.tck.reference.Numbers;
import io.cortado.tck.reference.ReferenceLossScale;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients divided by a loss scale, and how the scale changes. */
public abstract class LossScaleSuite extends BackendSuite {

  /** For subclasses. */
  protected LossScaleSuite() {}

  private static float[] state(float scale, float found, float tracker, float skipped) {
    float[] state = new float[LossScaleSpec.COUNT];
    state[LossScaleSpec.SCALE] = scale;
    state[LossScaleSpec.FOUND] = found;
    state[LossScaleSpec.TRACKER] = tracker;
    state[LossScaleSpec.SKIPPED] = skipped;
    return state;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 17, 127, 5000, 200_003})
  void unscale(int n) {
    for (float scale : new float[] {65536, 3, 1, 0x1p-20f}) {
      float[] x = new Data(n).signed(n);
      double[] expected = Numbers.doubles(x);
      double[] after = Numbers.doubles(state(scale, 0, 5, 2));
      ReferenceLossScale.unscale(expected, after);
      try (Bench bench = bench()) {
        Operand values = bench.inPlace("x", x);
        Operand state = bench.inPlace("state", state(scale, 0, 5, 2));
        backend().unscale(n, values.buffer(), state.buffer());
        values.expect(Expected.relative(expected), Tolerance.ELEMENTWISE);
        state.expect(Expected.relative(after), Tolerance.EXACT);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneGradientThatIsNotFiniteIsFoundWhereverItIs(float bad) {
    int n = 70_001;
    for (int at : new int[] {0, 255, 256, 32_767, 32_768, n - 1}) {
      float[] x = new Data(at).signed(n);
      x[at] = bad;
      try (Bench bench = bench()) {
        Operand values = bench.inPlace("x", x);
        Operand state = bench.inPlace("state", state(4, 0, 0, 0));
        backend().unscale(n, values.buffer(), state.buffer());
        assertThat(state.floats()).as("at %d", at).isEqualTo(state(4, 1, 0, 0));
        assertThat(Float.compare(values.floats()[at], bad)).isZero();
      }
    }
  }

  /** All of them, so that all threads find one. */
  @Test
  void manyAreFoundAndWhatWasFoundStaysFound() {
    float[] nan = new float[4097];
    Arrays.fill(nan, Float.NaN);
    try (Bench bench = bench()) {
      Operand state = bench.inPlace("state", state(4, 0, 0, 0));
      backend().unscale(nan.length, bench.inPlace("nan", nan).buffer(), state.buffer());
      backend().unscale(33, bench.inPlace("x", new float[33]).buffer(), state.buffer());
      backend().unscale(0, bench.inPlace("nothing", new float[0]).buffer(), state.buffer());
      assertThat(state.floats()).isEqualTo(state(4, 1, 0, 0));
    }
  }

  /** A finite number that does not stay one is no use either. */
  @Test
  void whatOverflowsIsFoundAndTheLargestIsNot() {
    try (Bench bench = bench()) {
      Operand state = bench.inPlace("state", state(0.5f, 0, 0, 0));
      float[] x = {1, Float.MAX_VALUE / 2};
      backend().unscale(2, bench.inPlace("x", x).buffer(), state.buffer());
      assertThat(state.floats()).isEqualTo(state(0.5f, 0, 0, 0));
      x[1] = Float.MAX_VALUE;
      backend().unscale(2, bench.inPlace("x", x).buffer(), state.buffer());
      assertThat(state.floats()).isEqualTo(state(0.5f, 1, 0, 0));
    }
  }

  /**
   * The flags of some steps and the scale after each, by the rule that PyTorch documents; the
   * program beside the recorded values, {@code loss_scale.py}, prints them.
   */
  @Test
  void theScaleFollowsTheRule() {
    LossScaleSpec spec = new LossScaleSpec(2, 0.5f, 3);
    int[] found = {0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0};
    float[] scales = {
      65536, 65536, 131072, 131072, 65536, 65536, 65536, 32768, 16384, 16384, 16384, 32768, 32768,
      32768, 65536, 65536
    };
    float[] trackers = {1, 2, 0, 1, 0, 1, 2, 0, 0, 1, 2, 0, 1, 2, 0, 1};
    float skipped = 0;
    float[] before = state(65536, 0, 0, 0);
    for (int i = 0; i < found.length; i++) {
      before[LossScaleSpec.FOUND] = found[i];
      skipped += found[i];
      try (Bench bench = bench()) {
        Operand state = bench.inPlace("state", before);
        backend().updateScale(spec, state.buffer());
        before = state.floats();
        assertThat(before).as("step %d", i).isEqualTo(state(scales[i], 0, trackers[i], skipped));
      }
    }
  }

  @Test
  void theScaleNeverBecomesInfinite() {
    try (Bench bench = bench()) {
      Operand state = bench.inPlace("state", state(0x1p127f, 0, 1, 0));
      backend().updateScale(new LossScaleSpec(2, 0.5f, 2), state.buffer());
      assertThat(state.floats()).isEqualTo(state(0x1p127f, 0, 0, 0));
    }
  }
}
