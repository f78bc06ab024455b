package io.cortado.models.exchange;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.data.Scaling;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import io.cortado.nn.init.FanMode;
import io.cortado.nn.init.Initializers;
import io.cortado.nn.init.Nonlinearity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** AlexNet in the size of the paper, for the table alone: it takes gigabytes. */
final class PublishedAlexNet {

  static final String NAME = "alexnet, 2012";

  private static final int SIDE = 227;
  private static final int SCALED = 256;
  private static final int CLASSES = 1000;

  private PublishedAlexNet() {}

  /**
   * Saves it with random weights, and returns their file.
   *
   * <p>By the paper's own deviations the numbers would shrink from layer to layer, and all pictures
   * have nearly the same scores; these keep their size.
   */
  static Path save(Path dir) throws IOException {
    Path file = Files.createDirectories(dir.resolve("alexnet-2012")).resolve("weights.safetensors");
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList();
    Scaling scaling =
        Scaling.normalize(new float[] {0.5f, 0.5f, 0.5f}, new float[] {0.25f, 0.25f, 0.25f});
    ImageModel model =
        new ImageModel(
            "alexnet", "2012", "noise", Shape.of(3, SIDE, SIDE), SCALED, classes, scaling);
    ModelEntry entry = Zoo.classifier("alexnet");
    try (Device device = Device.cpu()) {
      Layer network = entry.build(model);
      for (Parameter p : network.parameters()) {
        p.initializer(
            p.shape().rank() > 1
                ? Initializers.kaimingNormal(0, FanMode.FAN_IN, Nonlinearity.RELU)
                : Initializers.normal(0, 0.1));
      }
      network.init(device, 1);
      network.save(file, model.toDescription());
    }
    return file;
  }
}
