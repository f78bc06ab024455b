package io.cortado.models.cli;

import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.Monitor;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a training goes: a bar while an epoch runs, on a terminal, and a line for each epoch.
 */
final class EpochLines implements Callback {

  private static final long SHOW_EVERY_NANOS = 250_000_000;

  private final PrintWriter out;
  private final boolean bars;
  private @Nullable ProgressBar bar;
  private long shownAt;
  private double best = Double.NaN;

  /**
   * Makes a callback.
   *
   * @param bars whether somebody is looking, so that a bar makes sense
   */
  EpochLines(PrintWriter out, boolean bars) {
    this.out = out;
    this.bars = bars;
  }

  @Override
  public void onFitBegin(TrainingContext training) {
    out.println("epoch      loss  val loss  val accuracy  images/s   seconds");
    out.flush();
  }

  @Override
  public void onEpochBegin(TrainingContext training) {
    if (bars) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("epoch " + training.epoch() + "/" + training.epochs())
              .setInitialMax(training.samples())
              .setUnit(" images", 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .showSpeed()
              .clearDisplayOnFinish()
              .build();
    }
  }

  @Override
  public void onStepEnd(TrainingContext training) {
    ProgressBar b = bar;
    if (b != null) {
      b.stepTo(training.samplesDone());
      long now = System.nanoTime();
      if (now - shownAt > SHOW_EVERY_NANOS) { // reading the loss waits for the device
        shownAt = now;
        b.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", training.loss()));
      }
    }
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult r) {
    closeBar();
    Monitor monitor = training.monitor();
    double value = r.value(monitor.name());
    boolean better = training.history().size() == 1 || monitor.isBetter(value, best, 0);
    best = better ? value : best;
    out.println(
        String.format(
            Locale.ROOT,
            "%2d/%-2d  %8.4f  %8.4f  %10.2f %%  %8.0f  %8.1f%s",
            r.epoch(),
            training.epochs(),
            r.loss(),
            r.value("val_loss"),
            100 * r.value("val_accuracy"),
            r.samples() / r.trainSeconds(),
            r.seconds(),
            better ? "  best" : ""));
    out.flush();
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    closeBar();
  }

  private void closeBar() {
    ProgressBar b = bar;
    if (b != null) {
      b.close();
      bar = null;
    }
  }
}
