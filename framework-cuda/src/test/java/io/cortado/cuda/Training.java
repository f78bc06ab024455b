package io.cortado.cuda;

import static io.cortado.loss.Losses.crossEntropy;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.nn.Sequential;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.util.Random;
import java.util.function.Supplier;

/** A network in training on a device, with batches that depend on their numbers alone. */
final class Training implements AutoCloseable {

  static final Supplier<Optimizer> SGD = () -> new SGD(0.01).momentum(0.9);
  static final Supplier<Optimizer> ADAM = () -> new Adam(1e-3);
  private static final int PIXELS = 784;

  final Device device;
  final Sequential model;
  final Optimizer optimizer;
  private final CrossEntropyLoss loss = crossEntropy();
  private final StepGraph graph;
  private final boolean captured;

  Training(Device device, Networks network, Supplier<Optimizer> optimizer, boolean captured) {
    this.device = device;
    this.captured = captured;
    model = network.make();
    model.init(device, 42);
    device.seed(7);
    this.optimizer = optimizer.get().attach(model);
    graph = device.capture(this::body);
  }

  private Tensor body(Tensor[] in) {
    Tensor value = loss.forward(model.forward(in[0]), in[1]);
    value.backward();
    optimizer.step();
    return value;
  }

  StepGraph graph() {
    return graph;
  }

  /** Takes a step on a batch, and returns its loss where it is asked for, else 0. */
  float step(int number, int samples, boolean read) {
    try (Scope batch = device.scope()) {
      Tensor[] in = batch(batch, number, samples);
      if (captured) {
        Tensor value = graph.run(in);
        return read ? value.item() : 0;
      }
      try (Step _ = device.step()) {
        Tensor value = body(in);
        return read ? value.item() : 0;
      }
    }
  }

  /** Returns the losses of so many steps. */
  float[] losses(int steps, int samples) {
    float[] losses = new float[steps];
    for (int i = 0; i < steps; i++) {
      losses[i] = step(i, samples, true);
    }
    return losses;
  }

  /** Ten classes that differ by where their images are bright. */
  static Tensor[] batch(Scope scope, int number, int samples) {
    Random random = new Random(number);
    float[] images = new float[samples * PIXELS];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = random.nextInt(10);
      for (int k = 0; k < PIXELS; k++) {
        float bright = k / 78 == labels[i] ? 1 : 0;
        images[i * PIXELS + k] = 0.5f * bright + 0.5f * random.nextFloat();
      }
    }
    return new Tensor[] {
      scope.tensor(images, samples, 1, 28, 28), scope.tensor(labels, samples),
    };
  }

  float[] parameters() {
    return model.store().toFloatArray();
  }

  @Override
  public void close() {
    device.close();
  }
}
