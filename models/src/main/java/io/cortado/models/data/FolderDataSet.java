package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Scaling;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  /** Of so many training pictures of a class one validates, where a twelfth does. */
  private static final int VALIDATED = 7;

  /** Of so many pictures of a class one tests, where a fifth does. */
  private static final int TESTED = 5;

  /** Of so many pictures of a class one tests and of the others one validates. */
  private static final int SPLIT = 8;

  private static final PictureFolder.Need TO_TEST =
      new PictureFolder.Need(1, " for the test that can be read", "");

  /** The pictures of both parts, and how many files beside them are of another kind. */
  private record Parts(PictureFolder train, PictureFolder test, int others) {}

  private final ImageInfo info;
  private final Dataset train;
  private final Dataset test;
  private final Path folder;
  private final String without;

  private FolderDataSet(Path folder, ImageInfo info, String without, Dataset train, Dataset test) {
    this.folder = folder;
    this.without = without;
    this.info = info;
    this.train = train;
    this.test = test;
  }

  /**
   * Reads a folder to train on.
   *
   * @param side what pictures are brought to; 0 for the size that all of them have
   * @param skipBroken whether broken pictures are left out
   * @throws DataException if there are no pictures of two classes, too few of a class for one to
   *     test and one to validate, their sizes differ, or one is broken
   */
  public static FolderDataSet open(Path folder, int side, boolean skipBroken) {
    return open(folder, side, skipBroken, null);
  }

  /**
   * Reads a folder for a model that is trained already.
   *
   * @param side what pictures are brought to
   * @param scaling what the model was trained with; null for that of these training pictures, which
   *     then have to be enough to train on
   * @throws DataException as {@link #open(Path, int, boolean)} does
   */
  public static FolderDataSet open(
      Path folder, int side, boolean skipBroken, @Nullable Scaling scaling) {
    boolean trains = scaling == null;
    Parts parts = parts(folder, trains);
    PictureScan trained =
        PictureScan.of(
            parts.train, side, skipBroken, toTrain(trains, " to train on that can be read"));
    PictureScan tested = PictureScan.of(parts.test, trained.side(), skipBroken, TO_TEST);
    Scaling scaled = scaling == null ? trained.scaling() : scaling;
    String without = without(trained.broken() + tested.broken(), parts.others);
    ImageInfo info =
        new ImageInfo(
            String.valueOf(folder.getFileName() == null ? folder : folder.getFileName()),
            "pictures of a folder" + without,
            folder.toString(),
            "the user's",
            trained.pictures().size(),
            tested.pictures().size(),
            parts.train.classes(),
            3,
            trained.side(),
            trained.side(),
            scaled);
    return new FolderDataSet(
        folder, info, without, trained.dataset(scaled), tested.dataset(scaled));
  }

  private static Parts parts(Path folder, boolean trains) {
    Path trainFolder = folder.resolve("train");
    Path testFolder = folder.resolve("test");
    if (!Files.isDirectory(trainFolder) || !Files.isDirectory(testFolder)) {
      PictureFolder all = PictureFolder.list(folder).require(toSplit(trains));
      RowSplit split = RowSplit.of(all.labels(), all.classes().size(), 0, 0.2, 0);
      return new Parts(
          all.only(sorted(split.train())), all.only(sorted(split.test())), all.others());
    }
    PictureFolder train = PictureFolder.list(trainFolder);
    PictureFolder test = PictureFolder.list(testFolder);
    if (!train.classes().equals(test.classes())) {
      throw new DataException(
          "%s has the classes %s, and %s has %s; both need the same folders"
              .formatted(trainFolder, train.classes(), testFolder, test.classes()));
    }
    return new Parts(train.require(toTrain(trains, "")), test, train.others() + test.others());
  }

  /** What has to be in a folder of which a part tests. */
  private static PictureFolder.Need toSplit(boolean trains) {
    return trains
        ? new PictureFolder.Need(SPLIT, "", ", so that one tests and one validates")
        : new PictureFolder.Need(TESTED, "", ", so that one tests");
  }

  /** What has to be in the training part; a model that is trained already learns nothing of it. */
  private static PictureFolder.Need toTrain(boolean trains, String what) {
    return trains
        ? new PictureFolder.Need(VALIDATED, what, ", so that one validates")
        : new PictureFolder.Need(1, what, "");
  }

  private static String without(int broken, int others) {
    String left =
        Stream.of(
                broken == 0 ? "" : Counted.of(broken, "broken picture"), ClassFolder.words(others))
            .filter(words -> !words.isEmpty())
            .collect(Collectors.joining(" and "));
    return left.isEmpty() ? "" : "; without " + left;
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
  public String without() {
    return without;
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
