package io.cortado.benchmarks;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.GemmSpec;
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

/** Square matrix products: milliseconds a call, and so {@code 2e-6 n^3 / ms} GFLOP/s. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GemmBenchmark {

  @Param({"256", "512", "1024", "2048"})
  int n;

  @Param({"NN", "NT", "TN", "TT"})
  String form;

  @Param({"1", "2"})
  int threads;

  private Device device;
  private Backend backend;
  private GemmSpec spec;
  private Buffer a;
  private Buffer b;
  private Buffer c;

  /** Opens the device and makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    backend = device.backend();
    spec = GemmSpec.of(n, n, n, form.charAt(0) == 'T', form.charAt(1) == 'T');
    a = operand();
    b = operand();
    c = operand();
  }

  private Buffer operand() {
    Buffer x = device.root().scratch(DType.FLOAT32, (long) n * n);
    backend.fill(x, (long) n * n, 0.5f);
    return x;
  }

  /** Closes the device. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** Multiplies. */
  @Benchmark
  public void multiply() {
    backend.gemm(spec, 1, a, b, 0, c);
  }
}
