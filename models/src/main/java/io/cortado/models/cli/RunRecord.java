package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import io.cortado.models.data.FileSums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run is: {@code run.json} in its folder.
 *
 * @param model the model's name
 * @param arguments what was given, {@code --option=value}
 * @param options all that the results depend on, given or not
 * @param data the checksums of the files that options name, by the option, and of those of data
 *     sets, by set and file
 * @param machine what it ran on and by, for people
 */
record RunRecord(
    String model,
    List<String> arguments,
    Map<String, String> options,
    Map<String, String> data,
    Map<String, String> machine) {

  /** Not of the run itself, but of one start of it. */
  private static final Set<String> ONCE =
      Set.of("--out", "--resume", "--config", "--debug-nan", "--profile", "--find-lr", "--dry-run");

  /** What may be another each time; the results do not depend on it, or it says when to end. */
  private static final Set<String> FREE =
      Set.of(
          "--steps",
          "--no-progress",
          "--ui",
          "--ui-port",
          "--tensorboard",
          "--checkpoint-every",
          "--keep",
          "--data-dir",
          "--device",
          "--threads",
          "--debug",
          "--help",
          "--version");

  private static final String EPOCHS = "--epochs";
  private static final String OPTION = "--";

  RunRecord {
    arguments = List.copyOf(arguments);
  }

  /** Says whether a run's results depend on an option. */
  static boolean dependsOn(OptionSpec option) {
    return !ONCE.contains(option.longestName()) && !FREE.contains(option.longestName());
  }

  /** Describes the run that a command line asks for. */
  static RunRecord of(String model, ParseResult parsed, Map<String, String> machine)
      throws IOException {
    Map<String, String> options = new TreeMap<>();
    Map<String, String> data = new TreeMap<>();
    for (OptionSpec o : parsed.commandSpec().options()) {
      Object value = o.getValue();
      if (value != null && dependsOn(o)) {
        options.put(o.longestName(), String.valueOf(value));
        if (value instanceof Path || o.longestName().equals("--data")) {
          FileSums.of(String.valueOf(value)).ifPresent(sum -> data.put(o.longestName(), sum));
        }
      }
    }
    return new RunRecord(model, given(parsed, ONCE), options, data, machine);
  }

  /** Returns what was given as a program would give it, without some options. */
  private static List<String> given(ParseResult parsed, Set<String> without) {
    List<String> arguments = new ArrayList<>();
    for (OptionSpec o : parsed.matchedOptionsSet()) {
      if (!without.contains(o.longestName())) {
        boolean flag = o.arity().max() == 0;
        for (String value : flag ? List.of("") : o.originalStringValues()) {
          arguments.add(flag ? o.longestName() : o.longestName() + "=" + value);
        }
      }
    }
    return arguments;
  }

  /**
   * Returns the arguments of a command line, and before them those of this run that it does not
   * give itself.
   *
   * @param without options of this run that are not taken over
   */
  List<String> completed(ParseResult parsed, Set<String> without) {
    List<String> now = given(parsed, Set.of());
    List<String> all = new ArrayList<>();
    for (String argument : arguments) {
      String name = nameOf(argument);
      if (!without.contains(name) && now.stream().noneMatch(a -> nameOf(a).equals(name))) {
        all.add(argument);
      }
    }
    all.addAll(now);
    return all;
  }

  private static String nameOf(String argument) {
    int end = argument.indexOf('=');
    return end < 0 ? argument : argument.substring(0, end);
  }

  /**
   * Checks that another run is this one.
   *
   * @param longer whether it may have more epochs
   * @throws InputException if it is not; the message names the first difference
   */
  void checkSame(RunRecord now, Path folder, boolean longer) {
    Map<String, String> names = new TreeMap<>(options);
    names.putAll(now.options);
    for (String name : names.keySet()) {
      String then = options.get(name);
      String wanted = now.options.get(name);
      boolean same = then != null && then.equals(wanted);
      if (!same && name.equals(EPOCHS) && isMore(then, wanted)) {
        if (longer) {
          continue;
        }
        throw new InputException(
            "--resume %s: the learning rate of %s falls over all of its epochs, which were %s; begin a run of %s anew with --out"
                .formatted(folder, model, then, wanted));
      }
      if (!same) {
        throw new InputException(
            "--resume %s: its run had %s, and this one has %s; leave the option out, or begin anew with --out"
                .formatted(folder, words(name, then), words(name, wanted)));
      }
    }
    checkData(now, folder, name -> name.startsWith(OPTION));
  }

  /**
   * Checks that another run's data sets are those of this run, when they have been read.
   *
   * @throws InputException if they are not; the message names the first file
   */
  void checkSets(RunRecord now, Path folder) {
    checkData(now, folder, name -> !name.startsWith(OPTION));
  }

  private void checkData(RunRecord now, Path folder, Predicate<String> which) {
    data.forEach((name, sum) -> {
      if (which.test(name) && !sum.equals(now.data.get(name))) {
        throw new InputException(
            "--resume %s: the data of %s are not those that its run began with; put them back, or begin anew with --out"
                .formatted(folder, named(name)));
      }
    });
  }

  /**
   * Checks that what a repeated run has in common with this one is the same: of files by the same
   * name, what is in them.
   *
   * @throws InputException if it is not; the message names the first file
   */
  void checkRepeated(RunRecord now, Path file) {
    data.forEach((name, sum) -> {
      boolean both = Objects.equals(options.get(name), now.options.get(name));
      if (both && now.data.containsKey(name) && !sum.equals(now.data.get(name))) {
        throw new InputException(
            "--config %s: the data of %s are not those that its run began with; put them back, or leave out --config"
                .formatted(file, named(name)));
      }
    });
  }

  private String named(String name) {
    return name.startsWith(OPTION) ? name + " " + options.get(name) : "set and file " + name;
  }

  /** Returns the same with checksums of files of data sets. */
  RunRecord withSets(Map<String, String> sums) {
    Map<String, String> all = new TreeMap<>(data);
    all.putAll(sums);
    return new RunRecord(model, arguments, options, all, machine);
  }

  private static boolean isMore(@Nullable String then, @Nullable String wanted) {
    return then != null && wanted != null && Integer.parseInt(wanted) > Integer.parseInt(then);
  }

  private static String words(String name, @Nullable String value) {
    return value == null ? "no " + name : name + " " + value;
  }

  /** Returns what people compare runs by. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("model", model);
    settings.putAll(options);
    settings.putAll(machine);
    return settings;
  }

  String toJson() {
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(this)
        + "\n";
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it is missing or damaged, or of another model
   */
  static RunRecord read(Path file, String model) {
    try {
      if (Files.size(file) > 1 << 20) {
        throw bad(file, "is too large", null);
      }
      RunRecord read = new JsonMapper().readValue(Files.readString(file), RunRecord.class);
      if (!model.equals(read.model)) {
        throw new InputException(
            "%s is of a run of %s; give 'cortado train %s', or another folder"
                .formatted(file, read.model, read.model));
      }
      return read;
    } catch (IOException | JacksonException | NullPointerException e) {
      throw bad(file, Files.exists(file) ? "cannot be read" : "is missing", e);
    }
  }

  private static InputException bad(Path file, String what, @Nullable Exception why) {
    return new InputException(
        "%s %s; give the folder of a run of 'cortado train', which has a %s"
            .formatted(file, what, RunFolder.RECORD),
        why);
  }
}
