package io.cortado.models.page;

import io.cortado.Shape;
import io.cortado.models.Onlooker;
import io.cortado.models.insight.Budget;
import io.cortado.models.insight.Filters;
import io.cortado.models.insight.ParameterFigures;
import io.cortado.models.insight.Stretch;
import io.cortado.models.pictures.MisreadPicture.Misread;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how a training goes, and lets it wait while it is paused.
 *
 * <p>After most steps it reads the clock alone. The curves get a point ten times a second,
 * parameters are measured once a second at most, and seldom enough for half a percent of the time.
 */
final class LiveCallback implements Callback {

  /** Reading the loss waits for the device. */
  static final long POINT_NANOS = 100_000_000;

  private static final long SECOND_MILLIS = 1000;
  private static final long HALF_A_PERCENT = 200;
  private static final int MISREAD = 24;

  /** What the whole run has, of which this may be the second training. */
  static final class Shared {
    final Recording recording;
    final Controls controls;
    @Nullable Shape input;
    @Nullable Supplier<List<Misread>> misread;
    long steps; // of the trainings before
    int epochs;
    boolean resumed;
    final long begin = System.nanoTime();
    double secondsBefore;

    Shared(Recording recording, Controls controls) {
      this.recording = recording;
      this.controls = controls;
    }

    /** Adds to the curves what is not of the training itself. */
    void surroundings(double x) {
      Runtime memory = Runtime.getRuntime();
      recording.point("heap_mb", x, (memory.totalMemory() - memory.freeMemory()) / 1e6);
      recording.point("seconds", x, seconds());
    }

    double seconds() {
      return secondsBefore + (System.nanoTime() - begin) * 1e-9;
    }
  }

  private final Shared shared;
  private final Recording recording;
  private final Onlooker.Joined joined;
  private final Budget figures = new Budget(SECOND_MILLIS, HALF_A_PERCENT);
  private final Budget pictures = new Budget(SECOND_MILLIS, HALF_A_PERCENT);
  private @Nullable ParameterFigures parameters;
  private boolean begun;
  private final Stretch stretch = new Stretch();
  private double stepMillis;
  private double perSecond;
  private double loss = Double.NaN;

  LiveCallback(Shared shared, Onlooker.Joined joined) {
    this.shared = shared;
    this.recording = shared.recording;
    this.joined = joined;
  }

  /** Where the training is, for the head of the page. */
  record Now(
      String state,
      int epoch,
      int epochs,
      int step,
      int steps,
      long totalSteps,
      double seconds,
      @Nullable Double loss,
      double lr,
      double stepMillis,
      double perSecond,
      String unit,
      String part,
      boolean saves) {}

  @Override
  public void onFitBegin(TrainingContext training) {
    parameters = new ParameterFigures(training.model().store());
    shared.controls.saves(joined.saves() ? joined.trainer()::requestCheckpoint : null);
    if (!joined.part().isEmpty()) {
      recording.line("training '" + joined.part() + "' begins");
    }
    if (shared.input == null) {
      recording.part("table", Table.ofParameters(training.model()));
    }
    tell("training", training);
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    if (!begun) {
      begun = true;
      if (shared.resumed) { // the run before may have gone further than its checkpoint
        recording.cutAfter(x(training));
        shared.resumed = false;
      }
    }
    stretch.begin(training);
  }

  private double x(TrainingContext training) {
    return shared.steps + training.totalSteps();
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    if (stretch.nanos() >= POINT_NANOS && !stretch.isEmpty(training)) {
      point(training);
    }
    if (figures.isDue()) {
      figures.spend(() -> measure(training));
    }
    if (shared.controls.isPaused()) {
      pause(training);
    }
  }

  private void point(TrainingContext training) {
    Stretch.Measured m = stretch.end(training);
    loss = m.loss();
    stepMillis = m.stepMillis();
    perSecond = m.samplesPerSecond();
    double x = x(training) - (m.steps() - 1) / 2.0; // the middle of the steps
    recording.point("loss", x, loss);
    recording.point("lr", x, training.optimizer().lr());
    recording.point("step_ms", x, stepMillis);
    recording.point("samples_per_second", x, perSecond);
    shared.surroundings(x);
    recording.point("epoch", x, epochs(training));
    tell(state(), training);
  }

  private double epochs(TrainingContext training) {
    return shared.epochs
        + training.epoch()
        - 1
        + (double) training.samplesDone() / training.samples();
  }

  private void measure(TrainingContext training) {
    if (parameters == null) {
      return;
    }
    List<ParameterFigures.Figure> measured = parameters.measure();
    recording.part("layers", measured);
    recording.point("weight_norm", x(training), ParameterFigures.norm(measured, false));
    recording.point("grad_norm", x(training), ParameterFigures.norm(measured, true));
    Shape input = shared.input;
    if (input != null) {
      Filters.of(training.model(), input).ifPresent(f -> recording.part("filters", f));
    }
  }

  private void pause(TrainingContext training) {
    tell("paused", training);
    shared.controls.waitWhilePaused(joined.stopping());
    tell(state(), training);
    stretch.begin(training); // the pause is no part of a step's time
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    if (!stretch.isEmpty(training)) {
      // Validation stands between; what it took is not the steps'.
      loss = stretch.end(training).loss();
      recording.point("loss", x(training), loss);
    }
    double x = x(training);
    recording.point("seconds", x, shared.seconds());
    recording.point("epoch", x, epochs(training));
    result
        .values()
        .forEach(
            (name, value) -> recording.point(name.equals("loss") ? "epoch_loss" : name, x, value));
    tell(state(), training);
    Supplier<List<Misread>> some = shared.misread;
    if (some != null && pictures.isDue()) {
      pictures.spend(() -> misread(some.get(), result.epoch()));
    }
  }

  private void misread(List<Misread> wrong, int epoch) {
    List<Picture> shown = new ArrayList<>();
    for (Misread m : wrong.subList(0, Math.min(MISREAD, wrong.size()))) {
      shown.add(Picture.of(m));
    }
    recording.part("misread", new Pictures(epoch, shown));
  }

  private record Pictures(int epoch, List<Picture> pictures) {}

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    shared.controls.saves(null);
    tell("finishing", training);
    shared.steps += training.totalSteps();
    shared.epochs += training.epoch();
  }

  /** A paused training stays paused in the one step that it makes for a checkpoint. */
  private String state() {
    return shared.controls.isPaused() ? "paused" : "training";
  }

  private void tell(String state, TrainingContext training) {
    recording.part(
        "now",
        new Now(
            state,
            training.epoch(),
            training.epochs(),
            training.step(),
            training.steps(),
            shared.steps + training.totalSteps(),
            shared.seconds(),
            Double.isFinite(loss) ? loss : null,
            training.optimizer().lr(),
            stepMillis,
            perSecond,
            joined.unit(),
            joined.part(),
            shared.controls.canSave()));
  }
}
