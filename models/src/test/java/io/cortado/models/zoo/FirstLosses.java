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
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Trains the first steps of every model of the zoo on a device, and writes down the losses, and
 * what a step asked of the emulated CUDA device.
 */
final class FirstLosses {

  static final int STEPS = 20;

  /**
   * The step after which one is counted: long after the first ones, which run operation by
   * operation, and in the midst of an epoch, whose last batch may be a short one.
   */
  private static final int COUNTED = STEPS / 2;

  /**
   * What makes a quick training still smaller: an emulated GPU multiplies slowly. AlexNet takes a
   * lower rate, and no fewer images: losses part where a unit near 0 is off on one device alone.
   */
  private static final Map<String, String> SMALLER =
      Map.of(
          "lenet5", "--batch-size 16",
          "alexnet", "--batch-size 32 --lr 0.01",
          "mlp", "--batch-size 32");

  private FirstLosses() {}

  /** The program: device, and the folder for what is written. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    for (Map.Entry<String, Steps> e : of(args[0], folder).entrySet()) {
      System.out.println(e.getKey() + " " + e.getValue().toLine());
    }
  }

  /**
   * What the first steps came to.
   *
   * @param losses of each step
   * @param counts what one of the last asked of the device; zeros where nothing counts
   */
  record Steps(List<Double> losses, StepCounts counts) {

    private String toLine() {
      return counts.toLine()
          + " "
          + losses.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static Steps parse(List<String> words) {
      return new Steps(
          words.subList(1, words.size()).stream().map(Double::valueOf).toList(),
          StepCounts.parse(words.getFirst()));
    }
  }

  /** Reads what the program has printed. */
  static Map<String, Steps> parse(String printed) {
    Map<String, Steps> all = new LinkedHashMap<>();
    printed
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> {
          List<String> words = List.of(line.split(" "));
          all.put(words.getFirst(), Steps.parse(words.subList(1, words.size())));
        });
    return all;
  }

  /** Trains on a device. */
  private static Map<String, Steps> of(String device, Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, Steps> all = new LinkedHashMap<>();
    for (ZooModel model : Zoo.models()) {
      if (!model.quickTrials().isEmpty()) {
        all.put(model.name(), steps(model, device, folder.resolve(model.name())));
      }
    }
    return all;
  }

  private static Steps steps(ZooModel model, String name, Path folder) throws IOException {
    Trial trial = model.quickTrials().getFirst();
    List<String> arguments = new ArrayList<>(trial.arguments());
    if (SMALLER.containsKey(model.name())) {
      arguments.addAll(List.of(SMALLER.get(model.name()).split(" ")));
    }
    new CommandLine(CommandSpec.forAnnotatedObject(model))
        .setOverwrittenOptionsAllowed(true)
        .parseArgs(arguments.toArray(String[]::new));
    Enough enough = new Enough(StepCounts.counter(name));
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
    return new Steps(enough.losses, enough.counts());
  }

  /** Asks for the end when there are losses enough. */
  private static final class Enough implements StopSignal {

    private final Supplier<StepCounts> counter;
    private final List<Double> losses = new ArrayList<>();
    private final List<Runnable> actions = new ArrayList<>();
    private StepCounts before = StepCounts.NONE;
    private StepCounts after = StepCounts.NONE;

    Enough(Supplier<StepCounts> counter) {
      this.counter = counter;
    }

    StepCounts counts() {
      return after.minus(before);
    }

    void add(double loss) {
      losses.add(loss);
      if (losses.size() == COUNTED) {
        before = counter.get();
      } else if (losses.size() == COUNTED + 1) {
        after = counter.get();
      }
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
