package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Values;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.PictureReader;
import io.cortado.models.classify.TestResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado predict}. */
@Command(
    name = "predict",
    description = {
      "Asks a trained model: what pictures show, how a text goes on, of which class it is, or which items a user will like.",
      "A picture may have any size and colours, dark on light or light on dark: it is converted"
          + " as the model's data set was made."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado predict runs/first/weights.safetensors my-digit.png",
      "  cortado predict runs/first/weights.safetensors scans/*.jpg --all",
      "  cortado predict runs/lstm/weights.safetensors --prompt \"To be\" --temperature 0.7",
      "  cortado predict runs/textcnn/weights.safetensors --text \"Not bad at all!\"",
      "  cortado predict runs/ratings/weights.safetensors --user 17 --top 10",
      "  cortado predict runs/table/weights.safetensors --rows new.csv"
    })
final class PredictCommand implements Callable<Integer> {

  private static final int TOP = 3;

  /** What pictures are called beside the options. */
  private static final String IMAGES = "IMAGE";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A weights file that 'cortado train' wrote.")
  private Path file;

  @Parameters(index = "1", arity = "0..*", paramLabel = "IMAGE", description = "PNG or JPEG files.")
  private List<Path> images = List.of();

  @Option(names = "--all", description = "Print all classes, not the three most probable.")
  private boolean all;

  @Option(names = "--user", paramLabel = "ID", description = "The user, for a recommender.")
  private @Nullable String user;

  @Option(
      names = "--rows",
      paramLabel = "FILE",
      description = "A CSV file of rows, for an mlp that was trained on a table.")
  private @Nullable Path rows;

  @Option(
      names = "--top",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many items, for a recommender (default: 10).")
  private @Nullable Integer top;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "The text to go on with, for a model that writes.")
  private @Nullable String prompt;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "The text to tell the class of, for a classifier of texts.")
  private @Nullable String text;

  @Option(
      names = "--length",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many characters to add to the prompt (default: 400).")
  private @Nullable Integer length;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      converter = Values.Temperature.class,
      description = "How daring: below 1 keeps to what is likely (default: 0.8).")
  private @Nullable Double temperature;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Values.Seed.class,
      description = "Chooses what is drawn (default: 1).")
  private @Nullable Long seed;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() {
    ModelDescription model = Checkpoint.description(file);
    Map<String, String> given = given();
    ZooModel asked = Zoo.find(model.name());
    if (asked instanceof Predictor predictor && predictor.answers(model)) {
      checkFit(model.name(), given.keySet(), predictor.questions());
      try (Device device = deviceOptions.open()) {
        PrintWriter out = spec.commandLine().getOut();
        predictor.answer(new Predictor.Question(file, model, given, device, out));
        out.flush();
      }
      return 0;
    }
    if (!(asked instanceof ImageClassifier)) {
      throw new InputException(
          "%s is of the model %s, which answers no questions; its training leaves figures and pictures"
              .formatted(file, model.name()));
    }
    checkFit(model.name(), given.keySet(), Set.of(IMAGES, "--all"));
    if (images.isEmpty()) {
      throw new InputException(
          file + " is of the model " + model.name() + "; give pictures to look at");
    }
    return pictures();
  }

  /** Returns what was given of what one model takes and another does not. */
  private Map<String, String> given() {
    Map<String, String> given = new TreeMap<>();
    if (!images.isEmpty()) {
      given.put(IMAGES, "");
    }
    Set<String> forAll = CommandSpec.forAnnotatedObject(new DeviceOptions()).optionsMap().keySet();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!option.inherited() && !forAll.contains(option.longestName())) {
        given.put(option.longestName(), String.valueOf((Object) option.getValue()));
      }
    }
    return given;
  }

  private void checkFit(String model, Set<String> given, Set<String> taken) {
    for (String option : given) {
      if (!taken.contains(option)) {
        throw new InputException(
            "%s is of the model %s, which takes no %s; it takes %s"
                .formatted(file, model, option, String.join(", ", new TreeSet<>(taken))));
      }
    }
  }

  private int pictures() {
    PrintWriter out = spec.commandLine().getOut();
    ImageModel described = Checkpoint.describe(file);
    PictureReader reader = PictureReader.of(described);
    List<float[]> pictures = new ArrayList<>(); // all are read before anything is printed
    for (Path image : images) {
      pictures.add(reader.read(image));
    }
    try (Device device = deviceOptions.open()) {
      Checkpoint model = Checkpoint.read(file, device);
      int[] one = described.input().prepend(1).toArray();
      for (int i = 0; i < pictures.size(); i++) {
        try (Step step = device.inference()) {
          Tensor x = step.tensor(pictures.get(i), one);
          float[] p = TestResult.softmax(model.network().forward(x).toFloatArray());
          print(out, images.get(i), p, described.classes());
        }
      }
    }
    out.flush();
    return 0;
  }

  private void print(PrintWriter out, Path image, float[] p, List<String> classes) {
    out.println(image);
    int names = classes.stream().mapToInt(String::length).max().orElse(1);
    IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> -p[c]))
        .limit(all ? p.length : TOP)
        .forEach(c ->
            out.println(
                String.format(
                    Locale.ROOT, "  %-" + names + "s  %6.2f %%", classes.get(c), 100 * p[c])));
  }
}
