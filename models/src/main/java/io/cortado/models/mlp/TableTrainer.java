package io.cortado.models.mlp;

import io.cortado.data.Dataset;
import io.cortado.loss.BCEWithLogitsLoss;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.loss.Loss;
import io.cortado.loss.MSELoss;
import io.cortado.models.Run;
import io.cortado.models.classify.Recipe;
import io.cortado.nn.Sequential;
import io.cortado.train.Inference;
import io.cortado.train.Trainer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table's networks and their trainers, all with the same settings.
 *
 * @param weights whether a rare class counts as much as a frequent one
 * @param patience after how many epochs that were no better a search ends; 0 for never
 */
record TableTrainer(Run run, DenseNet net, Recipe recipe, boolean weights, int patience) {

  private static final int PREDICTED_AT_ONCE = 512;

  /** Makes a network, always of the same first weights. */
  Sequential network(TaskData data, Coding coding) {
    Sequential network = net.build(data.table().inputs().size(), data.outputs(), coding.end());
    network.init(run.device(), run.seed());
    return network;
  }

  /**
   * Returns a trainer whose learning rate falls to 0 at the last of all the recipe's epochs.
   *
   * @param rows on how many it trains
   * @param part which of the coding's trainings it is
   */
  Trainer trainer(TaskData data, Coding coding, Sequential network, int rows, String part) {
    int batch = Math.min(recipe.batchSize(), rows);
    return run.watch(
        Trainer.of(network)
            .loss(loss(coding, weights ? data.balance() : null))
            .optimizer(recipe.optimizer().create(recipe.lr(), recipe.weightDecay()))
            .scheduleSteps(recipe.withBatchSize(batch).schedule(rows))
            .epochs(recipe.epochs())
            .batchSize(batch)
            .prefetch(0) // rows are in memory, and steps too short to wait for another thread
            .captureSteps(true)
            .seed(run.seed()),
        "rows",
        coding.label() + "-" + part);
  }

  private static Loss loss(Coding coding, float @Nullable [] balance) {
    return switch (coding.loss()) {
      case "ce" -> {
        CrossEntropyLoss loss = new CrossEntropyLoss().labelSmoothing(coding.smoothing());
        yield balance == null ? loss : loss.weight(balance);
      }
      case "bce" ->
          balance == null ? new BCEWithLogitsLoss() : new BCEWithLogitsLoss().posWeight(balance);
      default -> new MSELoss();
    };
  }

  static float[] predict(Sequential network, Dataset rows) {
    return Inference.predict(network, rows, PREDICTED_AT_ONCE).values();
  }
}
