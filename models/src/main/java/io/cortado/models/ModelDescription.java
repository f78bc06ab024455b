package io.cortado.models;

import io.cortado.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What has to be known to build a model anew and to give it pictures: it is kept in the weights
 * file.
 *
 * @param model the name in the {@link Zoo}
 * @param variant which of the model's forms
 * @param data the data set it was trained on
 * @param input the shape of one sample
 * @param classes the names of the classes, in the order of the model's outputs
 * @param mean what was subtracted from pixels of 0 to 1
 * @param std what they were divided by then
 */
public record ModelDescription(
    String model,
    String variant,
    String data,
    Shape input,
    List<String> classes,
    float mean,
    float std) {

  private static final String SEPARATOR = "|";

  /** Copies the classes. */
  public ModelDescription {
    classes = List.copyOf(classes);
  }

  /** Returns the description as a weights file's metadata. */
  public Map<String, String> toMetadata() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("cortado.model", model);
    m.put("cortado.variant", variant);
    m.put("cortado.data", data);
    m.put(
        "cortado.input",
        Arrays.stream(input.toArray()).mapToObj(Integer::toString).collect(Collectors.joining("x")));
    m.put("cortado.classes", String.join(SEPARATOR, classes));
    m.put("cortado.mean", Float.toString(mean));
    m.put("cortado.std", Float.toString(std));
    return m;
  }

  /**
   * Reads the description from a weights file's metadata.
   *
   * @param file the file's name, for the message
   * @throws InputException if something is missing or is no number
   */
  public static ModelDescription fromMetadata(Map<String, String> metadata, String file) {
    try {
      return new ModelDescription(
          get(metadata, "cortado.model", file),
          get(metadata, "cortado.variant", file),
          get(metadata, "cortado.data", file),
          Shape.of(
              Arrays.stream(get(metadata, "cortado.input", file).split("x", -1))
                  .mapToInt(Integer::parseInt)
                  .toArray()),
          List.of(get(metadata, "cortado.classes", file).split("\\" + SEPARATOR, -1)),
          Float.parseFloat(get(metadata, "cortado.mean", file)),
          Float.parseFloat(get(metadata, "cortado.std", file)));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          file + ": its description cannot be read (" + e.getMessage() + "); train the model again", e);
    }
  }

  private static String get(Map<String, String> metadata, String key, String file) {
    String value = metadata.get(key);
    if (value == null) {
      throw new InputException(
          file
              + ": does not say which model its weights are of (no \""
              + key
              + "\" in its metadata); give a file that 'cortado train' wrote");
    }
    return value;
  }
}
