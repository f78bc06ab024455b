package io.cortado.benchmarks;

import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * What it costs to hand work to the other threads and to wait for them.
 *
 * <p>{@link #empty} is blocks that do nothing, most of which the calling thread does itself. In
 * {@link #together} every thread has a block, and ends it when all have begun: the way there and
 * back, which must be below 5 microseconds. {@link #work} is a loop of {@code nanos} on one thread,
 * cut in as many blocks as there are threads: where it takes as long as on one thread, work is too
 * thin to be shared.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ForkJoinBenchmark {

  /** Between two results of one thread and the next: two cache lines, as the prefetcher takes. */
  private static final int APART = 32;

  @Param({"1", "2"})
  int threads = 2;

  @Param({"1000", "2000", "4000", "8000", "16000"})
  int nanos = 1000;

  private Workers workers;
  private double[] results;
  private BlockTask nothing;
  private BlockTask part;
  private BlockTask meet;
  private final AtomicInteger present = new AtomicInteger();
  private int rounds;

  /** Starts the threads and finds how many rounds of the loop take the time. */
  @Setup(Level.Trial)
  public void open() {
    workers = new Workers(threads);
    results = new double[APART * threads];
    nothing = (block, worker) -> {};
    meet =
        (block, worker) -> {
          present.incrementAndGet();
          while (present.get() < threads) {
            Thread.onSpinWait();
          }
        };
    double perRound = Double.MAX_VALUE;
    for (int i = 0; i < 2000; i++) {
      long t = System.nanoTime();
      results[0] += spin(10_000);
      perRound = Math.min(perRound, (System.nanoTime() - t) / 1e4);
    }
    rounds = (int) (nanos / perRound / threads);
    part = (block, worker) -> results[block * APART] = spin(rounds);
  }

  /** A chain of additions, whose time depends on nothing but its length. */
  private static double spin(int rounds) {
    double x = 0;
    for (int i = 0; i < rounds; i++) {
      x += 1e-9;
    }
    return x;
  }

  /** Ends the threads. */
  @TearDown(Level.Trial)
  public void close() {
    workers.close();
  }

  /** Hands out nothing. */
  @Benchmark
  public void empty() {
    workers.run(threads, nothing);
  }

  /** Has every thread begin a block. */
  @Benchmark
  public void together() {
    present.set(0);
    workers.run(threads, meet);
  }

  /** Hands out the loop's parts. */
  @Benchmark
  public void work() {
    workers.run(threads, part);
  }
}
