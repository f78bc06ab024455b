package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.Recording;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pointwise programs cost, and how their kernels come and go. */
@OnEmulator
final class CudaPointwiseTest {

  /** {@code x * a + y}. */
  private static final PointwiseProgram PROGRAM =
      new PointwiseProgram(
          2,
          1,
          List.of(
              new Instruction(PointwiseOp.MUL, 0, 2, 0, 0),
              new Instruction(PointwiseOp.ADD, 3, 1, 0, 0)),
          List.of(4));

  @TempDir Path folder;

  private String cache = "";

  @BeforeEach
  void useOwnCache() {
    cache = String.valueOf(System.getProperty("cortado.cuda.cache"));
    System.setProperty("cortado.cuda.cache", folder.toString());
  }

  @AfterEach
  void nothingIsLeft() {
    System.setProperty("cortado.cuda.cache", cache);
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  private static PointwiseSpec spec(int n) {
    return new PointwiseSpec(PROGRAM, List.of(Shape.of(n), Shape.of(n)), Shape.of(n));
  }

  private static void run(Scenario s, int n, float a, Buffer x, Buffer y, Buffer out) {
    s.backend.pointwise(spec(n), new float[] {a}, new Buffer[] {x, y}, new Buffer[] {out});
  }

  @Test
  void oneKernelServesAllSizesAndParameters() {
    try (Scenario s = new Scenario()) {
      Buffer x = s.random(37);
      for (int n : new int[] {37, 8, 1}) {
        run(s, n, n, x, x, s.room(n));
      }
      s.backend.synchronize();
      assertThat(Emulator.counter("nvrtc_compilations")).isEqualTo(1);
      assertThat(Emulator.counter("kernel.pointwise")).isEqualTo(3);
    }
  }

  @Test
  void operandsMayBeginAnywhere() {
    try (Scenario s = new Scenario()) {
      Buffer x = s.upload(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      for (int part = 0; part < 2; part++) {
        Buffer whole = s.room(10);
        s.backend.fill(whole, 10, -1);
        Buffer out = s.backend.slice(whole, 1, 8);
        run(s, 8, 2, s.backend.slice(x, part, 8), x, out);
        assertThat(s.download(whole, 10))
            .containsExactly(
                -1,
                3 + 2 * part,
                6 + 2 * part,
                9 + 2 * part,
                12 + 2 * part,
                15 + 2 * part,
                18 + 2 * part,
                21 + 2 * part,
                24 + 2 * part,
                -1);
      }
    }
  }

  /** The sum of a product is not contracted to a multiply-add, which would round once. */
  @Test
  void instructionsAreRoundedOneByOne() {
    try (Scenario s = new Scenario()) {
      float third = 1 / 3f;
      float product = third * third;
      Buffer x = s.upload(third, third, third, third, third);
      Buffer y = s.upload(-product, -product, -product, -product, -product);
      run(s, 5, third, x, y, x);
      assertThat(s.download(x, 5)).containsExactly(0, 0, 0, 0, 0);
    }
  }

  @Test
  void aKernelIsCompiledWhileAStepIsRecorded() {
    try (Scenario s = new Scenario()) {
      Buffer x = s.upload(1, 2, 3);
      Buffer y = s.upload(1, 1, 1);
      try (Recording recording = s.backend.record(() -> run(s, 3, 2, x, y, x))) {
        recording.replay();
        recording.replay();
        assertThat(s.download(x, 3)).containsExactly(7, 11, 15);
      }
    }
  }

  @Test
  void aKernelThatDoesNotCompileIsShown() {
    try (Scenario s = new Scenario()) {
      Buffer x = s.random(3);
      Emulator.failNth("nvrtcCompileProgram", 1, 6);
      assertThatThrownBy(() -> run(s, 3, 2, x, x, x))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("NVRTC does not compile")
          .hasMessageContaining("v3 = MUL v0 v2")
          .hasMessageContaining("const float v3 = __fmul_rn(v0, v2);");
      run(s, 3, 2, x, x, x);
    }
  }

  @Test
  void tooManyOperandsAreRefused() {
    try (Scenario s = new Scenario()) {
      int n = 600;
      PointwiseProgram wide = new PointwiseProgram(n, 0, List.of(), List.of(0));
      Buffer x = s.random(1);
      PointwiseSpec spec =
          new PointwiseSpec(wide, Collections.nCopies(n, Shape.of(1)), Shape.of(1));
      Buffer[] inputs = Collections.nCopies(n, x).toArray(Buffer[]::new);
      assertThatThrownBy(
              () -> s.backend.pointwise(spec, new float[0], inputs, new Buffer[] {s.room(1)}))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("600 inputs")
          .hasMessageContaining("split it");
    }
  }

  /** Ten operations forward, and their gradients of both tensors: a kernel each way. */
  @Test
  void aChainOfTenOperationsIsAKernelEachWay() {
    Pointwise chain =
        Pointwise.of(
            "chain",
            (a, b) -> a.mul(b).add(1).tanh().square().sub(b).exp().mul(0.5f).abs().sqrt().neg());
    assertThat(chain.compiled().program().code()).hasSizeGreaterThanOrEqualTo(10);
    try (Scenario s = new Scenario();
        Device device = Device.of(s.backend)) {
      Tensor x = device.tensor(new float[] {0.5f, -1, 2}, 3).requiresGrad(true);
      Tensor y = device.tensor(new float[] {0.25f, 1, -0.5f}, 3).requiresGrad(true);
      try (Step _ = device.step()) {
        Emulator.resetCounters();
        Tensor z = chain.apply(x, y);
        assertThat(Emulator.counter("launches")).isEqualTo(1);
        z.sum().backward();
        device.backend().synchronize();
        assertThat(Emulator.counter("kernel.pointwise")).isEqualTo(2);
      }
    }
  }

  /** A focal loss and GELU, forward and backward: by tensor operations, and as formulas. */
  @Test
  void formulasTakeFewKernels() {
    Pointwise focal =
        Pointwise.of(
            "focal",
            (x, t) -> {
              Expr p = x.sigmoid();
              Expr wrong = p.add(t).sub(p.mul(t).mul(2));
              return wrong.square().mul(x.softplus().sub(t.mul(x)));
            });
    Pointwise gelu = Pointwise.of("gelu", x -> x.mul(0.5f).mul(x.mul(0.70710678f).erf().add(1)));
    assertThat(
            List.of(
                kernels(CudaPointwiseTest::focalByOperations),
                kernels((x, t) -> focal.apply(x, t).mean()),
                kernels((x, t) -> focal.mean(x, t))))
        .as("focal loss: operations, formula, formula with its mean")
        .containsExactly(38L, 4L, 2L);
    assertThat(
            List.of(
                kernels((x, _) -> x.mul(0.5f).mul(x.mul(0.70710678f).erf().add(1)).sum()),
                kernels((x, _) -> gelu.apply(x).sum())))
        .as("GELU: operations, formula")
        .containsExactly(13L, 4L);
  }

  /** One block writes the number itself; the sums of more are added up by a second launch. */
  @Test
  void aReductionTakesOneKernelOrTwo() {
    try (Scenario s = new Scenario()) {
      for (int n : new int[] {1000, 5000}) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        Buffer x = s.upload(ones);
        Buffer y = s.room(1);
        Emulator.resetCounters();
        s.backend.pointwiseReduce(
            spec(n), ReduceOp.MEAN, new float[] {2}, new Buffer[] {x, x}, y, new Buffer[0]);
        s.backend.synchronize();
        assertThat(Emulator.counter("launches")).isEqualTo(n == 1000 ? 1 : 2);
        assertThat(s.download(y, 1)).containsExactly(3);
      }
    }
  }

  private static Tensor focalByOperations(Tensor x, Tensor t) {
    Tensor p = x.sigmoid();
    Tensor wrong = p.add(t).sub(p.mul(t).mul(2));
    Tensor softplus = x.relu().add(x.abs().neg().exp().add(1).log());
    return wrong.square().mul(softplus.sub(t.mul(x))).mean();
  }

  private static long kernels(BinaryOperator<Tensor> loss) {
    try (Scenario s = new Scenario();
        Device device = Device.of(s.backend)) {
      Tensor x = device.tensor(new float[] {0.5f, -1, 2}, 3).requiresGrad(true);
      Tensor t = device.tensor(new float[] {0, 1, 1}, 3);
      try (Step _ = device.step()) {
        Emulator.resetCounters();
        loss.apply(x, t).backward();
        device.backend().synchronize();
        return Emulator.counter("launches");
      }
    }
  }
}
