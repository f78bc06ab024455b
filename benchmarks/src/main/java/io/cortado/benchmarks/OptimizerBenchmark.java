package io.cortado.benchmarks;

import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.nn.Sequential;
import io.cortado.optim.ASGD;
import io.cortado.optim.Adadelta;
import io.cortado.optim.Adagrad;
import io.cortado.optim.Adam;
import io.cortado.optim.AdamW;
import io.cortado.optim.Adamax;
import io.cortado.optim.NAdam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.RAdam;
import io.cortado.optim.RMSprop;
import io.cortado.optim.Rprop;
import io.cortado.optim.SGD;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * A step of each optimizer over one layer of weights, on one thread: SGD, Adam and AdamW by kernels
 * of their own, the others by formulas.
 *
 * <p>Bound: memory. Counting what is read and written, SGD with momentum moves 5 floats an element,
 * Adam and its kin 7.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class OptimizerBenchmark {

  /** An optimizer with its usual settings. */
  public enum Kind {
    /** None: what computing the gradient takes, to be taken off from the others. */
    NONE,
    /** With a momentum of 0.9. */
    SGD,
    /** By its kernel. */
    ADAM,
    /** By its kernel. */
    ADAMW,
    /** By a formula. */
    ADAMAX,
    /** By a formula. */
    NADAM,
    /** By a formula. */
    RADAM,
    /** By a formula. */
    RMSPROP,
    /** By a formula. */
    ADAGRAD,
    /** By a formula. */
    ADADELTA,
    /** By a formula. */
    ASGD,
    /** By a formula. */
    RPROP;

    @Nullable Optimizer make() {
      return switch (this) {
        case NONE -> null;
        case SGD -> new SGD(1e-3).momentum(0.9);
        case ADAM -> new Adam(1e-3);
        case ADAMW -> new AdamW(1e-3);
        case ADAMAX -> new Adamax();
        case NADAM -> new NAdam();
        case RADAM -> new RAdam();
        case RMSPROP -> new RMSprop(1e-3);
        case ADAGRAD -> new Adagrad();
        case ADADELTA -> new Adadelta();
        case ASGD -> new ASGD();
        case RPROP -> new Rprop();
      };
    }
  }

  /** Rows and columns of the matrix: 262,144 weights are in the caches, 4,194,304 in memory. */
  @Param({"512", "2048"})
  int n;

  /** Which one. */
  @Param Kind optimizer;

  private Device device;
  private Sequential model;
  private Tensor x;
  private @Nullable Optimizer steps;

  /** Makes the weights. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(1));
    model = sequential(linear(n, n));
    model.init(device, 1);
    Optimizer made = optimizer.make();
    steps = made == null ? null : made.attach(model);
    Random random = new Random(2);
    float[] row = new float[n];
    for (int i = 0; i < n; i++) {
      row[i] = (float) random.nextGaussian();
    }
    x = device.tensor(row, 1, n);
  }

  /** Closes the backend. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** The gradient by a batch of one, and a step. */
  @Benchmark
  public void step() {
    try (Step _ = device.step()) {
      model.forward(x).sum().backward();
      if (steps != null) {
        steps.step();
      }
    }
  }
}
