package io.cortado.models.classify;

import io.cortado.models.InputException;
import io.cortado.models.Values;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.FolderDataSet;
import io.cortado.models.data.ImageDataSet;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the user says of a folder of pictures. */
public final class FolderOptions {

  @Option(
      names = "--image-size",
      paramLabel = "N",
      converter = Values.Side.class,
      description =
          "The side in pixels that a folder's pictures are brought to (default: what they have).")
  private @Nullable Integer size;

  @Option(
      names = "--skip-broken",
      description = "Leave a folder's broken pictures out, and count them.")
  private boolean skipBroken;

  /** Returns the first of them that was given; null if none was. */
  @Nullable String given() {
    return size != null ? "--image-size" : skipBroken ? "--skip-broken" : null;
  }

  /**
   * Finds a published data set by its name, or else a folder.
   *
   * @param cut what the model looks at, if that is a part of the pictures
   * @throws InputException if there is neither
   */
  public ImageDataSet find(String data, ModelEntry.@Nullable Cut cut) {
    Optional<ImageDataSet> known = DataSets.find(ImageDataSet.class, data);
    if (known.isPresent()) {
      if (size != null || skipBroken) {
        throw new InputException(
            "--image-size and --skip-broken are for folders of pictures, and %s is a published set"
                .formatted(data));
      }
      return known.get();
    }
    if (FolderDataSet.isFolder(data)) {
      int side = size != null ? size : cut != null ? cut.scaled() : 0;
      return FolderDataSet.open(Path.of(data), side, skipBroken);
    }
    return DataSets.image(data); // says that there is none, and which there are
  }

  /**
   * Finds what a trained model is measured on: a published set, or a folder, whose pictures are
   * brought to the size and the scaling that the model was trained with.
   *
   * @param data what the user wants; null for what the model was trained on
   * @param file the model's file, for messages
   * @throws InputException if there is neither, or the model is not for such pictures or classes
   */
  public static ImageDataSet find(
      ImageModel model, @Nullable String data, boolean skipBroken, Path file) {
    String wanted = data == null ? model.data() : data;
    Optional<ImageDataSet> known = DataSets.find(ImageDataSet.class, wanted);
    if (known.isPresent()) {
      model.checkFits(known.get().info(), file);
      return known.get();
    }
    if (FolderDataSet.isFolder(wanted)) {
      int side = model.picture().dim(1);
      ImageDataSet folder = FolderDataSet.open(Path.of(wanted), side, skipBroken, model.scaling());
      model.checkFits(folder.info(), file);
      return folder;
    }
    if (data == null) {
      throw new InputException(
          "%s was trained on a folder of pictures, '%s'; say by --data where it is"
              .formatted(file, wanted));
    }
    return DataSets.image(data); // says that there is none, and which there are
  }
}
