import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.metrics.Metrics.accuracy;
import static io.cortado.nn.Layers.*;

import io.cortado.*;
import io.cortado.data.*;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.train.*;
import java.nio.file.Path;
import java.util.Random;

/** Trains a network to tell two interleaved half moons apart, saves it, loads it and asks it. */
void main(String[] args) {
  String where = args.length > 0 ? args[0] : "cpu";
  Path file = Path.of("moons.safetensors");

  try (Device device = Device.open(where)) {
    Layer model = network().init(device, 42);
    Dataset.Split data = moons(1000).split(0.8, 42);
    TrainingResult result =
        Trainer.of(model)
            .loss(crossEntropy())
            .optimizer(new Adam(0.01))
            .metric(accuracy())
            .epochs(20)
            .batchSize(50)
            .seed(42)
            .fit(data.train(), data.validation());
    model.save(file);
    IO.println("accuracy %.3f".formatted(result.best().orElseThrow().value("val_accuracy")));
  }

  // The file is all that another program needs, and the network's shape.
  try (Device device = Device.open(where)) {
    Layer model = network().init(device, 0);
    model.load(file);
    model.eval();
    float[] points = {0, 1, 1, -0.5f};
    try (Step step = device.inference()) {
      float[] p = model.forward(step.tensor(points, 2, 2)).softmax(1).toFloatArray();
      IO.println("(0, 1) is of the upper moon: %.3f".formatted(p[0]));
      IO.println("(1, -0.5) is of the lower moon: %.3f".formatted(p[3]));
    }
  }
}

Layer network() {
  return sequential(linear(2, 16), tanh(), linear(16, 16), tanh(), linear(16, 2));
}

/** Points on two half circles, the lower one moved to the right, with some noise. */
Dataset moons(int count) {
  Random random = new Random(1);
  float[] points = new float[2 * count];
  int[] moon = new int[count];
  for (int i = 0; i < count; i++) {
    double angle = Math.PI * random.nextDouble();
    moon[i] = i % 2;
    double x = moon[i] == 0 ? Math.cos(angle) : 1 - Math.cos(angle);
    double y = moon[i] == 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
    points[2 * i] = (float) (x + 0.1 * random.nextGaussian());
    points[2 * i + 1] = (float) (y + 0.1 * random.nextGaussian());
  }
  return ArrayDataset.of(points, moon, 2, 2);
}
