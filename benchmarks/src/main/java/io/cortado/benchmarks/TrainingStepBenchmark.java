package io.cortado.benchmarks;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.scaledTanh;
import static io.cortado.nn.Layers.sequential;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.nn.Layer;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
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
 * One step of training (forward, backward, SGD with momentum), and the forward pass alone, at a
 * batch of 128.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TrainingStepBenchmark {

  private static final int BATCH = 128;

  @Param({"mlp", "lenet5-modern", "lenet5-1998"})
  String model;

  @Param({"1", "2"})
  int threads;

  private Device device;
  private Layer layers;
  private Optimizer optimizer;
  private Tensor inputs;
  private Tensor labels;

  /** Makes the model and a batch. */
  @Setup(Level.Trial)
  public void open() {
    device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads));
    layers = layers().init(device, 1);
    optimizer = new SGD(0.01).momentum(0.9).attach(layers);
    inputs = device.root().full(0.5f, BATCH, 1, 28, 28);
    labels = device.root().tensor(new int[BATCH], BATCH);
  }

  private Layer layers() {
    return switch (model) {
      case "mlp" ->
          sequential(
              flatten(), linear(784, 512), relu(), linear(512, 256), relu(), linear(256, 10));
      case "lenet5-modern" ->
          sequential(
              conv2d(1, 6, 5).padding(2),
              relu(),
              maxPool2d(2),
              conv2d(6, 16, 5),
              relu(),
              maxPool2d(2),
              flatten(),
              linear(400, 120),
              relu(),
              linear(120, 84),
              relu(),
              linear(84, 10));
      case "lenet5-1998" ->
          sequential(
              conv2d(1, 6, 5).padding(2),
              scaledTanh(),
              avgPool2d(2),
              conv2d(6, 16, 5),
              scaledTanh(),
              avgPool2d(2),
              flatten(),
              linear(400, 120),
              scaledTanh(),
              linear(120, 84),
              scaledTanh(),
              linear(84, 10));
      default -> throw new IllegalArgumentException(model);
    };
  }

  /** Closes the device. */
  @TearDown(Level.Trial)
  public void close() {
    device.close();
  }

  /** Trains on the batch once. */
  @Benchmark
  public void train() {
    try (Step _ = device.step()) {
      crossEntropy(layers.forward(inputs), labels).backward();
      optimizer.step();
    }
  }

  /** Computes the outputs. */
  @Benchmark
  public void forward() {
    try (Step _ = device.inference()) {
      layers.forward(inputs);
    }
  }
}
