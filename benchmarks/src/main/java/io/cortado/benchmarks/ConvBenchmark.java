package io.cortado.benchmarks;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * 3x3 convolutions of the AlexNets and their gradients: milliseconds a call, and GFLOP/s of a
 * direct sum, which Winograd may exceed the machine's peak in.
 *
 * <p>With {@code -jvmArgsAppend -Dcortado.cpu.winograd=off} for the direct way.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ConvBenchmark {

  private static final double FLOPS_PER_MULTIPLY_ADD = 2;

  /** Batch, input channels, height and width, output channels. */
  @Param({"64,64,16,192", "64,192,8,384", "64,384,8,256", "64,256,8,256", "8,384,13,256"})
  String layer;

  @Param({"1", "2"})
  int threads;

  private Device device;
  private Backend backend;
  private ConvSpec spec;
  private Buffer x;
  private Buffer w;
  private Buffer y;

  /** Counts what was computed, by the definition. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Work {

    private long flops;
    private long nanos;

    /** Returns the rate. */
    public double gflops() {
      return nanos == 0 ? 0 : (double) flops / nanos;
    }

    /** Starts anew. */
    @Setup(Level.Iteration)
    public void clear() {
      flops = 0;
      nanos = 0;
    }

    private void add(ConvSpec spec, long since) {
      nanos += System.nanoTime() - since;
      flops += (long) (FLOPS_PER_MULTIPLY_ADD * spec.multiplyAdds());
    }
  }

  /** Opens the device and makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    String[] extents = layer.split(",", -1);
    int n = Integer.parseInt(extents[0]);
    int c = Integer.parseInt(extents[1]);
    int side = Integer.parseInt(extents[2]);
    int k = Integer.parseInt(extents[3]);
    spec = new ConvSpec(n, c, side, side, k, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.IDENTITY);
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    backend = device.backend();
    x = operand(spec.inputShape());
    w = operand(spec.weightShape());
    y = operand(spec.outputShape());
  }

  private Buffer operand(Shape shape) {
    Buffer buffer = device.root().scratch(DType.FLOAT32, shape.size());
    backend.fill(buffer, shape.size(), 0.5f);
    return buffer;
  }

  /** Closes the device. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** Convolves. */
  @Benchmark
  public void forward(Work work) {
    long start = System.nanoTime();
    backend.conv(spec, x, w, null, y);
    work.add(spec, start);
  }

  /** Computes the gradient of the input. */
  @Benchmark
  public void backwardData(Work work) {
    long start = System.nanoTime();
    backend.convBackwardData(spec, y, w, 0, x);
    work.add(spec, start);
  }

  /** Computes the gradient of the weights. */
  @Benchmark
  public void backwardFilter(Work work) {
    long start = System.nanoTime();
    backend.convBackwardFilter(spec, x, y, 0, w);
    work.add(spec, start);
  }
}
