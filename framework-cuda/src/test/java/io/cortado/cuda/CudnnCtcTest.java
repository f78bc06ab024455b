package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendException;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.Recording;
import io.cortado.backend.spec.CtcSpec;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CTC loss by cuDNN, where it is asked for: what own kernels give, data by data. */
@OnEmulator
final class CudnnCtcTest {

  private static final String CALL = "call.cudnnCTCLoss_v8";

  private static CudaBackend open(CtcChoice choice) {
    Emulator.load();
    return CudaBackend.open(BackendOptions.DEFAULTS, true, choice);
  }

  @BeforeAll
  static void fresh() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
  }

  @AfterAll
  static void nothingIsLeft() {
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  /** A batch on a device, and its results. */
  private static final class Batch implements AutoCloseable {

    final Backend backend;
    final CtcSpec spec;
    final Buffer x;
    final Buffer targets;
    final Buffer inputLengths;
    final Buffer targetLengths;
    final Buffer losses;
    final Buffer gradient;

    Batch(Backend backend, CtcSpec spec) {
      this.backend = backend;
      this.spec = spec;
      x = backend.allocate(DType.FLOAT32, spec.size());
      targets = backend.allocate(DType.INT32, (long) spec.batch() * spec.maxTarget());
      inputLengths = backend.allocate(DType.INT32, spec.batch());
      targetLengths = backend.allocate(DType.INT32, spec.batch());
      losses = backend.allocate(DType.FLOAT32, spec.batch());
      gradient = backend.allocate(DType.FLOAT32, spec.size());
    }

    void put(Values v) {
      backend.upload(v.x(), 0, x, 0, v.x().length);
      backend.upload(v.targets(), 0, targets, 0, v.targets().length);
      backend.upload(v.inputLengths(), 0, inputLengths, 0, spec.batch());
      backend.upload(v.targetLengths(), 0, targetLengths, 0, spec.batch());
      backend.fill(losses, losses.length(), 77);
      backend.fill(gradient, gradient.length(), 77);
    }

    void run(boolean wanted) {
      backend.ctcLoss(
          spec, x, targets, inputLengths, targetLengths, losses, wanted ? gradient : null);
    }

    float[] losses() {
      return download(losses);
    }

    float[] gradient() {
      return download(gradient);
    }

    private float[] download(Buffer from) {
      float[] values = new float[Math.toIntExact(from.length())];
      backend.download(from, 0, values, 0, values.length);
      return values;
    }

    @Override
    public void close() {
      for (Buffer b : List.of(x, targets, inputLengths, targetLengths, losses, gradient)) {
        backend.release(b);
      }
    }
  }

  private record Values(float[] x, int[] targets, int[] inputLengths, int[] targetLengths) {

    /** Draws numbers that are no logarithms of probabilities, and lengths of all kinds. */
    static Values random(CtcSpec s, long seed, float scale) {
      Random random = new Random(seed);
      float[] x = new float[Math.toIntExact(s.size())];
      for (int i = 0; i < x.length; i++) {
        x[i] = scale * (random.nextFloat() * 2 - 1);
      }
      int[] targets = new int[s.batch() * s.maxTarget()];
      Arrays.setAll(targets, i -> 1 + random.nextInt(s.classes() - 1));
      int[] inputLengths = new int[s.batch()];
      Arrays.setAll(inputLengths, n -> random.nextInt(s.steps() + 1));
      int[] targetLengths = new int[s.batch()];
      Arrays.setAll(targetLengths, n -> random.nextInt(s.maxTarget() + 1));
      // Behind the lengths is anything; padding of -1 is usual.
      for (int n = 0; n < s.batch(); n++) {
        Arrays.fill(targets, n * s.maxTarget() + targetLengths[n], (n + 1) * s.maxTarget(), -1 - n);
      }
      return new Values(x, targets, inputLengths, targetLengths);
    }
  }

  private static void assertSame(CtcSpec s, Values v) {
    try (CudaBackend cudnn = open(CtcChoice.CUDNN);
        CudaBackend own = open(CtcChoice.OWN);
        Batch a = new Batch(cudnn, s);
        Batch b = new Batch(own, s)) {
      for (boolean wanted : new boolean[] {true, false}) {
        a.put(v);
        a.run(wanted);
        b.put(v);
        b.run(wanted);
        float[] losses = b.losses();
        float[] gradient = b.gradient();
        float[] ofCudnn = a.gradient();
        for (int i = 0; wanted && i < gradient.length; i++) {
          // Of a loss that is NaN own kernels make NaN of the classes that the target has.
          if (Float.isNaN(losses[i / s.classes() % s.batch()]) && Float.isNaN(ofCudnn[i])) {
            gradient[i] = Float.NaN;
          }
        }
        assertNear("loss", a.losses(), losses);
        assertNear("gradient", ofCudnn, gradient);
      }
      assertThat(Emulator.errors()).isEmpty();
    }
  }

  /** What is not normalised is a difference of numbers of about 1 and more. */
  private static void assertNear(String what, float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      String as = "%s[%d] is %s, own kernels' %s".formatted(what, i, actual[i], expected[i]);
      if (Float.isFinite(expected[i])) {
        float size = Math.max(1, Math.abs(expected[i]));
        assertThat(Math.abs(actual[i] - expected[i])).as(as).isLessThanOrEqualTo(2e-5f * size);
      } else {
        assertThat(actual[i]).as(as).isEqualTo(Float.valueOf(expected[i]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void numbersThatAreNotNormalisedGiveWhatOwnKernelsGive(boolean zeroInfinity) {
    CtcSpec s = new CtcSpec(11, 9, 5, 4, 0, zeroInfinity);
    for (float scale : new float[] {1, 6}) {
      assertSame(s, Values.random(s, 3, scale));
    }
  }

  /** More sequences than a block has threads, so that the packing goes on where it was. */
  @Test
  void aLargeBatchIsPackedInOrder() {
    CtcSpec s = new CtcSpec(6, 600, 4, 3, 0, false);
    assertSame(s, Values.random(s, 4, 2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void impossibleClassesAndBrokenNumbersGiveWhatOwnKernelsGive(boolean zeroInfinity) {
    CtcSpec s = new CtcSpec(4, 6, 3, 2, 0, zeroInfinity);
    Values v = Values.random(s, 5, 1);
    Arrays.fill(v.inputLengths(), s.steps());
    System.arraycopy(new int[] {2, 2, 1, 0, 0, 2}, 0, v.targetLengths(), 0, s.batch());
    for (int n = 0; n < s.batch(); n++) {
      v.targets()[2 * n] = 1;
      v.targets()[2 * n + 1] = 2;
    }
    for (int t = 0; t < s.steps(); t++) {
      v.x()[(t * s.batch()) * 3 + 2] = Float.NEGATIVE_INFINITY; // a label that is needed
    }
    for (int c = 0; c < 3; c++) {
      v.x()[(2 * s.batch() + 1) * 3 + c] = Float.NEGATIVE_INFINITY; // a step without a class
    }
    v.x()[(s.batch() + 2) * 3 + 1] = Float.NaN;
    v.x()[(s.batch() + 3) * 3] = Float.NEGATIVE_INFINITY; // a blank, where there is no label
    v.x()[(s.batch() + 4) * 3] = Float.NaN;
    assertSame(s, v);
  }

  @Test
  void aReplayReadsTheLabelsAndLengthsThatAreThereThen() {
    CtcSpec s = new CtcSpec(9, 7, 5, 4, 0, false);
    try (CudaBackend cudnn = open(CtcChoice.CUDNN);
        CudaBackend own = open(CtcChoice.OWN);
        Batch a = new Batch(cudnn, s);
        Batch b = new Batch(own, s)) {
      a.put(Values.random(s, 1, 1));
      a.run(true);
      try (Recording recording = cudnn.record(() -> a.run(true))) {
        for (int seed = 2; seed < 6; seed++) {
          Values v = Values.random(s, seed, 1);
          a.put(v);
          recording.replay();
          b.put(v);
          b.run(true);
          assertNear("loss", a.losses(), b.losses());
          assertNear("gradient", a.gradient(), b.gradient());
        }
      }
    }
  }

  /** Whatever order blocks and threads run in. */
  @Test
  void theBitsAreTheSameEachTime() {
    CtcSpec s = new CtcSpec(20, 5, 40, 6, 0, false);
    try (CudaBackend backend = open(CtcChoice.CUDNN);
        Batch batch = new Batch(backend, s)) {
      Values v = Values.random(s, 8, 2);
      float[][] losses = new float[2][];
      float[][] gradients = new float[2][];
      for (int i = 0; i < 2; i++) {
        Emulator.setSeed(i + 1);
        batch.put(v);
        batch.run(true);
        losses[i] = batch.losses();
        gradients[i] = batch.gradient();
      }
      assertThat(losses[1]).isEqualTo(losses[0]);
      assertThat(gradients[1]).isEqualTo(gradients[0]);
    }
  }

  @Test
  void theChoiceFollowsFromTheSpecAlone() {
    CtcSpec fits = new CtcSpec(3, 2, 3, 2, 0, false);
    assertThat(calls(fits)).isEqualTo(1);
    assertThat(calls(new CtcSpec(300, 1, 3, 255, 0, false))).isEqualTo(1);
    for (CtcSpec s :
        List.of(
            new CtcSpec(3, 2, 3, 2, 1, false),
            new CtcSpec(300, 1, 3, 256, 0, false),
            new CtcSpec(3, 2, 3, 0, 0, false),
            new CtcSpec(3, 2, 1, 1, 0, false),
            new CtcSpec(0, 2, 3, 2, 0, false),
            new CtcSpec(3, 0, 3, 2, 0, false))) {
      assertThat(calls(s)).as("%s", s).isZero();
    }
  }

  /** Returns how often cuDNN is called for a batch of empty targets. */
  private static long calls(CtcSpec s) {
    try (CudaBackend backend = open(CtcChoice.CUDNN);
        Batch batch = new Batch(backend, s)) {
      int[] none = new int[s.batch()];
      int[] labels = new int[s.batch() * s.maxTarget()];
      batch.put(new Values(new float[Math.toIntExact(s.size())], labels, none, none));
      long before = Emulator.counter(CALL);
      batch.run(true);
      assertNear("loss", batch.losses(), new float[s.batch()]);
      return Emulator.counter(CALL) - before;
    }
  }

  /** As docs/decisions/ctc-on-the-gpu.md says. */
  @Test
  void launchesAreAsTheyAreSaidToBe() {
    CtcSpec s = new CtcSpec(100, 16, 29, 30, 0, false);
    Values v = Values.random(s, 7, 1);
    for (CtcChoice choice : CtcChoice.values()) {
      try (CudaBackend backend = open(choice);
          Batch batch = new Batch(backend, s)) {
        batch.put(v);
        batch.run(true);
        backend.synchronize();
        for (boolean wanted : new boolean[] {true, false}) {
          long before = Emulator.counter("launches");
          batch.run(wanted);
          backend.synchronize();
          long launches = Emulator.counter("launches") - before;
          assertThat(launches)
              .as("%s, gradient %s", choice, wanted)
              .isEqualTo(choice == CtcChoice.CUDNN || wanted ? 3 : 1);
        }
      }
    }
  }

  @Test
  void theSystemPropertyChooses() {
    String before = System.getProperty(CtcChoice.PROPERTY);
    try {
      System.clearProperty(CtcChoice.PROPERTY);
      assertThat(CtcChoice.ofProperty()).isEqualTo(CtcChoice.OWN);
      System.setProperty(CtcChoice.PROPERTY, "cudnn");
      assertThat(CtcChoice.ofProperty()).isEqualTo(CtcChoice.CUDNN);
      System.setProperty(CtcChoice.PROPERTY, "fast");
      assertThatThrownBy(CtcChoice::ofProperty)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("cortado.cuda.ctc is \"fast\"; give own or cudnn");
    } finally {
      if (before == null) {
        System.clearProperty(CtcChoice.PROPERTY);
      } else {
        System.setProperty(CtcChoice.PROPERTY, before);
      }
    }
  }
}
