package io.cortado.models;

import io.cortado.io.ModelDescription;
import io.cortado.nn.Module;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.nio.file.Path;

/** Saves the weights after each epoch, for models whose validation chooses nothing. */
public final class LatestWeights implements Callback {

  private final Module network;
  private final Path file;
  private final ModelDescription description;

  /** Makes a callback that writes a file. */
  public LatestWeights(Module network, Path file, ModelDescription description) {
    this.network = network;
    this.file = file;
    this.description = description;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    network.save(file, description);
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    if (why == StopReason.COMPLETED || why == StopReason.BY_CALLBACK) {
      network.save(file, description); // an epoch may have ended before its time
    }
  }
}
