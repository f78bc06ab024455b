package io.cortado.io;

import io.cortado.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Saves and loads everything that a model has learned.
 *
 * <p>The file is a safetensors file with PyTorch's names and layouts, which PyTorch and Hugging
 * Face's libraries read as it is. Its metadata holds the model's own description as JSON.
 */
public final class Weights {

  /** The key of the metadata under which {@link ModelDescription} stands. */
  public static final String MODEL = "cortado.model";

  private Weights() {}

  /**
   * Writes tensors into a file, as a whole or not at all.
   *
   * @param tensors by name, as {@code stateDict()} gives them
   * @param metadata texts about the file, by name
   * @throws FileException if that fails; what was there before is untouched then
   */
  public static void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafetensorsWriter writer =
        new SafetensorsWriter().metadata("format", "pt"); // names and layouts are PyTorch's
    metadata.forEach(writer::metadata);
    tensors.forEach(writer::add);
    writer.write(file);
  }

  /**
   * Writes tensors and the description of their model into a file, as a whole or not at all.
   *
   * @throws FileException if that fails; what was there before is untouched then
   */
  public static void save(Path file, Map<String, Tensor> tensors, ModelDescription model) {
    save(file, tensors, Map.of(MODEL, model.toJson()));
  }

  /**
   * Sets tensors to a file's, all of them or, if anything does not fit, none.
   *
   * @param tensors by name, as {@code stateDict()} gives them
   * @throws FileException if the file is not sound, or has other names or shapes; the message names
   *     the first difference
   */
  public static void load(Path file, Map<String, Tensor> tensors) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      load(in, tensors);
    }
  }

  /**
   * Sets tensors to a file's, all of them or, if anything does not fit, none.
   *
   * @throws FileException if the file has other names or shapes; the message names the first
   *     difference
   */
  public static void load(SafetensorsFile file, Map<String, Tensor> tensors) {
    check(file, tensors);
    tensors.forEach(file::copyTo);
  }

  /**
   * Returns what a file says about its model; empty if it was not written by Cortado.
   *
   * @throws FileException if the file or the description is not sound
   */
  public static Optional<ModelDescription> describe(Path file) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      return describe(in);
    }
  }

  /**
   * Returns what a file says about its model; empty if it was not written by Cortado.
   *
   * @throws FileException if the description is not sound
   */
  public static Optional<ModelDescription> describe(SafetensorsFile file) {
    String json = file.metadata().get(MODEL);
    return json == null
        ? Optional.empty()
        : Optional.of(ModelDescription.parse(file.source(), json));
  }

  /**
   * Complains if a file cannot be loaded into tensors, without changing any.
   *
   * @throws FileException if the file has other names or shapes, the message names the first
   *     difference, or holds a number that does not fit
   */
  public static void check(SafetensorsFile file, Map<String, Tensor> tensors) {
    checkFits(file, tensors);
    tensors.keySet().forEach(file::checkValues);
  }

  private static void checkFits(SafetensorsFile file, Map<String, Tensor> tensors) {
    List<String> missing = new ArrayList<>();
    String first = "";
    int differ = 0;
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      SafetensorsEntry stored = file.entries().get(e.getKey());
      if (stored == null) {
        missing.add(e.getKey());
      } else if (!stored.shape().equals(e.getValue().shape())) {
        if (differ++ == 0) {
          first =
              "\""
                  + e.getKey()
                  + "\" is "
                  + stored.shape()
                  + " in the file and "
                  + e.getValue().shape()
                  + " in the model";
        }
      } else {
        file.typed(e.getKey(), e.getValue().dtype());
      }
    }
    List<String> unexpected = new ArrayList<>(file.entries().keySet());
    unexpected.removeAll(tensors.keySet());
    if (differ == 0 && missing.isEmpty() && unexpected.isEmpty()) {
      return;
    }
    StringBuilder reason = new StringBuilder("holds the weights of another model");
    if (differ > 0) {
      reason
          .append(": ")
          .append(first)
          .append(differ > 1 ? ", the first of " + differ + " that differ" : "");
    }
    if (!missing.isEmpty()) {
      reason.append("; the file lacks ").append(SafetensorsHeader.names(missing));
    }
    if (!unexpected.isEmpty()) {
      reason.append("; the model has no ").append(SafetensorsHeader.names(unexpected));
    }
    throw FileException.of(file.source(), reason.toString(), remedy(file));
  }

  private static String remedy(SafetensorsFile file) {
    String remedy = "nothing was loaded: build the model these were saved from";
    try {
      return remedy + describe(file).map(model -> ", " + model.name()).orElse("");
    } catch (FileException unreadable) {
      return remedy; // the description is not what this message is about
    }
  }
}
