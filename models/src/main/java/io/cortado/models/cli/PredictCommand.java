package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.InputException;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.TestResult;
import io.cortado.models.images.GreyImage;
import io.cortado.models.images.ImageFiles;
import io.cortado.models.images.PictureFormat;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado predict}. */
@Command(
    name = "predict",
    description = {
      "Says what pictures show, or goes on with a text, by a trained model.",
      "A picture may have any size and colours, dark on light or light on dark: it is converted"
          + " as the model's data set was made."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado predict runs/first/weights.safetensors my-digit.png",
      "  cortado predict runs/first/weights.safetensors scans/*.jpg --all",
      "  cortado predict runs/lstm/weights.safetensors --prompt \"To be\" --temperature 0.7"
    })
final class PredictCommand implements Callable<Integer> {

  private static final int TOP = 3;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A weights file that 'cortado train' wrote.")
  private Path file;

  @Parameters(index = "1", arity = "0..*", paramLabel = "IMAGE", description = "PNG or JPEG files.")
  private List<Path> images = new ArrayList<>();

  @Option(names = "--all", description = "Print all classes, not the three most probable.")
  private boolean all;

  @Mixin private TextOptions textOptions;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (textOptions.given()) {
      try (Device device = deviceOptions.open()) {
        out.println(textOptions.write(file, device));
      }
      out.flush();
      return 0;
    }
    if (images.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "missing: IMAGE; for a model that writes text, give --prompt");
    }
    ImageModel described = Checkpoint.describe(file);
    PictureFormat format = format(described);
    List<GreyImage> pictures = new ArrayList<>(); // all are read before anything is printed
    for (Path image : images) {
      pictures.add(format.convert(ImageFiles.read(image), image.toString()));
    }
    try (Device device = deviceOptions.open()) {
      Checkpoint model = Checkpoint.read(file, device);
      int[] one = described.input().prepend(1).toArray();
      for (int i = 0; i < pictures.size(); i++) {
        try (Step step = device.inference()) {
          Tensor x = step.tensor(scaled(pictures.get(i), described), one);
          float[] p = TestResult.softmax(model.network().forward(x).toFloatArray());
          print(out, images.get(i), p, described.classes());
        }
      }
    }
    out.flush();
    return 0;
  }

  private static PictureFormat format(ImageModel model) {
    return switch (model.data()) {
      case "mnist" -> PictureFormat.MNIST;
      case "fashion-mnist" -> PictureFormat.FASHION_MNIST;
      case "digits" -> PictureFormat.DIGITS;
      default ->
          throw new InputException(
              "it is not known how the pictures of '"
                  + model.data()
                  + "' were made; give a model trained on mnist, fashion-mnist or digits");
    };
  }

  private static float[] scaled(GreyImage picture, ImageModel model) {
    float[] values = new float[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = model.scaling().apply(0, Math.round(picture.values()[i] * 255));
    }
    return values;
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
