package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.io.FileException;
import io.cortado.io.SafetensorsEntry;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.Weights;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A checkpoint on a disk, its checksums and version checked. */
final class StoredCheckpoint {

  /** The version of the format that is written; others may only be older. */
  static final int VERSION = 2;

  /** The name under which the version stands. */
  static final String VERSION_KEY = "cortado.checkpoint";

  static final String MODEL = "model.safetensors";
  static final String TRAINING = "training.safetensors";

  private final Path folder;
  private final StateTexts texts;

  private StoredCheckpoint(Path folder, StateTexts texts) {
    this.folder = folder;
    this.texts = texts;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws FileException if it is damaged, not finished, or of a newer version
   */
  static StoredCheckpoint open(Path folder) {
    Checksums.verify(folder);
    return sound(folder);
  }

  /** Opens a checkpoint whose checksums have been checked. */
  static StoredCheckpoint sound(Path folder) {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(TRAINING))) {
      StateTexts texts = new StateTexts(folder.toString(), new LinkedHashMap<>(file.metadata()));
      int version = texts.count(VERSION_KEY);
      if (version > VERSION) {
        throw FileException.of(
            folder.toString(),
            "is a checkpoint of version " + version + ", and this program reads up to " + VERSION,
            "use the release of Cortado that wrote it, or a newer one");
      }
      return new StoredCheckpoint(folder, texts);
    }
  }

  /** Returns the checkpoints of a folder by their names, the newest first; not looked into. */
  static List<CheckpointName> list(Path folder) {
    List<CheckpointName> names = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          CheckpointName.parse(entry.getFileName().toString()).ifPresent(names::add);
        }
      } catch (IOException e) {
        throw FileException.reading(folder, e);
      }
    }
    names.sort(Comparator.reverseOrder());
    return names;
  }

  /**
   * Finds the newest checkpoint of a folder that is whole.
   *
   * @param passedOver told why each newer one is not
   * @throws FileException if it is of a newer version
   */
  static Optional<StoredCheckpoint> latest(Path folder, Consumer<String> passedOver) {
    for (CheckpointName name : list(folder)) {
      Path one = folder.resolve(name.toString());
      try {
        Checksums.verify(one);
      } catch (FileException e) {
        passedOver.accept(e.getMessage());
        continue;
      }
      return Optional.of(sound(one));
    }
    return Optional.empty();
  }

  Path folder() {
    return folder;
  }

  StateTexts texts() {
    return texts;
  }

  /**
   * Compares the names and shapes of tensors with what is stored.
   *
   * @throws FileException if they are of another model or optimizer; the message names the first
   *     difference
   */
  void check(Map<String, Tensor> model, Map<String, Tensor> optimizer) {
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve(MODEL));
        SafetensorsFile training = SafetensorsFile.open(folder.resolve(TRAINING))) {
      Weights.check(weights, model);
      checkOptimizer(training, optimizer);
    }
  }

  /** Sets tensors, which have to be checked before, to what is stored. */
  void load(Map<String, Tensor> model, Map<String, Tensor> optimizer) {
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve(MODEL));
        SafetensorsFile training = SafetensorsFile.open(folder.resolve(TRAINING))) {
      model.forEach(weights::copyTo);
      optimizer.forEach(training::copyTo);
    }
  }

  /** Complains about an optimizer of the same kind that keeps something else. */
  private void checkOptimizer(SafetensorsFile file, Map<String, Tensor> tensors) {
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      SafetensorsEntry stored = file.entries().get(e.getKey());
      if (stored == null || !stored.shape().equals(e.getValue().shape())) {
        throw otherOptions(
            "holds "
                + (stored == null ? "no" : "another shape of")
                + " optimizer state \""
                + e.getKey()
                + "\"");
      }
    }
    for (String name : file.entries().keySet()) {
      if (!tensors.containsKey(name)) {
        throw otherOptions("holds optimizer state \"" + name + "\", which this optimizer has not");
      }
    }
    Weights.check(file, tensors);
  }

  private FileException otherOptions(String reason) {
    return FileException.of(
        folder.toString(), reason, "nothing was loaded: give the optimizer the options it had");
  }
}
