package io.cortado.models.classify;

import io.cortado.Shape;
import io.cortado.data.Scaling;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.FloatList;
import io.cortado.models.InputException;
import io.cortado.models.data.ImageInfo;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be known to build an image classifier anew and to give it pictures; its weights file
 * keeps it.
 *
 * @param model the name in the {@link io.cortado.models.Zoo}
 * @param variant which of the model's forms
 * @param data the data set it is trained on
 * @param input the shape of one image, {@code [channels, height, width]}
 * @param scaled the side of the pictures that it is cut out of; 0 if they are looked at whole
 * @param classes the names of the classes, in the order of the outputs
 * @param scaling what a byte of a pixel becomes
 */
public record ImageModel(
    String model,
    String variant,
    String data,
    Shape input,
    int scaled,
    List<String> classes,
    Scaling scaling) {

  /** Copies the classes. */
  public ImageModel {
    classes = List.copyOf(classes);
  }

  /** Describes a model for a data set. */
  public static ImageModel of(ModelEntry entry, String variant, ImageInfo info) {
    Shape whole = Shape.of(info.channels(), info.height(), info.width());
    ModelEntry.Cut cut = entry.cuts().get(variant);
    boolean cuts = cut != null && info.height() >= cut.cut() && info.width() >= cut.cut();
    return new ImageModel(
        entry.name(),
        variant,
        info.name(),
        cut != null && cuts ? Shape.of(info.channels(), cut.cut(), cut.cut()) : whole,
        cuts ? Math.min(info.height(), info.width()) : 0,
        info.classNames(),
        info.scaling());
  }

  /**
   * Checks that this model can be given a set's images.
   *
   * @param file the model's file, for messages
   * @throws InputException if the images' shape or the classes differ
   */
  void checkFits(ImageInfo info, Path file) {
    Shape wanted = picture();
    Shape given = Shape.of(info.channels(), info.height(), info.width());
    if (!wanted.equals(given)) {
      throw new InputException(
          "%s takes images %s, but those of %s are %s; give --data %s"
              .formatted(file, wanted, info.name(), given, data));
    }
    if (!classes.equals(info.classNames())) {
      throw new InputException(
          "%s tells %s apart, but the classes of %s are %s; give --data %s"
              .formatted(file, some(classes), info.name(), some(info.classNames()), data));
    }
  }

  /** Returns the shape of the pictures that it looks at, or at parts of. */
  Shape picture() {
    return scaled > 0 ? Shape.of(input.dim(0), scaled, scaled) : input;
  }

  private static String some(List<String> names) {
    return names.size() <= 10
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 10)) + " and " + (names.size() - 10) + " more";
  }

  /** Returns the description that goes into a weights file. */
  public ModelDescription toDescription() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("variant", variant);
    options.put("data", data);
    options.put("mean", FloatList.join(scaling.mean()));
    options.put("std", FloatList.join(scaling.std()));
    if (scaled > 0) {
      options.put("scaled", Integer.toString(scaled));
    }
    return new ModelDescription(model, input, classes, options);
  }

  /**
   * Takes apart what a weights file says.
   *
   * @param file the file's name, for messages
   * @throws FileException if something is missing or is no number
   */
  public static ImageModel of(ModelDescription d, String file) {
    if (d.input().rank() != 3 || d.classes().isEmpty()) {
      throw FileException.of(
          file,
          "holds a model '" + d.name() + "' that is not an image classifier",
          "give one of an image classifier; 'cortado predict' takes others as well");
    }
    try {
      return new ImageModel(
          d.name(),
          option(d, "variant", file),
          option(d, "data", file),
          d.input(),
          Integer.parseInt(d.options().getOrDefault("scaled", "0")),
          d.classes(),
          Scaling.normalize(
              FloatList.parse(option(d, "mean", file)), FloatList.parse(option(d, "std", file))));
    } catch (IllegalArgumentException e) {
      throw bad(file, "has numbers that cannot be used (" + e.getMessage() + ")");
    }
  }

  private static String option(ModelDescription d, String name, String file) {
    String value = d.options().get(name);
    if (value == null) {
      throw bad(file, "has no \"" + name + "\"");
    }
    return value;
  }

  private static FileException bad(String file, String what) {
    return FileException.of(
        file, "its description of the model " + what, "give a file that 'cortado train' wrote");
  }
}
