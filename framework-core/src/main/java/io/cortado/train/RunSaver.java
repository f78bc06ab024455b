package io.cortado.train;

import io.cortado.io.FileException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Saves one call of fit. */
final class RunSaver implements AutoCloseable {

  private static final String BEST = "best_checkpoint";

  private final Checkpoints settings;
  private final TrainingState state;
  private final TrainingContext context;
  private final CheckpointSaver saver;

  /**
   * Begins.
   *
   * @param from what the run was resumed from, which knows the best checkpoint; null for nothing
   */
  RunSaver(
      Checkpoints settings,
      CheckpointFolder folder,
      TrainingState state,
      TrainingContext context,
      @Nullable StateTexts from,
      long totalSteps) {
    this.settings = settings;
    this.state = state;
    this.context = context;
    this.saver = new CheckpointSaver(settings, folder, totalSteps);
    if (from != null && from.has(BEST)) {
      CheckpointName.parse(from.text(BEST)).ifPresent(saver::best);
    }
  }

  /**
   * Says whether a checkpoint is to be made now, in the middle of an epoch.
   *
   * @param wanted whether somebody asks for one
   */
  boolean isDue(boolean wanted) {
    // The last step's is made after the validation, so that no two are of one moment.
    return context.step() < context.steps()
        && (wanted && saver.isReady() || saver.isDue(context.totalSteps()));
  }

  /** Makes one in the middle of an epoch. */
  void save(Position at) {
    saver.save(at, false, into -> capture(at, false, into));
  }

  /**
   * Makes one after an epoch if it is due, or that epoch is to be kept as the best; says whether it
   * did.
   *
   * @param wanted whether somebody asks for one
   */
  boolean epochDone(Position at, boolean wanted) {
    Optional<EpochResult> best =
        new TrainingResult(context.history(), StopReason.COMPLETED, "", context.monitor()).best();
    boolean isBest =
        settings.keepsBest() && best.isPresent() && best.get().epoch() == at.epochsDone();
    boolean asked = wanted || settings.isEachEpoch();
    boolean makes = isBest || saver.isDue(at.totalSteps()) || asked && saver.isReady();
    if (makes) {
      saver.save(at, isBest, into -> capture(at, isBest, into));
    }
    return makes;
  }

  /**
   * Makes one where the run ends, if anything was done.
   *
   * @throws FileException if it could not be written
   */
  void last(Position at) {
    if (at.totalSteps() > 0) {
      saver.last(at, into -> capture(at, false, into));
    }
  }

  private boolean capture(Position at, boolean isBest, Snapshot into) {
    CheckpointName best = isBest ? at.name() : saver.best();
    return state.capture(
        at,
        context.history(),
        settings.description(),
        best == null ? Map.of() : Map.of(BEST, best.toString()),
        into);
  }

  @Override
  public void close() {
    saver.close();
  }
}
