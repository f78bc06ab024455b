package io.cortado.models.autoencoder;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Suggestions;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How an autoencoder is built.
 *
 * @param form dense, convolutional or denoising
 * @param data the set that it is for
 * @param code numbers of the code
 * @param tied whether the decoder has the encoder's weights
 */
record CodeForm(String form, String data, int code, boolean tied) {

  private static final List<String> FORMS = List.of("dense", "convolutional", "denoising");

  /** Returns the form as a weights file keeps it. */
  Map<String, String> options() {
    return Map.of("form", form, "data", data, "code", "" + code, "tied", "" + tied);
  }

  /**
   * Makes the network.
   *
   * @throws InputException if there is no such form, or images cannot be read so
   */
  CodedNetwork network(Shape image) {
    if (!FORMS.contains(form)) {
      throw Suggestions.unknown("form", form, FORMS);
    }
    if (image.dim(0) != 1) {
      throw new InputException(
          "autoencoder draws grey images; those of %s have %d channels"
              .formatted(data, image.dim(0)));
    }
    if (code > image.size()) {
      throw new InputException(
          "--code is %d, but the images of %s have only %d pixels; give less"
              .formatted(code, data, image.size()));
    }
    if (form.equals("dense")) {
      return CodedNetwork.dense(image, code, tied);
    }
    if (image.dim(1) % 4 != 0 || image.dim(2) % 4 != 0) {
      throw new InputException(
          "--form %s halves the images twice: those of %s, %s, cannot be; give --form dense"
              .formatted(form, data, image));
    }
    return CodedNetwork.convolutional(image, code, tied);
  }

  /** Writes a trained network as ONNX: an image goes in, code and image come out. */
  static void export(Path weights, ModelDescription d, Device device, Path onnx) {
    CodedNetwork network = trained(weights, d);
    network.init(device, 0);
    network.load(weights);
    network.eval();
    String notes = "input: grey images, 0 to 1; code: their codes; output: what is made of these";
    OnnxFile.write(
        onnx,
        d,
        notes,
        graph -> {
          try (Step step = device.inference()) {
            Shape batch = d.input().prepend(1);
            LayerExport layers = new LayerExport(graph);
            String input = graph.input(OnnxFile.INPUT, Graph.open(batch));
            Value x = new Value(input, step.zeros(batch.toArray()));
            Value made = layers.add("encoder", network.encoder(), x);
            graph.output("code", made);
            graph.output(OnnxFile.OUTPUT, layers.add("decoder", network.decoder(), made));
          }
        });
  }

  /** Makes the network that a weights file describes. */
  static CodedNetwork trained(Path weights, ModelDescription d) {
    try {
      return new CodeForm(
              d.option("form"),
              d.option("data"),
              Integer.parseInt(d.option("code")),
              Boolean.parseBoolean(d.option("tied")))
          .network(d.input());
    } catch (IllegalArgumentException | InputException e) {
      throw FileException.of(
          weights.toString(),
          "its description of the model cannot be used (" + e.getMessage() + ")",
          "give a file that 'cortado train autoencoder' wrote");
    }
  }
}
