package io.cortado.benchmarks;

import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
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
 * From which size on a second thread pays: a light and a heavy function over n numbers, whole on
 * the calling thread and in two halves.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ThinWorkBenchmark {

  /** What is computed. */
  public enum Work {
    LIGHT(UnaryOp.RELU),
    HEAVY(UnaryOp.TANH);

    private final UnaryOp op;

    Work(UnaryOp op) {
      this.op = op;
    }
  }

  @Param Work kind = Work.LIGHT;

  @Param({"4096", "8192", "16384", "32768", "65536"})
  int n = 4096;

  private final VectorOps ops = Simd.choose(Simd.Choice.AUTO).ops();
  private Workers workers;
  private float[] x;
  private float[] y;
  private BlockTask half;

  /** Starts the threads and makes the numbers. */
  @Setup(Level.Trial)
  public void open() {
    workers = new Workers(2);
    x = new float[n];
    y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.sin(i);
    }
    int size = n / 2;
    half = (block, worker) -> ops.unary(kind.op, size, x, block * size, y, block * size);
  }

  /** Ends the threads. */
  @TearDown(Level.Trial)
  public void close() {
    workers.close();
  }

  /** All on the calling thread. */
  @Benchmark
  public void one() {
    ops.unary(kind.op, n, x, 0, y, 0);
  }

  /** Two halves. */
  @Benchmark
  public void two() {
    workers.run(2, half);
  }
}
