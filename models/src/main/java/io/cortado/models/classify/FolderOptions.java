package io.cortado.models.classify;

import io.cortado.models.InputException;
import io.cortado.models.Values;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.FolderDataSet;
import io.cortado.models.data.ImageDataSet;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the user says of a folder of pictures. */
public final class FolderOptions {

  @Option(
      names = "--image-size",
      paramLabel = "N",
      converter = Values.Positive.class,
      description =
          "The side in pixels that a folder's pictures are brought to (default: what they have).")
  private @Nullable Integer size;

  @Option(
      names = "--skip-broken",
      description = "Leave a folder's broken pictures out, and count them.")
  private boolean skipBroken;

  /**
   * Finds a published data set by its name, or else a folder.
   *
   * @param cut what the model looks at, if that is a part of the pictures
   * @throws InputException if there is neither
   */
  public ImageDataSet find(String data, ModelEntry.@Nullable Cut cut) {
    Optional<ImageDataSet> known =
        DataSets.all(ImageDataSet.class).stream()
            .filter(set -> set.info().name().equals(data))
            .findFirst();
    if (known.isPresent()) {
      if (size != null || skipBroken) {
        throw new InputException(
            "--image-size and --skip-broken are for folders of pictures, and %s is a published set"
                .formatted(data));
      }
      return known.get();
    }
    if (isFolder(data)) {
      int side = size != null ? size : cut != null ? cut.scaled() : 0;
      return FolderDataSet.open(Path.of(data), side, skipBroken);
    }
    return DataSets.image(data); // says that there is none, and which there are
  }

  private static boolean isFolder(String data) {
    try {
      return Files.isDirectory(Path.of(data));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
