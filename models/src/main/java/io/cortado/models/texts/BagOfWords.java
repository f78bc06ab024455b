package io.cortado.models.texts;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.io.ModelDescription;
import io.cortado.models.Run;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.Vocabulary;
import io.cortado.nn.EmbeddingBag;
import io.cortado.nn.Parameter;
import io.cortado.nn.init.Initializers;
import io.cortado.train.Evaluation;
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

  private static final TextTraining.Recipe RECIPE = new TextTraining.Recipe(64, 1e-3, 6, 0, 0);

  private static final String PART = "bag-of-words";

  private final EmbeddingBag weights;
  private final Parameter bias;

  private BagOfWords(int tokens, int classes) {
    weights = child("weights", new EmbeddingBag(tokens, classes).mode(EmbeddingBag.Mode.SUM));
    weights.paddingIdx(Vocabulary.PADDING);
    weights.weight().initializer(Initializers.zeros());
    bias = parameter("bias", Shape.of(classes), Initializers.zeros());
  }

  @Override
  Tensor forward(Batch batch) {
    return weights.forward(batch.inputs()).add(bias.value());
  }

  @Override
  String export(TextExport.Texts texts) {
    throw new UnsupportedOperationException("a bag of words is measured, and not kept");
  }

  /**
   * Trains one, the epoch chosen by validation as the network's is, and returns what the test says
   * of it.
   */
  static Evaluation measure(Run run, TextData data) {
    List<String> classes = data.source().classes();
    BagOfWords network = new BagOfWords(data.vocabulary().size(), classes.size());
    network.init(run.device(), run.seed());
    Path file = run.folder().checkpoints().resolve(PART).resolve("best.safetensors");
    ModelDescription description = new ModelDescription(PART, Shape.of(1), classes, Map.of());
    TextTraining training = new TextTraining(run, network, PART, file, description);
    List<PaddedTexts> bags = data.whole().stream().map(BagOfWords::bags).toList();
    TextTraining.Trained unused = training.fit(bags.get(0), bags.get(1), RECIPE);
    return training.measure(bags.get(2));
  }

  private static PaddedTexts bags(PaddedTexts texts) {
    return new PaddedTexts(
        texts.texts().stream().map(t -> Arrays.stream(t).distinct().toArray()).toList(),
        texts.labels());
  }
}
