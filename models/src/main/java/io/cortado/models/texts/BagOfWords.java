package io.cortado.models.texts;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.ModelDescription;
import io.cortado.models.Run;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.models.data.Vocabulary;
import io.cortado.nn.EmbeddingBag;
import io.cortado.nn.Parameter;
import io.cortado.nn.init.Initializers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Logistic regression on which tokens a text has, whatever their order: what a classifier of texts
 * is to be measured beside.
 *
 * <p>It reads each text to its end. A token counts once, however often it is there.
 */
final class BagOfWords extends TextNetwork {

  private static final TextTraining.Recipe RECIPE = new TextTraining.Recipe(64, 1e-3, 6, 0);

  private final EmbeddingBag weights;
  private final Parameter bias;

  private BagOfWords(int tokens, int classes) {
    weights = child("weights", new EmbeddingBag(tokens, classes).mode(EmbeddingBag.Mode.SUM));
    weights.paddingIdx(Vocabulary.PADDING);
    weights.weight().initializer(Initializers.zeros());
    bias = parameter("bias", Shape.of(classes), Initializers.zeros());
  }

  @Override
  Tensor forward(Step step, Padded batch) {
    Tensor ids = step.tensor(batch.ids(), batch.size(), batch.length());
    return weights.forward(ids).add(bias.value());
  }

  /**
   * Trains one, the epoch chosen by validation as the network's is, and returns what the test says
   * of it.
   */
  static TextTraining.Measured measure(Run run, TextData data) throws IOException {
    int classes = data.source().classes().size();
    BagOfWords network = new BagOfWords(data.vocabulary().size(), classes);
    network.init(run.device(), run.seed());
    Path file = Files.createTempFile("bag-of-words", ".safetensors");
    try {
      ModelDescription description =
          new ModelDescription("bag-of-words", Shape.of(1), data.source().classes(), Map.of());
      TextTraining training = new TextTraining(run, network, file, description);
      List<PaddedTexts> bags = data.whole().stream().map(BagOfWords::bags).toList();
      training.fit(bags.get(0), bags.get(1), RECIPE);
      return training.measure(bags.get(2));
    } finally {
      Files.delete(file);
    }
  }

  private static PaddedTexts bags(PaddedTexts texts) {
    return new PaddedTexts(
        texts.texts().stream().map(t -> Arrays.stream(t).distinct().toArray()).toList(),
        texts.labels());
  }
}
