package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.io.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the weights of the best epoch in a file, which is replaced as a whole or not at all.
 *
 * <p>A training that ends before its first epoch is done leaves the weights it has.
 */
public final class BestModel implements Resumable {

  private final Path file;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private @Nullable Monitor chosen;
  private boolean restore;
  private double best = Double.NaN;
  private int bestEpoch;
  private boolean restored;

  /**
   * Makes a callback that watches what the trainer's {@link Trainer#monitor} names; the file's
   * folder is made if need be.
   */
  public BestModel(Path file) {
    this.file = file;
  }

  /** Puts the model's description into the file. */
  public BestModel describedBy(ModelDescription model) {
    return metadata(Weights.MODEL, model.toJson());
  }

  /** Puts a text into the file's metadata. */
  public BestModel metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Watches another number. */
  public BestModel monitor(Monitor watched) {
    chosen = watched;
    return this;
  }

  /** Loads the best weights into the model at the end. */
  public BestModel restoreAtEnd() {
    restore = true;
    return this;
  }

  /** Returns where the weights are. */
  public Path file() {
    return file;
  }

  /**
   * Returns the number of the epoch whose weights are in the file, from 1; 0 if none was finished.
   */
  public int bestEpoch() {
    return bestEpoch;
  }

  private Monitor watched(TrainingContext training) {
    return chosen == null ? training.monitor() : chosen;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    training.checked("bestModel", watched(training));
    if (!restored) {
      best = Double.NaN;
      bestEpoch = 0;
    } else if (bestEpoch > 0 && !Files.exists(file)) {
      throw FileException.of(
          file.toString(),
          "is missing: it held the weights of epoch " + bestEpoch + ", the best so far",
          "put it back, or resume without this callback");
    }
    restored = false;
    createFolder(file);
  }

  @Override
  public Map<String, String> state() {
    return Map.of("best", Double.toString(best), "best_epoch", Integer.toString(bestEpoch));
  }

  @Override
  public void restore(Map<String, String> state) {
    StateTexts texts = new StateTexts("the state of bestModel", state);
    best = texts.number("best");
    bestEpoch = texts.count("best_epoch");
    restored = true;
  }

  static void createFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    Monitor watched = watched(training);
    double value = result.value(watched.name());
    if (bestEpoch == 0 || watched.isBetter(value, best, 0)) {
      save(training, result.epoch());
      best = value;
      bestEpoch = result.epoch();
    }
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    if (bestEpoch == 0 && (why == StopReason.REQUESTED || why == StopReason.BY_CALLBACK)) {
      save(training, 0);
    } else if (bestEpoch > 0 && restore && why != StopReason.FAILED) {
      Map<String, Tensor> state = training.model().stateDict();
      Weights.load(file, state);
      training.model().stateLoaded();
    }
  }

  private void save(TrainingContext training, int epoch) {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put("cortado.epoch", Integer.toString(epoch));
    Weights.save(file, training.model().stateDict(), all);
  }
}
