package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Scaling;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A user's own pictures: {@code DIR/CLASS/*.jpg}, or {@code DIR/train/CLASS/*.jpg} and {@code
 * DIR/test/CLASS/*.jpg}.
 *
 * <p>Without folders train and test, a fifth of each class tests, chosen by {@link RowSplit} with
 * seed 0. All pictures are decoded once, to find the broken ones and the colors' mean and
 * deviation; those of up to 1 GiB are kept, more are decoded again whenever they are read.
 */
public final class FolderDataSet implements ImageDataSet {

  private final ImageInfo info;
  private final Dataset train;
  private final Dataset test;
  private final Path folder;

  private FolderDataSet(Path folder, ImageInfo info, Dataset train, Dataset test) {
    this.folder = folder;
    this.info = info;
    this.train = train;
    this.test = test;
  }

  /**
   * Reads a folder.
   *
   * @param side what pictures are brought to; 0 for the size that all of them have
   * @param skipBroken whether broken pictures are left out
   * @throws DataException if there are no pictures of two classes, their sizes differ, or one is
   *     broken
   */
  public static FolderDataSet open(Path folder, int side, boolean skipBroken) {
    return open(folder, side, skipBroken, null);
  }

  /**
   * Reads a folder for a model that is trained already.
   *
   * @param side what pictures are brought to
   * @param scaling what the model was trained with; null for that of these training pictures
   * @throws DataException as {@link #open(Path, int, boolean)} does
   */
  public static FolderDataSet open(
      Path folder, int side, boolean skipBroken, @Nullable Scaling scaling) {
    Path trainFolder = folder.resolve("train");
    Path testFolder = folder.resolve("test");
    PictureFolder train;
    PictureFolder test;
    if (Files.isDirectory(trainFolder) && Files.isDirectory(testFolder)) {
      train = PictureFolder.list(trainFolder);
      test = PictureFolder.list(testFolder);
      if (!train.classes().equals(test.classes())) {
        throw new DataException(
            "%s has the classes %s, and %s has %s; both need the same folders"
                .formatted(trainFolder, train.classes(), testFolder, test.classes()));
      }
    } else {
      PictureFolder all = PictureFolder.list(folder);
      RowSplit split = RowSplit.of(all.labels(), all.classes().size(), 0, 0.2, 0);
      train = all.only(sorted(split.train()));
      test = all.only(sorted(split.test()));
      if (test.size() == 0) {
        throw new DataException(
            "%s has fewer than five pictures of each class; a fifth has to be left for the test"
                .formatted(folder));
      }
    }
    PictureScan trained = PictureScan.of(train, side, skipBroken);
    PictureScan tested = PictureScan.of(test, trained.side(), skipBroken);
    Scaling scaled = scaling == null ? trained.scaling() : scaling;
    int broken = trained.broken() + tested.broken();
    ImageInfo info =
        new ImageInfo(
            String.valueOf(folder.getFileName() == null ? folder : folder.getFileName()),
            "pictures of a folder" + (broken == 0 ? "" : ", without " + broken + " broken ones"),
            folder.toString(),
            "the user's",
            trained.pictures().size(),
            tested.pictures().size(),
            train.classes(),
            3,
            trained.side(),
            trained.side(),
            scaled);
    return new FolderDataSet(folder, info, trained.dataset(scaled), tested.dataset(scaled));
  }

  /** Says whether what a user gives as data is a folder. */
  public static boolean isFolder(String data) {
    try {
      return Files.isDirectory(Path.of(data));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static int[] sorted(int[] indices) {
    return IntStream.of(indices).sorted().toArray();
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of(folder.toString());
  }

  @Override
  public void fetch(DataHome home) {
    // It is here.
  }

  @Override
  public Dataset train(DataHome home) {
    return train;
  }

  @Override
  public Dataset test(DataHome home) {
    return test;
  }
}
