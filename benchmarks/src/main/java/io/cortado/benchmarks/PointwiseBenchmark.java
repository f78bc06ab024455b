package io.cortado.benchmarks;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.loss.Losses;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Formulas as programs against kernels of their own and against tensor operations one by one:
 * forward and backward, one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class PointwiseBenchmark {

  private static final Pointwise CROSS_ENTROPY =
      Pointwise.of("crossEntropy", (x, t) -> x.softplus().sub(t.mul(x)));

  private static final Pointwise FOCAL = Pointwise.of("focal", PointwiseBenchmark::focal);

  private static final Pointwise GELU =
      Pointwise.of("gelu", x -> x.mul(0.5f).mul(x.mul(0.70710678f).erf().add(1)));

  /** How many elements: in the second cache, and in memory. */
  @Param({"65536", "4194304"})
  int n;

  private Device device;
  private Tensor x;
  private Tensor t;

  private static Expr focal(Expr x, Expr t) {
    Expr p = x.sigmoid();
    Expr wrong = p.add(t).sub(p.mul(t).mul(2));
    return wrong.square().mul(x.softplus().sub(t.mul(x)));
  }

  /** Opens a backend of one thread. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(1));
    Random random = new Random(1);
    float[] logits = new float[n];
    float[] targets = new float[n];
    for (int i = 0; i < n; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
      targets[i] = random.nextInt(2);
    }
    x = device.tensor(logits, n).requiresGrad(true);
    t = device.tensor(targets, n);
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** The built-in binary cross-entropy. */
  @Benchmark
  public void crossEntropyKernel() {
    try (Step _ = device.step()) {
      Losses.bceWithLogits(x, t).backward();
    }
  }

  /** The same as a formula. */
  @Benchmark
  public void crossEntropyFormula() {
    try (Step _ = device.step()) {
      CROSS_ENTROPY.mean(x, t).backward();
    }
  }

  /** A focal loss as a formula. */
  @Benchmark
  public void focalFormula() {
    try (Step _ = device.step()) {
      FOCAL.mean(x, t).backward();
    }
  }

  /** A focal loss by tensor operations. */
  @Benchmark
  public void focalOperations() {
    try (Step _ = device.step()) {
      Tensor p = x.sigmoid();
      Tensor wrong = p.add(t).sub(p.mul(t).mul(2));
      Tensor softplus = x.relu().add(x.abs().neg().exp().add(1).log());
      wrong.square().mul(softplus.sub(t.mul(x))).mean().backward();
    }
  }

  /** The error function, which is what GELU takes time for, by kernels of its own. */
  @Benchmark
  public void erfKernel() {
    try (Step _ = device.step()) {
      x.erf().sum().backward();
    }
  }

  /** The tanh, which has kernels of its own. */
  @Benchmark
  public void tanhKernel() {
    try (Step _ = device.step()) {
      x.tanh().sum().backward();
    }
  }

  /** GELU as a formula. */
  @Benchmark
  public void geluFormula() {
    try (Step _ = device.step()) {
      GELU.apply(x).sum().backward();
    }
  }

  /** GELU by tensor operations. */
  @Benchmark
  public void geluOperations() {
    try (Step _ = device.step()) {
      x.mul(0.5f).mul(x.mul(0.70710678f).erf().add(1)).sum().backward();
    }
  }
}
