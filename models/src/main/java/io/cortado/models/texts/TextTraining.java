package io.cortado.models.texts;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.metrics.Metrics.accuracy;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.io.ModelDescription;
import io.cortado.models.Run;
import io.cortado.models.classify.TrainingAccuracy;
import io.cortado.models.data.PaddedTexts;
import io.cortado.optim.Adam;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.train.BestModel;
import io.cortado.train.Evaluation;
import io.cortado.train.Inference;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingResult;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Trains a classifier of texts by Adam, the learning rate falling to 0 along a cosine, and ends
 * with the weights of the epoch that was best in validation.
 *
 * @param part names the training in the folder of checkpoints
 * @param file where the best weights are kept
 */
record TextTraining(
    Run run, TextNetwork network, String part, Path file, ModelDescription description) {

  /** Texts of a batch that is only measured. */
  private static final int MEASURED = 128;

  /**
   * How a network is trained.
   *
   * @param batch texts of a step
   * @param unknown of the tokens of a step, how many are read as unknown
   * @param ema the decay of the average of the weights that is measured and kept in their place; 0
   *     for none
   */
  record Recipe(int batch, double lr, int epochs, double unknown, double ema) {}

  /**
   * What a training came to.
   *
   * @param accuracy after each epoch, the share of right answers among some training texts
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Trained(TrainingResult result, double[] accuracy) {}

  /** Trains; the epochs are fewer than the recipe's if the run was stopped. */
  Trained fit(PaddedTexts train, PaddedTexts validation, Recipe recipe) {
    TextBatches batches =
        new TextBatches(
            train, recipe.batch, network.least(), new TextBatches.Draw(run.seed(), recipe.unknown));
    int[] some = IntStream.range(0, Math.min(train.size(), validation.size())).toArray();
    PaddedTexts seen =
        new PaddedTexts(
            Arrays.stream(some).mapToObj(train.texts()::get).toList(),
            Arrays.copyOf(train.labels(), some.length));
    TrainingAccuracy accuracy = new TrainingAccuracy(() -> measure(seen).metric("accuracy"));
    Trainer trainer =
        Trainer.of(network, network::forward)
            .objective(TextTraining::loss)
            .optimizer(new Adam(recipe.lr))
            .scheduleSteps(new CosineAnnealingLR((long) recipe.epochs * batches.batches(0)))
            .metric(accuracy())
            .epochs(recipe.epochs)
            .batchSize(recipe.batch)
            .seed(run.seed())
            .on(new BestModel(file).describedBy(description).restoreAtEnd(), accuracy);
    if (recipe.ema > 0) {
      trainer.average(
          new AveragedModel(network).avgFn(AveragedModel.getEmaAvgFn(recipe.ema)).useBuffers(true));
    }
    TrainingResult result = run.watch(trainer, "texts", part).fit(batches, measured(validation));
    return new Trained(result, accuracy.perEpoch());
  }

  private TextBatches measured(PaddedTexts texts) {
    return new TextBatches(texts, MEASURED, network.least(), null);
  }

  private static Tensor loss(Tensor scores, Batch batch) {
    return crossEntropy(scores, batch.labels());
  }

  /** Measures loss and accuracy on some texts, nothing learnt. */
  Evaluation measure(PaddedTexts texts) {
    return Inference.evaluate(
        network, network::forward, TextTraining::loss, measured(texts), accuracy());
  }
}
