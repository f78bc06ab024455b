package io.cortado.benchmarks;

import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.maxPool3d;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.nn.AdaptivePool;
import io.cortado.nn.FractionalMaxPool;
import io.cortado.nn.Layers;
import io.cortado.nn.MaxPool2d;
import io.cortado.nn.MaxPool3d;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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
 * Poolings by the maximum, with and without places: forward, and forward and backward.
 *
 * <p>{@code benchmarks/src/main/python/max_pool.py} times the same in PyTorch, and a copy.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class MaxPoolBenchmark {

  private static final Shape IMAGES = Shape.of(32, 64, 56, 56);
  private static final Shape VOLUMES = Shape.of(4, 32, 16, 56, 56);

  /** What is pooled, and how. */
  public enum Kind {
    /** Windows of 2 x 2 side by side. */
    IMAGES_2(IMAGES, maxPool2d(2)::forward),
    /** The same with places. */
    IMAGES_2_PLACES(IMAGES, places(maxPool2d(2))),
    /** Windows of 3 x 3 that overlap, with places. */
    IMAGES_3_PLACES(IMAGES, places(maxPool2d(3).stride(2).padding(1))),
    /** Fractional windows of 2 x 2; places are always computed. */
    FRACTIONAL(IMAGES, new FractionalMaxPool(2, 2).outputSize(28)::forward),
    /** Windows of 2 x 2 x 2 side by side. */
    VOLUMES_2(VOLUMES, maxPool3d(2)::forward),
    /** The same with places. */
    VOLUMES_2_PLACES(VOLUMES, places(maxPool3d(2))),
    /** Windows of 3 x 3 x 3 that overlap, with places. */
    VOLUMES_3_PLACES(VOLUMES, places(maxPool3d(3).stride(2).padding(1))),
    /** Windows of several extents, with places. */
    ADAPTIVE_PLACES(VOLUMES, places(Layers.adaptiveMaxPool3d(7, 7, 7))),
    /** Fractional windows of 2 x 2 x 2; places are always computed. */
    FRACTIONAL_VOLUMES(VOLUMES, new FractionalMaxPool(3, 2).outputSize(8, 28, 28)::forward),
    /** As much read and written as the poolings by 2 read: a copy, to compare with. */
    COPY(IMAGES, x -> x.add(0));

    private final Shape input;
    private final UnaryOperator<Tensor> pooling;

    Kind(Shape input, UnaryOperator<Tensor> pooling) {
      this.input = input;
      this.pooling = pooling;
    }

    private static UnaryOperator<Tensor> places(MaxPool2d layer) {
      return x -> layer.forwardWithIndices(x).values();
    }

    private static UnaryOperator<Tensor> places(MaxPool3d layer) {
      return x -> layer.forwardWithIndices(x).values();
    }

    private static UnaryOperator<Tensor> places(AdaptivePool layer) {
      return x -> layer.forwardWithIndices(x).values();
    }
  }

  /** The pooling. */
  @Param Kind kind;

  /** Threads of the backend. */
  @Param({"1", "2"})
  int threads;

  private Device device;
  private Tensor plain;
  private Tensor trained;

  /** Fills the input. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    Random random = new Random(1);
    float[] values = new float[Math.toIntExact(kind.input.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    plain = device.tensor(values, kind.input.toArray());
    trained = device.tensor(values, kind.input.toArray()).requiresGrad(true);
  }

  /** Closes the device. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** The pooling alone. */
  @Benchmark
  public void forward() {
    try (Step _ = device.step()) {
      Tensor unused = kind.pooling.apply(plain);
    }
  }

  /** The pooling, its sum, and the gradient of the input. */
  @Benchmark
  public void forwardAndBackward() {
    try (Step _ = device.step()) {
      trained.zeroGrad();
      kind.pooling.apply(trained).sum().backward();
    }
  }
}
