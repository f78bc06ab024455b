package io.cortado.models.cli;

import io.cortado.models.Figures;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code cortado} command. */
@Command(
    name = "cortado",
    description = "Trains, evaluates and uses the reference models.",
    mixinStandardHelpOptions = true,
    versionProvider = Cortado.Version.class,
    footer = {
      "",
      "Examples:",
      "  cortado train lenet5",
      "  cortado train mlp --data fashion-mnist --epochs 5 --out runs/first",
      "  cortado train lenet5 --ui",
      "  cortado watch runs",
      "  cortado eval lenet5 runs/first/weights.safetensors",
      "  cortado predict runs/first/weights.safetensors my-digit.png",
      "  cortado serve runs/first/weights.safetensors",
      "  cortado export runs/first/weights.safetensors --onnx digits.onnx",
      "  cortado inspect digits.onnx",
      "  cortado doctor",
      "",
      "Exit codes: 0 done, 1 a fault of Cortado, 2 something given cannot be used,",
      "130 ended by Ctrl-C."
    })
public final class Cortado implements Runnable {

  private static final List<String> COMMANDS =
      List.of(
          "eval", "predict", "serve", "watch", "models", "data", "doctor", "export", "import",
          "inspect", "convert", "train", "zoo", "sweep");

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the whole stack trace of an error (also: CORTADO_DEBUG=1).")
  private boolean debug;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Returns the command line with all its commands. */
  public static CommandLine commandLine() {
    return commandLine(figures -> {});
  }

  /**
   * Returns the command line with all its commands.
   *
   * @param ended told what a training comes to
   */
  static CommandLine commandLine(Consumer<Figures> ended) {
    return commandLine(ended, model -> true);
  }

  /** Returns the command line that some arguments need: what others take is read for 20 ms each. */
  static CommandLine lineFor(List<String> args) {
    boolean inFile = args.stream().anyMatch(a -> a.startsWith("@")); // where more arguments are
    boolean one = !inFile && !args.isEmpty() && COMMANDS.contains(args.getFirst());
    return commandLine(
        one ? List.of(args.getFirst()) : COMMANDS,
        figures -> {},
        model -> inFile || args.contains(model));
  }

  /**
   * Returns the command line with all its commands.
   *
   * @param ended told what a training comes to
   * @param models which may be trained
   */
  static CommandLine commandLine(Consumer<Figures> ended, Predicate<String> models) {
    return commandLine(COMMANDS, ended, models);
  }

  private static CommandLine commandLine(
      List<String> commands, Consumer<Figures> ended, Predicate<String> models) {
    Cortado root = new Cortado();
    CommandLine line = new CommandLine(root);
    for (String command : commands) {
      line.addSubcommand(command, command(command, ended, models));
    }
    ErrorHandler errors =
        new ErrorHandler(() -> root.debug || isSet(System.getenv("CORTADO_DEBUG")));
    line.setExecutionStrategy(parsed -> run(line, errors, parsed));
    return line.setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setUsageHelpAutoWidth(true)
        .setUsageHelpLongOptionsMaxWidth(26);
  }

  private static Object command(String name, Consumer<Figures> ended, Predicate<String> models) {
    return switch (name) {
      case "eval" -> new EvalCommand();
      case "predict" -> new PredictCommand();
      case "serve" -> new ServeCommand();
      case "watch" -> new WatchCommand();
      case "models" -> new ModelsCommand();
      case "data" -> new DataCommand();
      case "doctor" -> new DoctorCommand();
      case "export" -> new ExportCommand();
      case "import" -> new ImportCommand();
      case "inspect" -> new InspectCommand();
      case "convert" -> new ConvertCommand();
      case "train" -> TrainCommand.commandLine(ended, models);
      case "zoo" -> new ZooCommand();
      case "sweep" -> new SweepCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * picocli hands exceptions to the handler, but not errors: memory can run out by a user's wish.
   */
  private static int run(CommandLine line, ErrorHandler errors, CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      return errors.handle(e, line);
    }
  }

  private static boolean isSet(@Nullable String variable) {
    return variable != null && !variable.isEmpty() && !variable.equals("0");
  }

  /**
   * Runs the command and ends the process with its exit status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    prepare();
    CommandLine line = lineFor(List.of(args));
    line.setOut(new PrintWriter(System.out, true, System.out.charset()));
    line.setErr(new PrintWriter(System.err, true, System.err.charset()));
    System.exit(line.execute(args));
  }

  /** Sets what holds for the whole process. */
  static void prepare() {
    Locale.setDefault(Locale.ROOT); // numbers look alike everywhere
    System.setProperty(
        "java.awt.headless", "true"); // pictures are drawn on machines without a screen
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Cortado.class.getPackage().getImplementationVersion();
      return new String[] {
        "cortado " + (version == null ? "(development build)" : version),
        "Java "
            + Runtime.version()
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
      };
    }
  }
}
