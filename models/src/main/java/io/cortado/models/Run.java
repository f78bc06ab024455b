package io.cortado.models;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.models.data.DataHome;
import io.cortado.models.progress.ProgressBarCallback;
import io.cortado.models.progress.WaitingReport;
import io.cortado.nn.Layer;
import io.cortado.nn.Summary;
import io.cortado.train.Callback;
import io.cortado.train.StopReason;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a training of a zoo's model is given: where it computes, reads, writes and reports.
 *
 * @param device where it computes
 * @param seed what first weights, order and everything random depend on
 * @param folder where files go
 * @param data where data sets are found
 * @param out where the user reads
 * @param bars whether progress may be drawn over
 * @param limits when it ends before its time
 */
public record Run(
    Device device,
    long seed,
    RunFolder folder,
    DataHome data,
    PrintWriter out,
    boolean bars,
    Limits limits) {

  /**
   * What ends or watches a run from outside.
   *
   * @param stop Ctrl-C
   * @param steps after how many steps it ends; 0 for no limit
   * @param losses told after each step the mean loss of the epoch so far, which then waits for the
   *     device; null for nobody
   * @param prepared given each trainer before it trains; what it adds may end the run by {@link
   *     RunEnded}
   * @param onlooker who watches the run and its trainers
   */
  public record Limits(
      StopSignal stop,
      long steps,
      @Nullable DoubleConsumer losses,
      Consumer<Trainer> prepared,
      Onlooker onlooker) {

    /** Makes limits of a run that nobody watches. */
    public Limits(StopSignal stop, long steps, @Nullable DoubleConsumer losses) {
      this(stop, steps, losses, _ -> {}, Onlooker.NOBODY);
    }
  }

  /** Returns a file in the run's folder. */
  public Path file(String name) {
    return folder.path().resolve(name);
  }

  /** Prints a line. */
  public void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }

  /** Prints a line that begins with what it is about. */
  public void line(String about, String format, Object... values) {
    say("%-8s %s", about, String.format(Locale.ROOT, format, values));
  }

  /**
   * Prints the table of a network's layers.
   *
   * @param input the shape of one input, without the samples' dimension
   */
  public void table(Layer network, Shape input) {
    Summary layers = network.summary(input.prepend(1));
    out.println(layers);
    limits.onlooker().network(layers, input);
  }

  /** Tells of a file that was saved. */
  public void saved(Path file, String what) {
    say("  %-22s  %s", file.getFileName(), what);
  }

  /** Says how to put into words what there is of the results, should the run be stopped. */
  public void kept(Supplier<String> words) {
    limits.stop().state(words);
  }

  /** Says where the weights are, if there are any by then, should the run be stopped. */
  public void keptWeights() {
    Path weights = folder.weights();
    kept(() -> Files.exists(weights) ? "the weights are " + weights : "no weights were saved");
  }

  /** Says whether the run has been asked to stop. */
  public boolean stopped() {
    return limits.stop().requested();
  }

  /**
   * Lets the run's only trainer show its progress, end when the run should, be saved, and go on
   * where it was.
   *
   * @param unit what a sample is called, {@code "ratings"} for example
   */
  public Trainer watch(Trainer trainer, String unit) {
    return watch(trainer, unit, "");
  }

  /**
   * Does this for one of a few trainers.
   *
   * @param part names it in the folder of checkpoints
   */
  public Trainer watch(Trainer trainer, String unit, String part) {
    folder.save(trainer, part, why -> line("passed", "%s", why));
    if (folder.isFirstTraining()) {
      trainer.on(new ValidationFile(folder.validation()));
    }
    List<Callback> onlookers =
        limits
            .onlooker()
            .join(new Onlooker.Joined(trainer, unit, part, folder.saves(), this::stopped));
    return heed(trainer.on(
            new ProgressBarCallback(out, bars, unit), new WaitingReport(this::waited)))
        .on(onlookers.toArray(Callback[]::new));
  }

  private void waited(double share) {
    line("loader", "%.1f %% of the steps' time went by waiting for batches", 100 * share);
  }

  /** Lets a trainer end when the run should, and say nothing; for one of many short trainings. */
  public Trainer heed(Trainer trainer) {
    limits.stop().onRequest(trainer::requestStop);
    limits.prepared().accept(trainer);
    return trainer.on(
        new Callback() {
          @Override
          public void onStepEnd(TrainingContext training) {
            // A stop that was asked for is the trainer's to report.
            if (!mayGoOn(training.totalSteps(), training::loss) && !stopped()) {
              training.stop("ended after step " + training.totalSteps());
            }
          }

          @Override
          public void onFitEnd(TrainingContext training, StopReason why) {
            limits.stop().idle();
          }
        });
  }

  private boolean mayGoOn(long steps, DoubleSupplier loss) {
    DoubleConsumer watcher = limits.losses();
    if (watcher != null) {
      watcher.accept(loss.getAsDouble());
    }
    return !stopped() && (limits.steps() == 0 || steps < limits.steps());
  }
}
