package io.cortado.models.progress;

import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far an epoch is, its loss so far, images per second and the time left; then a line with
 * the epoch's result.
 *
 * <p>Where there is no terminal, as in a log file, the lines alone.
 */
public final class ProgressBarCallback implements Callback {

  /** What every terminal shows; a longer line would wrap, and could not be overwritten. */
  private static final int WIDTH = 79;

  private static final int BAR = 20;

  private static final long REFRESH_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean terminal;
  private final String unit;
  private @Nullable ProgressBar bar;
  private long refreshed;

  /**
   * Makes a callback.
   *
   * @param terminal whether what was written can be overwritten after a carriage return
   * @param unit what a sample is called, {@code "images"} for example
   */
  public ProgressBarCallback(PrintWriter out, boolean terminal, String unit) {
    this.out = out;
    this.terminal = terminal;
    this.unit = unit;
  }

  /** Makes a callback that shows images on standard error. */
  public static ProgressBarCallback progressBar() {
    Console console = System.console();
    return new ProgressBarCallback(
        new PrintWriter(System.err, true), console != null && console.isTerminal(), "images");
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    if (terminal) {
      bar =
          ProgressBar.builder()
              .setTaskName(title(training))
              .setInitialMax(training.samples())
              // Of an epoch that is gone on with, the samples before took none of this time.
              .startsFrom(training.samplesDone(), Duration.ZERO)
              .setUpdateIntervalMillis((int) (REFRESH_NANOS / 1_000_000))
              .setRenderer((state, width) -> line(state))
              .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
              .build();
      refreshed = System.nanoTime();
    }
  }

  private static String title(TrainingContext training) {
    return "epoch " + training.epoch() + "/" + training.epochs();
  }

  /** Called by the bar's own thread, about ten times a second. */
  private String line(ProgressState state) {
    long done = state.getCurrent();
    long of = Math.max(1, state.getMax());
    double seconds = state.getElapsedAfterStart().toMillis() * 1e-3;
    StringBuilder line = new StringBuilder(state.getTaskName()).append(" [");
    int filled = (int) (BAR * done / of);
    line.append("=".repeat(filled)).append(" ".repeat(BAR - filled));
    line.append(String.format(Locale.ROOT, "] %3d%%", 100 * done / of));
    long here = done - state.getStart();
    if (here > 0 && seconds > 0) {
      double perSecond = here / seconds;
      long left = Math.round((of - done) / perSecond);
      line.append(
          String.format(
              Locale.ROOT, "  %,.0f %s/s  %d:%02d left", perSecond, unit, left / 60, left % 60));
    }
    return line.append(state.getExtraMessage()).toString();
  }

  private void draw(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
    out.flush();
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    ProgressBar b = bar;
    if (b != null) {
      b.stepTo(training.samplesDone());
      long now = System.nanoTime();
      if (now - refreshed >= REFRESH_NANOS) { // reading the loss waits for the device
        b.setExtraMessage(String.format(Locale.ROOT, "  loss %.4f", training.loss()));
        refreshed = now;
      }
    }
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    erase();
    StringBuilder line = new StringBuilder(title(training));
    result
        .values()
        .forEach(
            (name, value) -> line.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
    out.println(
        line.append(
            String.format(
                Locale.ROOT,
                "  %,.0f %s/s  %.1f s",
                result.samples() / result.trainSeconds(),
                unit,
                result.seconds())));
    out.flush();
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    erase();
  }

  private void erase() {
    if (bar != null) {
      bar.close();
      bar = null;
      out.print("\r" + " ".repeat(WIDTH) + "\r");
      out.flush();
    }
  }
}
