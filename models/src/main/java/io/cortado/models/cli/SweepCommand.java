package io.cortado.models.cli;

import io.cortado.io.AtomicFile;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import io.cortado.models.RunNames;
import io.cortado.models.Suggestions;
import io.cortado.models.ValidationFile;
import io.cortado.models.ValidationFile.Best;
import io.cortado.models.Values;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.pictures.SweepPicture;
import io.cortado.models.sweep.Grid;
import io.cortado.models.sweep.Range;
import io.cortado.models.sweep.Settings;
import io.cortado.models.sweep.SweepTable;
import io.cortado.models.sweep.SweepTable.Row;
import io.cortado.models.zoo.ResultsFile;
import io.cortado.models.zoo.TrialResult;
import io.cortado.train.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code cortado sweep}. */
@Command(
    name = "sweep",
    description = {
      "Trains a model with many settings of its options, and says which is best by validation data.",
      "All other options are the model's own: 'cortado train MODEL --help'. The same command with the"
          + " same --out goes on where it was stopped."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado sweep lenet5 --grid lr=0.001,0.003 --grid batch-size=64,128 --epochs 3",
      "  cortado sweep gru --random 20 --range lr=1e-4..1e-1:log --range hidden=32..512:log:int"
          + " --seeds 3 --out runs/gru-sweep"
    })
final class SweepCommand implements Callable<Integer> {

  /** What --seeds counts up. */
  private static final String SEED = "--seed";

  /** Of a run whose loss became infinite. */
  private static final Figures BROKEN = Figures.of("broke down", 1);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "A model of 'cortado models'.")
  private String model = "";

  @Option(
      names = "--grid",
      paramLabel = "OPTION=A,B",
      description = "Try each of these values; of several grids all combinations.")
  private List<String> grids = new ArrayList<>();

  @Option(
      names = "--range",
      paramLabel = "OPTION=A..B",
      description =
          "Draw values between two numbers; with :log all orders of magnitude alike, with :int whole numbers.")
  private List<String> ranges = new ArrayList<>();

  @Option(
      names = "--random",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many values are drawn from the ranges.")
  private @Nullable Integer draws;

  @Option(
      names = "--draw-seed",
      paramLabel = "N",
      converter = Values.Seed.class,
      description = "What the draws depend on (default: ${DEFAULT-VALUE}).")
  private long drawSeed = 1;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Train each setting with so many seeds, from 1 on (default: ${DEFAULT-VALUE}).")
  private int seeds = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The sweep's folder (default: runs/sweep-MODEL-TIME).")
  private @Nullable Path out;

  @Unmatched private List<String> common = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    ZooModel of = Zoo.find(model);
    if (!of.resumes()) {
      throw new InputException(
          "sweep: a training of %s is many short ones, and has no validation figure to compare; give another model"
              .formatted(model));
    }
    List<Map<String, String>> settings = settings();
    Path folder =
        out != null
            ? out
            : RunNames.standard().next("sweep-" + model, LocalDateTime.now(ZoneId.systemDefault()));
    Files.createDirectories(folder);
    checkSame(folder.resolve("sweep.txt"), settings);
    ResultsFile results = ResultsFile.read(folder.resolve("sweep.jsonl"));
    List<Row> rows = new ArrayList<>();
    @Nullable Best best = null;
    for (int i = 0; i < settings.size(); i++) {
      List<String> arguments = new ArrayList<>(common);
      arguments.addAll(Settings.arguments(settings.get(i)));
      for (long seed = 1; seed <= seeds; seed++) {
        Path run = folder.resolve(String.format(Locale.ROOT, "run-%03d-seed-%d", i + 1, seed));
        if (results.of(TrialResult.CORTADO, model, arguments, seed).isEmpty()) {
          Ended ended = train(arguments, seed, run);
          if (ended.figures().equals(Figures.NONE)) {
            say("stopped; the same command with --out %s goes on", folder);
            return ErrorHandler.INTERRUPTED;
          }
          results.add(result(arguments, seed, ended, run));
        }
        Path file = run.resolve(RunFolder.VALIDATION);
        Best came = Files.exists(file) ? ValidationFile.read(file) : null;
        best = came == null ? best : came;
        say(
            "%3d/%d  seed %d  %s  %s",
            i + 1,
            settings.size(),
            seed,
            settings.get(i),
            came == null ? "broke down" : came.figure() + " " + (float) came.value());
      }
      rows.add(new Row(settings.get(i), results.of(TrialResult.CORTADO, model, arguments)));
    }
    if (best == null) {
      throw new InputException("sweep: all runs broke down; try lower learning rates");
    }
    report(folder, new SweepTable(best.figure(), best.higherIsBetter(), rows));
    return 0;
  }

  /** Keeps what validation says beside the run's own figures, which tell of test data. */
  private TrialResult result(List<String> arguments, long seed, Ended ended, Path run)
      throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    if (!ended.figures().equals(BROKEN)) {
      Best best = ValidationFile.read(run.resolve(RunFolder.VALIDATION));
      figures.put(best.figure(), best.value());
    }
    ended.figures().values().forEach(figures::putIfAbsent);
    return new TrialResult(
        TrialResult.CORTADO,
        model,
        arguments,
        seed,
        figures,
        ended.seconds(),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Machine.describe());
  }

  /**
   * Begins a run, or goes on with one that was stopped; one that breaks down is {@link #BROKEN}.
   */
  private Ended train(List<String> arguments, long seed, Path run) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.add("--no-progress");
    long begin = System.nanoTime();
    try {
      return Ended.train(model, all, seed, run, run.resolveSibling(run.getFileName() + ".log"));
    } catch (InputException e) {
      for (Throwable why = e; why != null; why = why.getCause()) {
        if (why instanceof NonFiniteLossException) {
          return new Ended(BROKEN, Ended.since(begin)); // a finding like any other
        }
      }
      throw e;
    }
  }

  private void report(Path folder, SweepTable table) throws IOException {
    String text = table.text();
    Files.writeString(folder.resolve("table.md"), text);
    SweepPicture.write(folder.resolve("sweep.png"), model + ", by " + table.figure(), table);
    say("%n%s", text);
    say("  %-22s  the table, %s", "table.md", "the best first");
    say("  %-22s  a point for each setting, in %s", "sweep.png", folder);
  }

  // ---------------------------------------------------------------- what is tried

  private List<Map<String, String>> settings() {
    List<Grid> grid = grids.stream().map(Grid::parse).toList();
    List<Range> range = ranges.stream().map(Range::parse).toList();
    if (grid.isEmpty() && range.isEmpty()) {
      throw new InputException("sweep: say what is tried by --grid or --range");
    }
    if (range.isEmpty() != (draws == null)) {
      throw new InputException(
          range.isEmpty()
              ? "sweep: --random draws from a --range; give one"
              : "sweep: --range needs --random, how many values are drawn");
    }
    List<String> options =
        Stream.concat(grid.stream().map(Grid::option), range.stream().map(Range::option)).toList();
    CommandSpec train = ModelTraining.commandLine(Zoo.find(model), figures -> {}).getCommandSpec();
    List<String> known =
        train.options().stream()
            .filter(RunRecord::dependsOn)
            .map(OptionSpec::longestName)
            .filter(o -> !o.equals(SEED))
            .map(o -> o.substring(2))
            .sorted()
            .toList();
    for (String option : options) {
      if (!known.contains(option)) {
        throw Suggestions.unknown("option to sweep", option, known);
      }
      if (options.indexOf(option) != options.lastIndexOf(option)) {
        throw new InputException("sweep: " + option + " is given twice; give all values at once");
      }
    }
    List<Map<String, String>> all = Settings.of(grid, range, draws == null ? 0 : draws, drawSeed);
    all.forEach(this::check);
    return all;
  }

  /** Finds values that the model does not take before hours of training. */
  private void check(Map<String, String> setting) {
    List<String> arguments = new ArrayList<>(List.of("train", model));
    arguments.addAll(common);
    arguments.addAll(Settings.arguments(setting));
    try {
      Object unused =
          Cortado.commandLine(figures -> {}, model::equals)
              .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new InputException(
          "sweep: %s; see 'cortado train %s --help'".formatted(ErrorHandler.words(e), model), e);
    }
  }

  /** Writes down what is swept, or checks that the folder's sweep is this one. */
  private void checkSame(Path file, List<Map<String, String>> settings) throws IOException {
    StringBuilder text = new StringBuilder(model + " " + String.join(" ", common) + "\n");
    settings.forEach(s -> text.append(s).append('\n'));
    String now = text.toString();
    if (!Files.exists(file)) {
      AtomicFile.write(file, o -> o.write(now.getBytes(StandardCharsets.UTF_8)));
    } else if (!Files.readString(file).equals(now)) {
      throw new InputException(
          "--out %s is of another sweep, see %s; give a new folder, or that sweep's options"
              .formatted(file.getParent(), file));
    }
  }

  private void say(String format, Object... values) {
    PrintWriter to = spec.commandLine().getOut();
    to.println(String.format(Locale.ROOT, format, values));
    to.flush();
  }
}
