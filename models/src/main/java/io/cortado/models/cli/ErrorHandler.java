package io.cortado.models.cli;

import io.cortado.backend.BackendException;
import io.cortado.data.DataException;
import io.cortado.io.FileException;
import io.cortado.models.InputException;
import io.cortado.models.IoWords;
import io.cortado.models.Suggestions;
import io.cortado.train.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes every failure one line on standard error and an exit code. */
final class ErrorHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {

  /** A fault of Cortado. */
  static final int INTERNAL = 1;

  /** Something that was given cannot be used. */
  static final int BAD_INPUT = 2;

  /** Ended by a signal. */
  static final int INTERRUPTED = 130;

  private final BooleanSupplier debug;

  ErrorHandler(BooleanSupplier debug) {
    this.debug = debug;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String help = "; see '" + command.getCommandSpec().qualifiedName() + " --help'";
    return report(command.getErr(), words(e) + help, e, BAD_INPUT);
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return handle(e, command);
  }

  /** Reports what a command threw, and returns the exit code. */
  int handle(Throwable e, CommandLine command) {
    PrintWriter err = command.getErr();
    return switch (e) {
      case ParameterException p -> handleParseException(p, new String[0]);
      case InputException _,
          DataException _,
          FileException _,
          BackendException _,
          NonFiniteLossException _ ->
          report(err, String.valueOf(e.getMessage()), e, BAD_INPUT);
      case UncheckedIOException u when u.getCause() instanceof IOException io ->
          report(err, IoWords.of(io), u, BAD_INPUT);
      case IOException io -> report(err, IoWords.of(io), io, BAD_INPUT);
      case OutOfMemoryError o ->
          report(
              err,
              "out of memory; make the network or the batch smaller, or give Java more memory: CORTADO_JAVA_OPTS=-Xmx4g",
              o,
              BAD_INPUT);
      default ->
          report(
              err,
              "internal error: "
                  + e
                  + "; this is a fault of Cortado: --debug shows where it happened",
              e,
              INTERNAL);
    };
  }

  private int report(PrintWriter err, String message, Throwable e, int code) {
    err.println("cortado: " + oneLine(message));
    if (debug.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static String oneLine(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Returns what is wrong with a command line, to follow the name of a command. */
  static String words(ParameterException e) {
    return switch (e) {
      case UnmatchedArgumentException u when !u.getUnmatched().isEmpty() ->
          unmatched(u.getUnmatched().getFirst(), u);
      case MissingParameterException m ->
          "missing: "
              + m.getMissing().stream()
                  .map(a ->
                      a.isOption()
                          ? ((CommandLine.Model.OptionSpec) a).longestName()
                          : a.paramLabel())
                  .collect(Collectors.joining(", "));
      default -> inner(String.valueOf(e.getMessage()));
    };
  }

  /** picocli's sentences begin with a capital; ours follow the program's name. */
  private static String inner(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }

  private static String unmatched(String argument, UnmatchedArgumentException e) {
    CommandLine.Model.CommandSpec spec = e.getCommandLine().getCommandSpec();
    if (argument.startsWith("-")) {
      String name =
          argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
      return "there is no option '"
          + name
          + "'"
          + Suggestions.didYouMean(name, spec.optionsMap().keySet());
    }
    Collection<String> commands = spec.subcommands().keySet();
    if (spec.userObject() instanceof TrainCommand) {
      return String.valueOf(Suggestions.unknown("model", argument, commands).getMessage());
    }
    return commands.isEmpty()
        ? "'" + argument + "' is one argument too many"
        : "there is no command '" + argument + "'" + Suggestions.didYouMean(argument, commands);
  }
}
