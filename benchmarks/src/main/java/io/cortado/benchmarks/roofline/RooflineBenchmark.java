package io.cortado.benchmarks.roofline;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackendProvider;
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
 * Each memory-bound kernel beside its bound, in a JVM of its own: microseconds a call.
 *
 * <p>{@code ./cortado bench --roofline} prints the whole table in a few minutes; this is for one
 * kernel with JMH's profilers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class RooflineBenchmark {

  @Param MemoryKernel kernel = MemoryKernel.RELU;

  @Param Place place = Place.CACHE;

  @Param({"1", "2"})
  int threads = 1;

  private Backend backend;
  private Limits limits;
  private Runnable call;
  private int elements;

  /** Opens the backend and makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    backend = new CpuBackendProvider().open(BackendOptions.DEFAULTS.withThreads(threads));
    Operands operands = new Operands(backend, place.rows(), place.cols());
    call = kernel.make(operands);
    elements = (int) ((long) operands.n() * kernel.arrays() / kernel.bound().arrays());
    limits = new Limits(threads, elements);
  }

  /** Closes both. */
  @TearDown(Level.Trial)
  public void close() {
    limits.close();
    backend.close();
  }

  /** The kernel. */
  @Benchmark
  public void kernel() {
    call.run();
  }

  /** The loop that bounds it, over as many bytes. */
  @Benchmark
  public void bound() {
    limits.run(kernel.bound(), elements);
  }
}
