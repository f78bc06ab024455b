package io.cortado.models.tensorboard;

import io.cortado.internal.Logs;
import io.cortado.io.FileException;
import io.cortado.models.insight.Budget;
import io.cortado.models.insight.ParameterFigures;
import io.cortado.models.insight.Spread;
import io.cortado.models.insight.Stretch;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes how a training goes for TensorBoard, over the number of its steps.
 *
 * <pre>{@code
 * Trainer.of(model)....on(new TensorBoardLog(Path.of("runs/first")));
 * }</pre>
 *
 * <ul>
 *   <li>Every 50 steps, and at each epoch's last: {@code train/loss}, the mean since the point
 *       before; {@code train/grad_norm} of the step, where the device's memory is the host's;
 *       {@code train/step_ms}, {@code train/samples_per_second}, {@code train/lr}.
 *   <li>After each epoch: {@code train/epoch}, {@code train/loss_epoch}, {@code val/loss} and
 *       {@code val/}METRIC for each metric.
 *   <li>After epochs, once a second at most and for half a percent of the time: the histograms
 *       {@code weights/}PARAMETER and {@code gradients/}PARAMETER, of the last step, for the first
 *       100 parameters.
 * </ul>
 *
 * <p>A training that is resumed writes another file into the same folder, and TensorBoard shows of
 * the files before what lies before its checkpoint. Where a file cannot be written, on a full disk
 * for example, that is warned of once; the training goes on, and so does the file when it can be
 * written again. The results of a training are the same bits with and without.
 */
public final class TensorBoardLog implements Callback {

  /** How many steps lie between two points if nothing is said, as in PyTorch Lightning. */
  public static final int EVERY_STEPS = 50;

  private static final String VALIDATION = "val_";

  private static final long SECOND_MILLIS = 1000;
  private static final long TEN_SECONDS_MILLIS = 10_000;
  private static final long HALF_A_PERCENT = 200;

  /** A picture of a training; empty if there is none now. */
  @FunctionalInterface
  public interface Picture extends Function<TrainingContext, Optional<BufferedImage>> {}

  private final Path folder;
  private final Map<String, Function<TrainingContext, String>> texts = new LinkedHashMap<>();
  private final Map<String, Picture> images = new LinkedHashMap<>();
  private final Budget histogramTime = new Budget(SECOND_MILLIS, HALF_A_PERCENT);
  private final Budget imageTime = new Budget(TEN_SECONDS_MILLIS, HALF_A_PERCENT);
  private final Stretch stretch = new Stretch();
  private int every = EVERY_STEPS;
  private Consumer<String> warnings = Logs.of(TensorBoardLog.class)::warn;
  private @Nullable SummaryWriter writer;
  private boolean warned;

  /** Makes one that writes a file of its own into a folder when the training begins. */
  public TensorBoardLog(Path folder) {
    this.folder = folder;
  }

  /**
   * Sets how many steps lie between two points.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public TensorBoardLog everySteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "everySteps: " + steps + " steps are none; give 1 for every step");
    }
    every = steps;
    return this;
  }

  /** Sets who is told, in one line, that nothing can be written; SLF4J if nothing is said. */
  public TensorBoardLog warnings(Consumer<String> to) {
    warnings = to;
    return this;
  }

  /** Adds a text, in Markdown, to what is written at the beginning. */
  public TensorBoardLog text(String tag, String markdown) {
    return text(tag, _ -> markdown);
  }

  TensorBoardLog text(String tag, Function<TrainingContext, String> markdown) {
    texts.put(tag, markdown);
    return this;
  }

  /**
   * Adds a picture to what is written after epochs: once in ten seconds at most, and for half a
   * percent of the time.
   */
  public TensorBoardLog image(String tag, Picture picture) {
    images.put(tag, picture);
    return this;
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    if (writer == null) {
      attempt(() -> open(training));
    }
    stretch.begin(training);
  }

  private void open(TrainingContext training) {
    long step = training.totalSteps();
    SummaryWriter w;
    if (!SummaryWriter.isIn(folder)) {
      w = new SummaryWriter(folder);
    } else {
      // An epoch whose last step is done, but not its validation, tells that of the step again.
      boolean again = step == 0 || training.step() == training.steps();
      w = SummaryWriter.resume(folder, again ? step : step + 1);
    }
    writer = w;
    texts.forEach((tag, text) -> w.addText(tag, text.apply(training), step));
  }

  /** Does something with files, which may fail. */
  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (FileException e) {
      if (!warned) {
        warned = true;
        warnings.accept("TensorBoard will miss what happens now: " + e.getMessage());
      }
    }
  }

  /** Does something with the writer, if there is one. */
  private void write(Consumer<SummaryWriter> what) {
    SummaryWriter w = writer;
    if (w != null) {
      attempt(() -> what.accept(w));
    }
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    if (training.totalSteps() % every == 0 || training.step() == training.steps()) {
      write(w -> point(w, training));
    }
    write(SummaryWriter::flushIfDue);
  }

  private void point(SummaryWriter w, TrainingContext training) {
    if (stretch.isEmpty(training)) {
      return;
    }
    long step = training.totalSteps();
    Stretch.Measured m = stretch.end(training);
    w.addScalar("train/loss", m.loss(), step);
    double norm = training.gradientNorm();
    if (!Double.isNaN(norm)) {
      w.addScalar("train/grad_norm", norm, step);
    }
    w.addScalar("train/step_ms", m.stepMillis(), step);
    w.addScalar("train/samples_per_second", m.samplesPerSecond(), step);
    w.addScalar("train/lr", training.optimizer().lr(), step);
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    write(w -> values(w, training, result));
    boolean last = training.epoch() == training.epochs();
    if (last || histogramTime.isDue()) {
      histogramTime.spend(() -> write(w -> histograms(w, training)));
    }
    if (!images.isEmpty() && (last || imageTime.isDue())) {
      imageTime.spend(() -> write(w -> draw(w, training)));
    }
  }

  private static void values(SummaryWriter w, TrainingContext training, EpochResult result) {
    long step = training.totalSteps();
    w.addScalar("train/epoch", result.epoch(), step);
    result.values().forEach((name, value) -> w.addScalar(tag(name), value, step));
  }

  private static String tag(String name) {
    if (name.equals("loss")) {
      return "train/loss_epoch";
    }
    return name.startsWith(VALIDATION)
        ? "val/" + name.substring(VALIDATION.length())
        : "train/" + name;
  }

  private static void histograms(SummaryWriter w, TrainingContext training) {
    for (ParameterFigures.Figure f : new ParameterFigures(training.model().store()).measure()) {
      histogram(w, "weights/" + f.name(), f.weight(), training);
      histogram(w, "gradients/" + f.name(), f.gradient(), training);
    }
  }

  private static void histogram(
      SummaryWriter w, String tag, @Nullable Spread spread, TrainingContext training) {
    if (spread != null && spread.finite() > 0) {
      w.addHistogram(tag, spread, training.totalSteps());
    }
  }

  private void draw(SummaryWriter w, TrainingContext training) {
    images.forEach((tag, picture) ->
        picture.apply(training).ifPresent(image -> w.addImage(tag, image, training.totalSteps())));
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    if (why != StopReason.FAILED) {
      write(w -> point(w, training)); // of an epoch that was not finished
    }
    write(SummaryWriter::close);
    writer = null;
  }
}
