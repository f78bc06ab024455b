package io.cortado.train;

import io.cortado.RandomState;
import io.cortado.Tensor;
import io.cortado.data.BatchSource;
import io.cortado.data.DataLoader;
import io.cortado.io.FileException;
import io.cortado.nn.Module;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run's next bits depend on, put into a checkpoint and taken out again.
 *
 * @param model what is trained
 * @param optimizer what trains it
 * @param scaler what scales the loss, null for nothing
 * @param average what averages the weights, null for nothing
 * @param rates the learning rates
 * @param running the epoch's loss so far
 * @param callbacks all of them; {@link Resumable} ones have a state
 * @param fixed what a resumed run must have in common with the one before, in words
 */
record TrainingState(
    Module model,
    Optimizer optimizer,
    @Nullable GradScaler scaler,
    @Nullable AveragedModel average,
    LearningRates rates,
    RunningLoss running,
    List<Callback> callbacks,
    Map<String, String> fixed) {

  /** Under which the run's name for itself is kept. */
  static final String RUN = "run";

  private static final String FIXED = "fixed.";
  private static final String AVERAGE = "average of weights";

  /** What checkpoints of earlier versions do not have. */
  private static final Set<String> LATER =
      Set.of("batches", "loader's batch size", "loader's seed", AVERAGE);

  private static final String CALLBACK = "callback.";

  /** Returns what all runs that go on from each other have in common. */
  static Map<String, String> fixed(
      Optimizer optimizer, long seed, int batchSize, BatchSource source, boolean averages) {
    Map<String, String> fixed = new LinkedHashMap<>();
    fixed.put("optimizer", optimizer.getClass().getSimpleName());
    fixed.put("parameter groups", Integer.toString(optimizer.groups().size()));
    fixed.put("seed", Long.toString(seed));
    fixed.put("batch size", Integer.toString(batchSize));
    fixed.put("samples", Integer.toString(source.samples(0)));
    fixed.put("batches", Integer.toString(source.batches(0)));
    fixed.put(AVERAGE, averages ? "kept" : "none");
    if (source instanceof DataLoader loader) { // which the trainer's own numbers may not be
      fixed.put("loader's batch size", Integer.toString(loader.batchSize()));
      fixed.put("loader's seed", Long.toString(loader.seed()));
    }
    return fixed;
  }

  // ---------------------------------------------------------------- capture

  /**
   * Copies everything into host memory; waits for the device. A state whose loss is not finite is
   * none to go on from.
   *
   * @return whether it was copied
   */
  boolean capture(
      Position at,
      List<EpochResult> history,
      Map<String, String> description,
      Map<String, String> more,
      Snapshot into) {
    StateTexts texts = new StateTexts();
    running.capture(texts);
    if (!running.isFinite()) {
      return false;
    }
    texts.put(StoredCheckpoint.VERSION_KEY, StoredCheckpoint.VERSION);
    at.capture(texts);
    texts.putAll(FIXED, fixed);
    texts.putAll("", more);
    RandomState random = model.device().random();
    texts.put("device", model.device().name());
    texts.put("random.seed", random.seed());
    texts.put("random.steps", random.steps());
    rates.capture(optimizer, texts);
    if (scaler != null) {
      GradScaler.State s = scaler.state();
      texts.put("scaler.scale", s.scale());
      texts.put("scaler.good_steps", s.goodSteps());
      texts.put("scaler.skipped_steps", s.skippedSteps());
    }
    EpochHistory.capture(history, texts);
    eachResumable((prefix, callback) -> texts.putAll(prefix, callback.state()));
    into.take(at.name(), model.stateDict(), description, tensors(), texts.all());
    return true;
  }

  /** Returns the tensors of optimizer, averaged weights and callbacks. */
  private Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>(optimizer.stateDict());
    if (average != null) {
      average.stateDict().forEach((name, tensor) -> all.put("average." + name, tensor));
    }
    eachResumable((prefix, callback) ->
        callback.tensors().forEach((name, tensor) -> all.put(prefix + name, tensor)));
    return all;
  }

  /** What is done with a callback that has a state. */
  private interface Visitor {
    void visit(String prefix, Resumable callback);
  }

  /** Names callbacks by their class and how many of it come before, so that others may differ. */
  private void eachResumable(Visitor visitor) {
    Map<String, Integer> seen = new HashMap<>();
    for (Callback c : callbacks) {
      if (c instanceof Resumable r) {
        String kind = c.getClass().getName();
        visitor.visit(CALLBACK + kind + "." + seen.merge(kind, 1, Integer::sum) + ".", r);
      }
    }
  }

  // ---------------------------------------------------------------- restore

  /**
   * Goes to where a checkpoint was made, or leaves the model as it is. The running loss is to
   * follow when the epoch has begun.
   *
   * @throws FileException if the checkpoint is of another model, optimizer, seed or data set, or
   *     says what cannot be; the message names the first difference
   */
  void restore(ResumePoint point) {
    StoredCheckpoint from = point.checkpoint();
    StateTexts texts = from.texts();
    fixed.forEach((what, now) -> {
      if (LATER.contains(what) && !texts.has(FIXED + what)) {
        return;
      }
      String then = texts.text(FIXED + what);
      if (!then.equals(now)) {
        throw FileException.of(
            texts.source(),
            "is of a run whose " + what + " was " + then + ", and this one's is " + now,
            "a resumed run needs the settings it had");
      }
    });
    if (scaler != null != texts.has("scaler.scale")) {
      throw FileException.of(
          texts.source(),
          "is of a run " + (scaler == null ? "with" : "without") + " a scaled loss",
          "set lossScaling(...) as it was, and the device's precision");
    }
    // Everything is read before anything is changed.
    long seed = texts.anyWhole("random.seed");
    long randomSteps = texts.whole("random.steps");
    LearningRates.State lrs = LearningRates.State.of(optimizer.groups().size(), texts);
    GradScaler.@Nullable State scale = scaler == null ? null : scale(texts);
    Map<String, Tensor> tensors = tensors();
    from.check(model.stateDict(), tensors);
    restoreCallbacks(texts);

    from.load(model.stateDict(), tensors);
    model.stateLoaded();
    optimizer.stateLoaded();
    model.device().random().set(seed, randomSteps, point.at().inferences());
    rates.restore(optimizer, lrs);
    if (scaler != null && scale != null) {
      scaler.restore(scale);
    }
  }

  private static GradScaler.State scale(StateTexts texts) {
    return texts.made(() ->
        new GradScaler.State(
            (float) texts.number("scaler.scale"),
            texts.count("scaler.good_steps"),
            texts.count("scaler.skipped_steps")));
  }

  private void restoreCallbacks(StateTexts texts) {
    eachResumable((prefix, callback) -> {
      Map<String, String> state = texts.under(prefix);
      if (!state.isEmpty()) {
        texts.<@Nullable Void>made(() -> {
          callback.restore(state);
          return null;
        });
      }
    });
  }
}
