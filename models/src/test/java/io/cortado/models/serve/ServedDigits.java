package io.cortado.models.serve;

import io.cortado.Device;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.data.DataSets;
import io.cortado.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;

/** A LeNet-5 that has learned nothing, as a file to serve. */
final class ServedDigits {

  private ServedDigits() {}

  /** Writes it into a folder; returns the file. */
  static Path in(Path folder) throws IOException {
    Path weights = folder.resolve("weights.safetensors");
    ModelEntry entry = Zoo.classifier("lenet5");
    ImageModel model = ImageModel.of(entry, "1998", DataSets.image("mnist").info());
    try (Device device = Device.cpu()) {
      Layer network = entry.build(model);
      network.init(device, 3);
      network.save(weights, model.toDescription());
    }
    return weights;
  }
}
