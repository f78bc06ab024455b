package io.cortado.models.autoencoder;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.ModelDescription;
import java.nio.file.Path;
import java.util.Map;

/** What a trained autoencoder makes of images. */
public final class CodeProbe {

  private CodeProbe() {}

  public static Map<String, float[]> outputs(
      Path weights, ModelDescription d, Device device, float[] pixels) {
    CodedNetwork network = CodeForm.trained(weights, d);
    network.init(device, 0);
    network.load(weights);
    network.eval();
    int[] shape = d.input().prepend((int) (pixels.length / d.input().size())).toArray();
    try (Step step = device.inference()) {
      Tensor x = step.tensor(pixels, shape);
      return Map.of(
          "code",
          network.encoder().forward(x).toFloatArray(),
          "output",
          network.forward(x).toFloatArray());
    }
  }
}
