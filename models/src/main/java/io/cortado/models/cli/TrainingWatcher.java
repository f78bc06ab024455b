package io.cortado.models.cli;

import io.cortado.models.RunEnded;
import io.cortado.models.RunFolder;
import io.cortado.models.pictures.LearningRatePicture;
import io.cortado.observe.ProfileReport;
import io.cortado.train.Callback;
import io.cortado.train.DryRun;
import io.cortado.train.LearningRateCurve;
import io.cortado.train.LearningRateFinder;
import io.cortado.train.ProfileSteps;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import io.cortado.train.Watch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/** Lets each of a run's trainers warn, and do what {@link WatchOptions} say. */
final class TrainingWatcher implements Consumer<Trainer> {

  static final String PROFILE = "profile.json";
  static final String LEARNING_RATE = "learning-rate.png";

  /**
   * What the user wants to see.
   *
   * @param profile how many steps are measured; 0 for none
   */
  record Wanted(boolean debugNan, int profile, boolean findLr, boolean dryRun) {}

  private final RunFolder folder;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Wanted wanted;
  private boolean profiled;

  TrainingWatcher(RunFolder folder, PrintWriter out, PrintWriter err, Wanted wanted) {
    this.folder = folder;
    this.out = out;
    this.err = err;
    this.wanted = wanted;
  }

  @Override
  public void accept(Trainer trainer) {
    if (wanted.debugNan) {
      trainer.detectAnomaly(true);
    }
    if (wanted.findLr) {
      trainer.on(
          new Callback() {
            @Override
            public void onFitBegin(TrainingContext training) {
              find(training);
            }
          });
    }
    if (wanted.dryRun) {
      trainer.on(new DryRun(this::needs)).captureSteps(false);
    }
    if (wanted.profile > 0 && !profiled) {
      profiled = true;
      trainer.on(new ProfileSteps(wanted.profile, this::report)).captureSteps(false);
    }
    trainer.on(new Watch(this::warn));
  }

  private void warn(String warning) {
    err.println("cortado: " + warning);
    err.flush();
  }

  private void find(TrainingContext training) {
    LearningRateCurve curve = training.findLearningRate(new LearningRateFinder());
    if (curve.suggestion().isPresent()) {
      say(
          "learning rate %.2g is suggested: there the loss falls most steeply",
          curve.suggestion().getAsDouble());
    } else {
      say("the loss fell nowhere between 1e-7 and 10; there is no suggestion");
    }
    if (!curve.points().isEmpty()) {
      save(LEARNING_RATE, file -> LearningRatePicture.write(file, curve));
      say("  %-22s  the loss over the learning rate", LEARNING_RATE);
    }
    throw new RunEnded();
  }

  private void needs(DryRun.Needs needs) {
    out.print(needs);
    out.flush();
    throw new RunEnded();
  }

  private void report(ProfileReport report) {
    out.println();
    out.print(report);
    save(PROFILE, report::writeTrace);
    say("  %-22s  open it at https://ui.perfetto.dev or chrome://tracing", PROFILE);
  }

  private interface Writer {
    void write(Path file) throws IOException;
  }

  private void save(String name, Writer writer) {
    try {
      writer.write(folder.path().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
