package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Onlooker;
import io.cortado.models.Run;
import io.cortado.models.RunEnded;
import io.cortado.models.RunFolder;
import io.cortado.models.RunNames;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import io.cortado.models.data.DataFiles;
import io.cortado.models.page.LivePage;
import io.cortado.observe.AnomalyException;
import io.cortado.train.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * {@code cortado train NAME}: what the training of every model takes, around that model's options.
 */
@Command(mixinStandardHelpOptions = true)
final class ModelTraining implements Callable<Integer> {

  private final ZooModel model;
  private final Consumer<Figures> ended;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Values.Seed.class,
      description =
          "Chooses first weights, order and whatever else is random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new folder for the results (default: runs/MODEL-TIME).")
  private @Nullable Path out;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "End after N steps, to try something.")
  private @Nullable Integer steps;

  @Option(names = "--no-progress", description = "No progress bars, only a line for each epoch.")
  private boolean noProgress;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Take what is not given here from the run.json of another run.")
  private @Nullable Path config;

  @Mixin private PageOptions pageOptions = new PageOptions();

  @Mixin private TensorBoardOptions boardOptions = new TensorBoardOptions();

  @Mixin private CheckpointOptions checkpointOptions = new CheckpointOptions();

  @Mixin private WatchOptions watchOptions = new WatchOptions();

  private final DataFiles files = new DataFiles();

  @Mixin private DataOptions dataOptions = new DataOptions();

  @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

  private ModelTraining(ZooModel model, Consumer<Figures> ended) {
    this.model = model;
    this.ended = ended;
  }

  /**
   * Returns the command that trains a model.
   *
   * @param ended told what the training comes to
   */
  static CommandLine commandLine(ZooModel model, Consumer<Figures> ended) {
    CommandLine line = new CommandLine(new ModelTraining(model, ended));
    line.getCommandSpec()
        .addMixin("model", CommandSpec.forAnnotatedObject(model))
        .usageMessage()
        .description(model.description());
    return line;
  }

  @Override
  public Integer call() throws IOException {
    Path again = checkpointOptions.resumed(model, out);
    watchOptions.check(again != null);
    if (!watchOptions.isDryRun()) {
      return call(again);
    }
    Path temporary = WatchOptions.temporary();
    try {
      out = temporary;
      return call(null);
    } finally {
      WatchOptions.delete(temporary);
    }
  }

  private Integer call(@Nullable Path again) throws IOException {
    try (RunFolder folder = again == null ? newFolder() : RunFolder.again(again)) {
      try {
        return train(folder, again);
      } finally {
        folder.removeIfEmpty(); // so that a refused command can be given again, mended
      }
    }
  }

  private Integer train(RunFolder folder, @Nullable Path again) throws IOException {
    RunRecord before = null;
    if (again != null) {
      before = RunRecord.read(again.resolve(RunFolder.RECORD), model.name());
      complete(before, Set.of("--steps"));
      CheckpointOptions.checkSound(folder);
    } else if (config != null) {
      before = RunRecord.read(config, model.name());
      complete(before, Set.of());
    }
    checkOneSource();
    try (Interruption interruption = new Interruption(spec.commandLine().getErr());
        Device device = deviceOptions.open()) {
      RunRecord record = record(folder, before, again != null, device);
      try (LivePage page =
          pageOptions.open(folder, record.toJson(), interruption, spec.commandLine())) {
        return train(folder, record, interruption, device, page);
      }
    }
  }

  /** A set's name would be passed over in silence beside a user's own file. */
  private void checkOneSource() {
    ParseResult parsed = spec.commandLine().getParseResult();
    for (String own : List.of("--text", "--texts", "--ratings")) {
      if (parsed.hasMatchedOption("--data") && parsed.hasMatchedOption(own)) {
        throw new InputException(
            "--data and %s both say what to learn from; give one of them".formatted(own));
      }
    }
  }

  private RunFolder newFolder() {
    return RunFolder.of(
        out != null
            ? out
            : RunNames.standard().next(model.name(), LocalDateTime.now(ZoneId.systemDefault())));
  }

  /** Reads the command line once more, with what another run was given where it gives nothing. */
  private void complete(RunRecord other, Set<String> without) {
    ParseResult unused =
        spec.commandLine()
            .parseArgs(
                other
                    .completed(spec.commandLine().getParseResult(), without)
                    .toArray(String[]::new));
  }

  /**
   * Writes down what the run is, or checks that it is the one that was written down.
   *
   * @param before what was written down of the run, if it goes on, or of the one it repeats
   */
  private RunRecord record(
      RunFolder folder, @Nullable RunRecord before, boolean again, Device device)
      throws IOException {
    RunRecord now =
        RunRecord.of(
            model.name(), spec.commandLine().getParseResult(), Machine.versions(device.name()));
    if (before != null && again) {
      before.checkSame(now, folder.path(), model.takesMoreEpochs());
    }
    folder.recorded(() -> {
      RunRecord whole = now.withSets(sums());
      if (before == null) {
        return whole.toJson();
      }
      if (!again) {
        before.checkRepeated(whole, Objects.requireNonNull(config));
        return whole.toJson();
      }
      before.checkSets(whole, folder.path());
      boolean same = whole.options().equals(before.options()) && whole.data().equals(before.data());
      return same ? null : whole.toJson();
    });
    if (model.resumes() && !watchOptions.isDryRun()) {
      folder.saved(checkpointOptions.plan());
    }
    return now;
  }

  private Integer train(
      RunFolder folder,
      RunRecord record,
      Interruption interruption,
      Device device,
      @Nullable LivePage page)
      throws IOException {
    if (model.resumes()) {
      interruption.saves(() -> goOn(folder));
    }
    List<Onlooker> onlookers = new ArrayList<>();
    if (page != null) {
      onlookers.add(page);
    }
    boardOptions
        .onlooker(folder, record.settings(), spec.commandLine().getErr())
        .ifPresent(onlookers::add);
    PrintWriter out = page == null ? out() : page.alsoTo(out());
    Figures figures;
    try {
      figures =
          model.train(
              new Run(
                  device,
                  seed,
                  folder,
                  dataOptions.home(spec.commandLine().getErr()).noting(files),
                  out,
                  !noProgress && Terminal.isOne(),
                  new Run.Limits(
                      interruption,
                      steps == null ? 0 : steps,
                      null,
                      watchOptions.watcher(folder, out, spec.commandLine().getErr()),
                      Onlooker.all(onlookers))));
    } catch (RunEnded e) {
      return 0;
    } catch (AnomalyException | NonFiniteLossException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    if (interruption.requested()) {
      interruption.report();
      return ErrorHandler.INTERRUPTED;
    }
    if (page != null) {
      page.figures(figures);
    }
    ended.accept(figures);
    return 0;
  }

  /** Returns the checksums of what was read. */
  private Map<String, String> sums() {
    try {
      return files.sums();
    } catch (IOException e) {
      throw new InputException("the data that were read cannot be read again: " + e, e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private String goOn(RunFolder folder) {
    return folder.hasCheckpoints()
        ? "; to go on: cortado train " + model.name() + " --resume " + folder.path()
        : "";
  }
}
