package io.cortado.models.classify;

import io.cortado.Device;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.Weights;
import io.cortado.models.Zoo;
import io.cortado.nn.Layer;
import java.nio.file.Path;

/**
 * A trained model that was read from a file.
 *
 * @param description what the file says
 * @param network with the file's weights, in evaluation mode
 */
public record Checkpoint(ImageModel description, Layer network) {

  /**
   * Reads a description alone.
   *
   * @throws FileException if the file is not one of Cortado's image classifiers
   */
  public static ImageModel describe(Path file) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      return describe(in);
    }
  }

  /**
   * Reads the description of any model of the zoo.
   *
   * @throws FileException if the file says nothing about its model
   */
  public static ModelDescription description(Path file) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      return description(in);
    }
  }

  private static ImageModel describe(SafetensorsFile in) {
    return ImageModel.of(description(in), in.source());
  }

  private static ModelDescription description(SafetensorsFile in) {
    return Weights.describe(in)
        .orElseThrow(() ->
            FileException.of(
                in.source(),
                "does not say which model its weights are of",
                "give a file that 'cortado train' wrote"));
  }

  /**
   * Reads a model as the file describes it.
   *
   * @throws FileException if the file is not sound, or its weights do not fit its description
   */
  public static Checkpoint read(Path file, Device device) {
    ImageModel model = describe(file);
    return read(file, device, Zoo.classifier(model.model()), model);
  }

  /**
   * Reads the weights of a given model.
   *
   * @throws FileException if the file holds those of another; the message names the first tensor
   *     that differs, with both shapes
   */
  public static Checkpoint read(Path file, Device device, ModelEntry entry, ImageModel model) {
    Layer network = entry.build(model);
    network.init(device, 0);
    network.load(file);
    network.eval();
    return new Checkpoint(model, network);
  }
}
