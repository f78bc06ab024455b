package io.cortado.models.zoo;

import io.cortado.Device;
import io.cortado.models.Figures;
import io.cortado.models.Run;
import io.cortado.models.RunFolder;
import io.cortado.models.StopSignal;
import io.cortado.models.Trial;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.data.DataHome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Trains the first steps of every model of the zoo on a device, and writes down the losses. */
final class FirstLosses {

  static final int STEPS = 20;

  /** What makes a quick training still smaller: an emulated GPU multiplies slowly. */
  private static final Map<String, String> SMALLER =
      Map.of(
          "lenet5", "--batch-size 16",
          "alexnet", "--batch-size 16",
          "mlp", "--batch-size 32");

  private FirstLosses() {}

  /** The program: device, and the folder for what is written. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    for (Map.Entry<String, List<Double>> e : of(args[0], folder).entrySet()) {
      String losses = e.getValue().stream().map(String::valueOf).collect(Collectors.joining(" "));
      System.out.println(e.getKey() + " " + losses);
    }
  }

  /** Reads what the program has printed. */
  static Map<String, List<Double>> parse(String printed) {
    Map<String, List<Double>> losses = new LinkedHashMap<>();
    printed
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> {
          String[] words = line.split(" ");
          losses.put(words[0], Stream.of(words).skip(1).map(Double::valueOf).toList());
        });
    return losses;
  }

  /** Trains on a device. */
  static Map<String, List<Double>> of(String device, Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, List<Double>> all = new LinkedHashMap<>();
    for (ZooModel model : Zoo.models()) {
      if (!model.quickTrials().isEmpty()) {
        all.put(model.name(), losses(model, device, folder.resolve(model.name())));
      }
    }
    return all;
  }

  private static List<Double> losses(ZooModel model, String name, Path folder) throws IOException {
    Trial trial = model.quickTrials().getFirst();
    List<String> arguments = new ArrayList<>(trial.arguments());
    if (SMALLER.containsKey(model.name())) {
      arguments.addAll(List.of(SMALLER.get(model.name()).split(" ")));
    }
    new CommandLine(CommandSpec.forAnnotatedObject(model))
        .setOverwrittenOptionsAllowed(true)
        .parseArgs(arguments.toArray(String[]::new));
    Enough enough = new Enough();
    StringWriter said = new StringWriter();
    try (RunFolder place = RunFolder.of(folder);
        Device device = Device.open(name)) {
      Figures figures =
          model.train(
              new Run(
                  device,
                  1,
                  place,
                  DataHome.of(folder).offline(),
                  new PrintWriter(said),
                  false,
                  new Run.Limits(enough, 0, enough::add)));
      if (enough.losses.size() != STEPS || figures != Figures.NONE) {
        throw new IllegalStateException(
            "%s: %d losses, then it went on: %s"
                .formatted(model.name(), enough.losses.size(), said));
      }
    }
    return enough.losses;
  }

  /** Asks for the end when there are losses enough. */
  private static final class Enough implements StopSignal {

    private final List<Double> losses = new ArrayList<>();
    private final List<Runnable> actions = new ArrayList<>();

    void add(double loss) {
      losses.add(loss);
      if (requested()) {
        actions.forEach(Runnable::run);
      }
    }

    @Override
    public boolean requested() {
      return losses.size() >= STEPS;
    }

    @Override
    public void onRequest(Runnable action) {
      actions.add(action);
    }

    @Override
    public void state(Supplier<String> words) {
      // Nobody reads them.
    }
  }
}
