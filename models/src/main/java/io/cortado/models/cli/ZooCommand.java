package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.Trial;
import io.cortado.models.Values;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.zoo.ResultsFile;
import io.cortado.models.zoo.TrialResult;
import io.cortado.models.zoo.Twin;
import io.cortado.models.zoo.ZooTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cortado zoo}. */
@Command(
    name = "zoo",
    description = {
      "Trains all models and says whether each comes to what it should.",
      "--quick takes minutes and compares with floors. --full takes hours and makes the table of"
          + " docs/models: what is in the results file already is not repeated, and a training that"
          + " was stopped goes on from its last checkpoint, so it can be stopped and taken up again."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado zoo --quick",
      "  cortado zoo --full --only lenet5",
      "  cortado zoo --full --twins python3"
    })
final class ZooCommand implements Callable<Integer> {

  /** A floor was missed. */
  private static final int MISSED = 1;

  @Spec private CommandSpec spec;

  @Option(names = "--quick", description = "Short trainings, each with a floor.")
  private boolean quick;

  @Option(names = "--full", description = "The trainings of the table.")
  private boolean full;

  @Option(names = "--table", description = "Train nothing: write the table of what is there.")
  private boolean table;

  @Option(names = "--only", paramLabel = "MODEL", description = "Only these models.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Where results are kept (default: ${DEFAULT-VALUE}).")
  private Path results = Path.of("docs", "models", "results.jsonl");

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "Where the table goes (default: ${DEFAULT-VALUE}).")
  private Path page = Path.of("docs", "models", "README.md");

  @Option(
      names = "--twins",
      paramLabel = "PYTHON",
      description = "Also train the PyTorch scripts beside the models, by this Python.")
  private @Nullable String python;

  @Option(
      names = "--scripts",
      paramLabel = "DIR",
      description = "Where those scripts are (default: ${DEFAULT-VALUE}).")
  private Path scripts = Path.of("models", "src", "main", "python");

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      description =
          "Where the trainings leave their folders, and go on (default: runs/zoo, a temporary folder with --quick).")
  private @Nullable Path runs;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "With --full: no more than the first N seeds of a training (default: all).")
  private int seeds = Integer.MAX_VALUE;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Stream.of(quick, full, table).filter(said -> said).count() != 1) {
      throw new InputException(
          "zoo: say --quick, --full or --table; 'cortado zoo --help' tells of them");
    }
    if (table) {
      write(ResultsFile.read(results));
      return 0;
    }
    List<ZooModel> models =
        only.isEmpty() ? Zoo.models() : only.stream().distinct().map(Zoo::find).toList();
    if (full) {
      return full(models, runs == null ? Path.of("runs", "zoo") : runs);
    }
    return quick(models, runs == null ? Files.createTempDirectory("cortado-zoo") : runs);
  }

  private int quick(List<ZooModel> models, Path folder) throws IOException {
    boolean good = true;
    for (ZooModel model : models) {
      for (Trial trial : model.quickTrials()) {
        Ended ended = train(model, trial, folder);
        if (ended.isStopped()) {
          return ErrorHandler.INTERRUPTED;
        }
        double value = ended.figures().get(trial.figure());
        boolean reached = trial.goal().reached(value);
        good &= reached;
        say(
            "%-40s %s %.4f, %s%s  %.1f s",
            trial.title(),
            trial.figure(),
            value,
            trial.goal(),
            reached ? "" : " MISSED",
            ended.seconds());
      }
    }
    return good ? 0 : MISSED;
  }

  private int full(List<ZooModel> models, Path folder) throws IOException, InterruptedException {
    ResultsFile file = ResultsFile.read(results);
    write(file); // a page without room for the table is found before hours of training
    for (ZooModel model : models) {
      for (Trial trial : model.trials()) {
        for (long seed = 1; seed <= Math.min(seeds, trial.seeds()); seed++) {
          if (file.of(TrialResult.CORTADO, model.name(), trial.arguments(), seed).isEmpty()) {
            Ended ended = TrialFolder.of(folder, TrialResult.CORTADO, model, trial, seed).cortado();
            if (ended.isStopped()) {
              return ErrorHandler.INTERRUPTED;
            }
            add(file, TrialResult.CORTADO, model, trial, seed, ended);
          }
          twin(file, model, trial, seed, folder);
        }
        write(file);
      }
    }
    return 0;
  }

  private void write(ResultsFile file) throws IOException {
    ZooPage.write(page, new ZooTable(file).of(Zoo.models()));
  }

  private void twin(ResultsFile file, ZooModel model, Trial trial, long seed, Path folder)
      throws IOException, InterruptedException {
    Path script = scripts.resolve(model.name() + ".py");
    if (python == null
        || !Files.exists(script)
        || file.of(TrialResult.PYTORCH, model.name(), trial.arguments(), seed).isPresent()) {
      return;
    }
    Ended ended =
        TrialFolder.of(folder, TrialResult.PYTORCH, model, trial, seed)
            .pytorch(new Twin(python, script));
    add(file, TrialResult.PYTORCH, model, trial, seed, ended);
  }

  private void add(
      ResultsFile file, String side, ZooModel model, Trial trial, long seed, Ended ended)
      throws IOException {
    file.add(
        new TrialResult(
            side,
            model.name(),
            trial.arguments(),
            seed,
            ended.figures().values(),
            ended.seconds(),
            LocalDate.now(ZoneOffset.UTC).toString(),
            Machine.describe()));
    say(
        "%-9s %-40s seed %d  %s %.4f, %s  %.0f s",
        side,
        trial.title(),
        seed,
        trial.figure(),
        ended.figures().get(trial.figure()),
        trial.goal(),
        ended.seconds());
  }

  private static Ended train(ZooModel model, Trial trial, Path folder) throws IOException {
    Path here = Files.createTempDirectory(folder, model.name() + "-");
    Path log = here.resolve("log.txt");
    return Ended.train(model.name(), trial.arguments(), 1, here.resolve("run"), log);
  }

  private void say(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
