package io.cortado.models.cli;

import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSet;
import io.cortado.models.data.DataSets;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado data}. */
@Command(
    name = "data",
    description = "Lists the data sets, and brings them to this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {DataCommand.ListSets.class, DataCommand.Fetch.class},
    footer = {"", "Examples:", "  cortado data list", "  cortado data fetch fashion-mnist"})
final class DataCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do: 'cortado data list' or 'cortado data fetch NAME'");
  }

  /** {@code cortado data list}. */
  @Command(
      name = "list",
      description = "Lists the data sets and where each is.",
      mixinStandardHelpOptions = true)
  static final class ListSets implements Runnable {

    @Spec private CommandSpec spec;

    @Mixin private DataOptions options;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      DataHome home = options.home(spec.commandLine().getErr());
      for (DataSet set : DataSets.all()) {
        DataSet.About i = set.about();
        out.printf("%-14s %s; %s%n", i.name(), i.description(), i.size());
        out.printf("%-14s %s; licence: %s%n", "", i.source(), i.licence());
        out.printf(
            "%-14s %s%n",
            "",
            set.location(home)
                .map(place -> "here: " + place)
                .orElse("not here: 'cortado data fetch " + i.name() + "' brings it"));
      }
      out.flush();
    }
  }

  /** {@code cortado data fetch}. */
  @Command(
      name = "fetch",
      description = "Brings data sets to this machine and checks them.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  cortado data fetch fashion-mnist --data-dir data"})
  static final class Fetch implements Runnable {

    @Spec private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of data sets.")
    private List<String> names;

    @Mixin private DataOptions options;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      DataHome home = options.homeToFill(spec.commandLine().getErr());
      List<DataSet> sets = names.stream().map(name -> DataSets.get(DataSet.class, name)).toList();
      for (DataSet set : sets) {
        set.fetch(home);
        out.printf("%s is complete: %s%n", set.about().name(), set.location(home).orElse("here"));
        out.flush();
      }
    }
  }
}
