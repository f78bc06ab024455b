package io.cortado.models.texts;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.Zoo;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a classifier of texts says of texts of different lengths, padded as for evaluation. */
public final class TextProbe {

  private TextProbe() {}

  /**
   * Texts.
   *
   * @param ids {@code [texts, length]}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Said(int[] ids, int length, float[] scores) {}

  public static Said scores(Path weights, ModelDescription d, Device device, List<int[]> texts) {
    if (!(Zoo.find(d.name()) instanceof TextClassifier model)) {
      throw new AssertionError(d.name());
    }
    TextNetwork network = model.trained(weights, d, device);
    int[] rows = new int[texts.size()];
    Arrays.setAll(rows, i -> i);
    PaddedTexts padded = new PaddedTexts(texts, new int[texts.size()]);
    Padded given = padded.pad(rows, 1);
    try (Step step = device.inference()) {
      Padded batch = padded.pad(rows, network.least());
      return new Said(
          given.ids(),
          given.length(),
          network.forward(TextBatches.of(step, 0, batch)).toFloatArray());
    }
  }
}
