package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.RnnWeights;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cuda.emulated.Emulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To which bits products and convolutions round, on the emulated libraries, no GPU. */
final class CudaPrecisionTest {

  private static void assertClean() {
    assertThat(Emulator.reportLeaks()).as("%s", Emulator.errors()).isZero();
    assertThat(Emulator.errors()).isEmpty();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  /**
   * Everything that happens at the borders between two neighbours, and at the ends of the range.
   */
  private static float[] interesting(MathPrecision precision) {
    List<Float> list = new ArrayList<>();
    for (int bits = 0; bits < 0x10000; bits += 5) {
      float value = ofBits(precision, bits);
      float next = ofBits(precision, bits + 1);
      float middle = (float) (((double) value + next) / 2);
      for (float x : new float[] {value, middle, Math.nextUp(middle), Math.nextDown(middle)}) {
        list.add(x);
      }
    }
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      list.add(Float.intBitsToFloat(random.nextInt()));
    }
    for (float x :
        new float[] {
          0,
          -0f,
          65504,
          65519.996f,
          65520,
          -65520,
          Float.MAX_VALUE,
          -Float.MAX_VALUE,
          Float.POSITIVE_INFINITY,
          Float.NEGATIVE_INFINITY,
          0x1p-24f,
          0x1p-25f,
          Math.nextUp(0x1p-25f),
          0x1.8p-24f,
          0x1.ffep-15f,
          Float.MIN_VALUE,
          Float.NaN,
          Float.intBitsToFloat(0x7f800001),
          Float.intBitsToFloat(0xffffffff)
        }) {
      list.add(x);
    }
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  private static float ofBits(MathPrecision precision, int bits) {
    return precision == MathPrecision.FLOAT16
        ? Float.float16ToFloat((short) bits)
        : Float.intBitsToFloat(bits << 16);
  }

  /** The nearer of the two neighbours, by exact differences; of equally near ones the even one. */
  private static float rounded(MathPrecision precision, float x) {
    if (precision == MathPrecision.FLOAT16) {
      return Float.float16ToFloat(Float.floatToFloat16(x));
    }
    if (Float.isNaN(x) || Float.isInfinite(x)) {
      return x;
    }
    int bits = Float.floatToRawIntBits(x) >>> 16;
    double low = ofBits(precision, bits);
    float above = ofBits(precision, bits + 1);
    // The neighbour of the largest number is where the next one would be.
    double high = Float.isInfinite(above) ? Math.copySign(0x1p128, low) : above;
    double toLow = Math.abs(x - low);
    double toHigh = Math.abs(high - x);
    boolean up = toHigh < toLow || (toHigh == toLow && (bits & 1) == 1);
    return up ? above : (float) low;
  }

  /** Zeros of either sign are told apart, NaN from NaN not. */
  private static void assertSame(float[] actual, float[] x, MathPrecision precision) {
    for (int i = 0; i < x.length; i++) {
      if (Float.compare(actual[i], rounded(precision, x[i])) != 0) {
        throw new AssertionError(
            "%s (bits %08x) became %s, expected %s"
                .formatted(
                    x[i], Float.floatToRawIntBits(x[i]), actual[i], rounded(precision, x[i])));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void factorsAreRoundedToTheNearestAndTiesToEven(MathPrecision precision) {
    try (Scenario s = new Scenario(precision)) {
      float[] x = interesting(precision);
      Buffer one = s.upload(1);
      Buffer y = s.room(x.length);
      // 1 * x and x * 1 with nothing to add: only the sign of a zero is lost in the sum.
      Buffer a = s.upload(x);
      s.backend.gemm(GemmSpec.of(x.length, 1, 1, false, false), 1, a, one, 0, y);
      assertSame(
          withoutNegativeZero(s.download(y, x.length)), withoutTiny(x, precision), precision);
      s.backend.gemm(GemmSpec.of(1, x.length, 1, false, false), 1, one, a, 0, y);
      assertSame(
          withoutNegativeZero(s.download(y, x.length)), withoutTiny(x, precision), precision);
    }
    assertClean();
  }

  private static float[] withoutNegativeZero(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] += 0f;
    }
    return x;
  }

  private static float[] withoutTiny(float[] x, MathPrecision precision) {
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      if (rounded(precision, y[i]) == 0) {
        y[i] = 0;
      }
    }
    return y;
  }

  /** What a convolution stores in 16 bits comes back as it was, with bias and what was there. */
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void resultsOfConvolutionsAreWidenedExactly(MathPrecision precision) {
    try (Scenario s = new Scenario(precision)) {
      float[] x = interesting(precision);
      ConvSpec spec =
          new ConvSpec(1, 1, 1, x.length, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
      Buffer input = s.upload(x);
      Buffer one = s.upload(1);
      Buffer y = s.room(x.length);
      s.backend.conv(spec, input, one, null, y);
      assertSame(
          withoutNegativeZero(s.download(y, x.length)), withoutTiny(x, precision), precision);
      s.backend.convBackwardData(spec, input, one, 0, y);
      assertSame(
          withoutNegativeZero(s.download(y, x.length)), withoutTiny(x, precision), precision);
      // Bias, and what was there, are not rounded.
      float third = 1 / 3f;
      s.backend.fill(input, x.length, 1);
      s.backend.conv(spec, input, one, s.upload(third), y);
      assertThat(s.download(y, 1)).containsExactly(1 + third);
      s.backend.fill(y, x.length, third);
      s.backend.convBackwardData(spec, input, one, 1, y);
      assertThat(s.download(y, 1)).containsExactly(1 + third);
      Buffer dw = s.upload(third);
      s.backend.convBackwardFilter(
          new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY),
          one,
          one,
          1,
          dw);
      assertThat(s.download(dw, 1)).containsExactly(1 + third);
    }
    assertClean();
  }

  /** Factors are rounded where it is asked for; states and outputs, at no precision. */
  @ParameterizedTest
  @EnumSource
  void recurrentLayersRoundFactorsAlone(MathPrecision precision) {
    RnnLayerSpec spec = new RnnLayerSpec(RnnSpec.Kind.TANH, 2, 1, 1, 1, 1, false, false);
    float tiny = 0x1p-12f;
    try (Scenario s = new Scenario(precision)) {
      Buffer one = s.upload(1);
      Buffer y = s.room(2);
      Buffer x = s.upload(1 + tiny, 0);
      List<RnnWeights> w = List.of(new RnnWeights(one, one, null, null));
      s.backend.rnnLayer(spec, null, x, null, null, w, y, s.room(1), null, null);
      float expected = (float) Math.tanh(precision == MathPrecision.FLOAT32 ? 1 + tiny : 1);
      assertThat(s.download(y, 1)[0]).isCloseTo(expected, within(tiny / 100));
    }
    assertClean();
  }

  @Test
  void whatIsTooLargeForFloat16IsInfiniteButSumsOfProductsAreNot() {
    ConvSpec point = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
    GemmSpec single = GemmSpec.of(1, 1, 1, false, false);
    for (MathPrecision precision : MathPrecision.values()) {
      boolean half = precision == MathPrecision.FLOAT16;
      try (Scenario s = new Scenario(precision)) {
        Buffer large = s.upload(0x1.2p16f);
        Buffer some = s.upload(256);
        Buffer one = s.upload(1);
        Buffer nan = s.upload(Float.NaN);
        Buffer y = s.room(1);
        s.backend.gemm(single, 1, large, one, 0, y);
        assertThat(s.download(y, 1)[0]).isEqualTo(half ? Float.POSITIVE_INFINITY : 0x1.2p16f);
        s.backend.gemm(single, 1, some, some, 0, y);
        assertThat(s.download(y, 1)[0]).isEqualTo(0x1p16f);
        s.backend.gemm(single, 1, nan, one, 0, y);
        assertThat(s.download(y, 1)[0]).isNaN();
        s.backend.conv(point, some, some, null, y);
        assertThat(s.download(y, 1)[0]).isEqualTo(half ? Float.POSITIVE_INFINITY : 0x1p16f);
        s.backend.convBackwardFilter(point, nan, one, 0, y);
        assertThat(s.download(y, 1)[0]).isNaN();
      }
      assertClean();
    }
  }

  /** Each precision by what it keeps of 1 + 2^-7, 1 + 2^-10 and 1 + 2^-11. */
  @ParameterizedTest
  @EnumSource
  void asManyBitsAreKeptAsThePrecisionSays(MathPrecision precision) {
    ConvSpec point = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, UnaryOp.IDENTITY);
    try (Scenario s = new Scenario(precision)) {
      Buffer one = s.upload(1);
      Buffer y = s.room(1);
      for (int bit = 1; bit < 24; bit++) {
        float value = 1 + Math.scalb(1f, -bit);
        boolean kept = Math.scalb(1.0, -bit) > precision.epsilon();
        // A tie of 1 and its neighbour: to even is 1, but TF32 units round ties away from zero.
        boolean tie =
            Math.scalb(1.0, -bit) == precision.epsilon() && precision == MathPrecision.TF32;
        float expected = kept ? value : tie ? 1 + Math.scalb(1f, 1 - bit) : 1;
        Buffer x = s.upload(value);
        s.backend.gemm(GemmSpec.of(1, 1, 1, false, false), 1, x, one, 0, y);
        assertThat(s.download(y, 1)).as("bit %d", bit).containsExactly(expected);
        s.backend.gemm(GemmSpec.of(1, 1, 1, false, false), 1, one, x, 0, y);
        assertThat(s.download(y, 1)).as("bit %d", bit).containsExactly(expected);
        s.backend.conv(point, x, one, null, y);
        assertThat(s.download(y, 1)).as("bit %d", bit).containsExactly(expected);
        s.backend.convBackwardData(point, one, x, 0, y);
        assertThat(s.download(y, 1)).as("bit %d", bit).containsExactly(expected);
        s.backend.convBackwardFilter(point, x, one, 0, y);
        assertThat(s.download(y, 1)).as("bit %d", bit).containsExactly(expected);
      }
    }
    assertClean();
  }

  @ParameterizedTest
  @EnumSource
  void tensorCoresAreAskedForWhereThePrecisionAllowsThem(MathPrecision precision) {
    try (Scenario s = new Scenario(precision)) {
      s.everything();
      boolean exact = precision == MathPrecision.FLOAT32;
      // At 16 bits a recurrent layer is products too: in each of two directions one for the input,
      // three steps there and back, and one for each of three gradients.
      int recurrent = precision.isSixteenBit() ? 2 * (1 + 3 + 3 + 3) : 0;
      assertThat(Emulator.counter("cublas.tensor_core_products"))
          .isEqualTo(exact ? 0 : 3 + recurrent);
      assertThat(Emulator.counter("cudnn.tensor_core_convolutions")).isEqualTo(exact ? 0 : 4);
      assertThat(s.backend.precision()).isEqualTo(precision);
      if (exact) {
        assertThat(s.backend.description()).doesNotContain("precision");
      } else {
        assertThat(s.backend.description()).contains("precision " + precision.label());
      }
    }
    assertClean();
  }

  /** Copies of 16 bits are gone when the call returns, and a second round finds their memory. */
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void copiesOf16BitsLiveForOneCall(MathPrecision precision) {
    try (Scenario s = new Scenario(precision)) {
      s.everything();
      long before = Emulator.counter("allocations");
      Buffer x = s.random(Scenario.CONV.inputShape().size());
      Buffer w = s.random(Scenario.CONV.weightShape().size());
      Buffer y = s.room(Scenario.CONV.outputShape().size());
      long inUse = s.backend.memory().inUseBytes();
      s.backend.conv(Scenario.CONV, x, w, null, y);
      s.backend.convBackwardData(Scenario.CONV, y, w, 1, x);
      s.backend.convBackwardFilter(Scenario.CONV, x, y, 1, w);
      s.backend.gemm(GemmSpec.of(4, 5, 6, true, true), 1, x, w, 1, y);
      assertThat(s.backend.memory().inUseBytes()).isEqualTo(inUse);
      assertThat(Emulator.counter("allocations")).isEqualTo(before);
    }
    assertClean();
  }

  /** Wherever a launch or a library's call fails, no copy is kept. */
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void aFailureKeepsNoCopy(MathPrecision precision) {
    ConvSpec spec = Scenario.CONV.withActivation(UnaryOp.RELU);
    try (Scenario s = new Scenario(precision)) {
      s.everything();
      Buffer x = s.random(spec.inputShape().size());
      Buffer w = s.random(spec.weightShape().size());
      Buffer y = s.random(spec.outputShape().size());
      List<Runnable> calls =
          List.of(
              () -> s.backend.conv(spec, x, w, null, y),
              () -> s.backend.convBackwardData(spec, y, w, 0, x),
              () -> s.backend.convBackwardFilter(spec, x, y, 0, w),
              () -> s.backend.gemm(GemmSpec.of(4, 5, 6, true, true), 1, x, w, 1, y));
      long inUse = s.backend.memory().inUseBytes();
      for (int call = 0; call < calls.size(); call++) {
        for (int launch = 1; launch <= (call == 3 ? 2 : 3); launch++) {
          Emulator.failNth("cuLaunchKernel", launch, 719);
          assertThatThrownBy(calls.get(call)::run)
              .isInstanceOf(BackendException.class)
              .hasMessageContaining("cuLaunchKernel");
          assertThat(s.backend.memory().inUseBytes()).isEqualTo(inUse);
        }
      }
      Emulator.failNth("cublasGemmStridedBatchedEx", 1, 13);
      assertThatThrownBy(calls.get(3)::run).hasMessageContaining("cublasGemmStridedBatchedEx");
      assertThat(s.backend.memory().inUseBytes()).isEqualTo(inUse);
      assertThat(Emulator.pendingFailures()).isZero();
    }
  }

  @Test
  void aDeviceThatCannotSaysWhatIsNeeded() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("compute.major", 7);
    Emulator.configure("compute.minor", 5);
    for (MathPrecision precision : List.of(MathPrecision.TF32, MathPrecision.BFLOAT16)) {
      assertThatThrownBy(
              () -> CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(precision), false))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("precision " + precision.label())
          .hasMessageContaining("8.0 or more")
          .hasMessageContaining("compute capability 7.5")
          .hasMessageContaining("use fp16 or fp32");
    }
    CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(MathPrecision.FLOAT16), false).close();
    Emulator.configure("compute.major", 6);
    assertThatThrownBy(() ->
            CudaBackend.open(BackendOptions.DEFAULTS.withPrecision(MathPrecision.FLOAT16), false))
        .hasMessageContaining("7.0 or more")
        .hasMessageContaining("use fp32");
    assertThat(Emulator.reportLeaks()).isZero();
    Emulator.reset();
  }
}
