package io.cortado.benchmarks;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.nn.Embedding;
import io.cortado.optim.Adagrad;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import io.cortado.optim.SparseAdam;
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
 * A training step of a table of which a batch reads a few rows: forward, backward and update, with
 * gradients of the whole table and of these rows alone.
 *
 * <p>{@code benchmarks/src/main/python/embedding_step.py} times the same steps in PyTorch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class EmbeddingStepBenchmark {

  private static final int WIDTH = 64;
  private static final int BATCH = 512;

  /** So many that a batch's rows of a large table have left the caches when it comes again. */
  private static final int BATCHES = 64;

  /** What takes the step. */
  public enum Update {
    /** Without momentum. */
    SGD,
    /** With PyTorch's defaults. */
    ADAGRAD,
    /** Adam, and SparseAdam where gradients are sparse. */
    ADAM;

    Optimizer make(boolean sparse) {
      return switch (this) {
        case SGD -> new SGD(1e-2);
        case ADAGRAD -> new Adagrad(1e-2);
        case ADAM -> sparse ? new SparseAdam(1e-3) : new Adam(1e-3);
      };
    }
  }

  /** Rows of the table. */
  @Param({"10000", "100000"})
  int rows;

  /** The optimizer. */
  @Param({"SGD", "ADAGRAD", "ADAM"})
  Update update;

  /** Whether gradients list their rows. */
  @Param({"false", "true"})
  boolean sparse;

  /** Threads of the backend. */
  @Param({"1", "2"})
  int threads;

  private Device device;
  private Embedding table;
  private Optimizer optimizer;
  private final Tensor[] batches = new Tensor[BATCHES];
  private int next;

  /** Makes the table and the batches. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    table = new Embedding(rows, WIDTH).sparse(sparse);
    table.init(device, 1);
    optimizer = update.make(sparse).attach(table);
    Random random = new Random(1);
    for (int i = 0; i < BATCHES; i++) {
      batches[i] = device.tensor(random.ints(BATCH, 0, rows).toArray(), BATCH);
    }
  }

  /** Closes the device. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** A step. */
  @Benchmark
  public void step() {
    Tensor batch = batches[next];
    next = (next + 1) % BATCHES;
    try (Step _ = device.step()) {
      table.forward(batch).square().mean().backward();
      optimizer.step();
    }
  }
}
