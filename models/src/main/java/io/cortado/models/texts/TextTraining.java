package io.cortado.models.texts;

import static io.cortado.loss.Losses.crossEntropy;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.optim.Adam;
import io.cortado.optim.CosineAnnealingLR;
import io.cortado.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trains a classifier of texts by Adam, the learning rate falling to 0 along a cosine, and ends
 * with the weights of the epoch that was best in validation.
 *
 * @param file where the best weights are kept
 */
record TextTraining(Run run, TextNetwork network, Path file, ModelDescription description) {

  /** Texts of a batch that is only measured. */
  private static final int MEASURED = 128;

  /**
   * How a network is trained.
   *
   * @param batch texts of a step
   * @param unknown of the tokens of a step, how many are read as unknown
   */
  record Recipe(int batch, double lr, int epochs, double unknown) {}

  /** What an epoch came to: losses, and shares of right answers. */
  record Epoch(double loss, double accuracy, double checkLoss, double checkAccuracy) {}

  /** Mean loss and share of right answers of some texts. */
  record Measured(double loss, double accuracy) {}

  /** Trains; the epochs are fewer than the recipe's if the run was stopped. */
  List<Epoch> fit(PaddedTexts train, PaddedTexts validation, Recipe recipe) {
    int batches = train.byLength(recipe.batch).size();
    CosineAnnealingLR schedule = new CosineAnnealingLR((long) recipe.epochs * batches);
    Optimizer optimizer = new Adam(recipe.lr).attach(network);
    List<Epoch> history = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(run.seed());
    double best = -1;
    long steps = 0;
    boolean more = true;
    for (int e = 0; e < recipe.epochs && more; e++) {
      long begin = System.nanoTime();
      network.train();
      Sum sum = new Sum();
      for (int[] rows : train.shuffled(recipe.batch, run.seed(), e)) {
        optimizer.schedule(schedule, steps++);
        Padded batch = train.pad(rows, network.least()).without(recipe.unknown, random);
        double loss = learn(optimizer, batch, sum);
        more = run.goesOn(steps, () -> loss);
        if (!more) {
          break;
        }
      }
      double seconds = (System.nanoTime() - begin) * 1e-9;
      if (run.stopped()) {
        break;
      }
      Measured check = measure(validation);
      history.add(new Epoch(sum.loss(), sum.accuracy(), check.loss, check.accuracy));
      if (!Double.isFinite(sum.loss())) {
        throw new InputException(
            "the training broke down: the loss became infinite; lower --lr (it is %s)"
                .formatted(recipe.lr));
      }
      run.say(
          "epoch %d/%d  loss %.4f  accuracy %.4f  val_loss %.4f  val_accuracy %.4f  %,.0f texts/s",
          e + 1,
          recipe.epochs,
          sum.loss(),
          sum.accuracy(),
          check.loss,
          check.accuracy,
          sum.count / seconds);
      if (check.accuracy > best) {
        best = check.accuracy;
        network.save(file, description);
      }
    }
    if (best >= 0) {
      network.load(file);
    }
    return history;
  }

  private double learn(Optimizer optimizer, Padded batch, Sum sum) {
    Device device = network.device();
    try (Step step = device.step()) {
      Tensor scores = network.forward(step, batch);
      Tensor loss = crossEntropy(scores, step.tensor(batch.labels(), batch.size()));
      loss.backward();
      optimizer.step();
      double value = loss.item();
      sum.add(value, scores.toFloatArray(), batch.labels());
      return value;
    }
  }

  /** Measures some texts, nothing learnt. */
  Measured measure(PaddedTexts texts) {
    network.eval();
    Sum sum = new Sum();
    for (int[] rows : texts.byLength(MEASURED)) {
      Padded batch = texts.pad(rows, network.least());
      try (Step step = network.device().inference()) {
        Tensor scores = network.forward(step, batch);
        Tensor loss = crossEntropy(scores, step.tensor(batch.labels(), batch.size()));
        sum.add(loss.item(), scores.toFloatArray(), batch.labels());
      }
    }
    return new Measured(sum.loss(), sum.accuracy());
  }

  /** Adds up what batches came to. */
  private static final class Sum {
    private double loss;
    private int right;
    private int count;

    void add(double meanLoss, float[] scores, int[] labels) {
      loss += meanLoss * labels.length;
      count += labels.length;
      int classes = scores.length / labels.length;
      for (int i = 0; i < labels.length; i++) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
          best = scores[i * classes + c] > scores[i * classes + best] ? c : best;
        }
        right += best == labels[i] ? 1 : 0;
      }
    }

    double loss() {
      return loss / count;
    }

    double accuracy() {
      return (double) right / count;
    }
  }
}
