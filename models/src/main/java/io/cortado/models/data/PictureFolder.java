package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.images.ImageFiles;
import io.cortado.models.images.RgbImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures in a folder for each class, {@code DIR/CLASS/*.jpg}, as torchvision's ImageFolder has
 * them.
 *
 * @param folder where
 * @param classes the folders' names, sorted
 * @param files the pictures, sorted within each class
 * @param labels a class for each
 * @param others how many files beside them are of another kind
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PictureFolder(
    Path folder, List<String> classes, List<Path> files, int[] labels, int others) {

  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".gif", ".bmp");

  /**
   * Lists a folder.
   *
   * @throws DataException if there are not two classes with a picture each, or a class has folders
   *     in its own
   */
  static PictureFolder list(Path folder) {
    List<Path> classFolders = ClassFolder.list(folder).stream().filter(Files::isDirectory).toList();
    List<Path> files = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    int others = 0;
    for (int c = 0; c < classFolders.size(); c++) {
      int label = c;
      ClassFolder found = ClassFolder.of(classFolders.get(c), ENDINGS, "pictures");
      if (found.files().isEmpty()) {
        throw new DataException(
            "%s has no picture (%s); remove the folder or fill it"
                .formatted(classFolders.get(c), String.join(" ", ENDINGS)));
      }
      files.addAll(found.files());
      found.files().forEach(_ -> labels.add(label));
      others += found.others();
    }
    if (classFolders.size() < 2) {
      throw new DataException(
          "%s has %s; pictures are expected in a folder for each class, two or more: %s"
              .formatted(
                  folder,
                  classFolders.isEmpty() ? "no folders" : "only one, " + classFolders.getFirst(),
                  folder.resolve("CLASS").resolve("*.jpg")));
    }
    return new PictureFolder(
        folder,
        classFolders.stream().map(p -> p.getFileName().toString()).toList(),
        List.copyOf(files),
        labels.build().toArray(),
        others);
  }

  int size() {
    return files.size();
  }

  /** Returns the pictures of some indices. */
  PictureFolder only(int[] indices) {
    return new PictureFolder(
        folder,
        classes,
        IntStream.of(indices).mapToObj(files::get).toList(),
        IntStream.of(indices).map(i -> labels[i]).toArray(),
        others);
  }

  /**
   * What there has to be of each class.
   *
   * @param least how many pictures
   * @param what for what, or which, in the words of a message
   * @param why so many are needed, in these words
   */
  record Need(int least, String what, String why) {}

  /**
   * Checks that there are enough pictures of each class.
   *
   * @throws DataException if there are too few of one; the message names it
   */
  PictureFolder require(Need need) {
    int[] counts = ClassSizes.of(labels, classes.size());
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < need.least) {
        throw new DataException(
            "%s: the class '%s' has %s%s; %d or more are needed%s: add some, or leave the class out"
                .formatted(
                    folder,
                    classes.get(c),
                    Counted.of(counts[c], "picture"),
                    need.what,
                    need.least,
                    need.why));
      }
    }
    return this;
  }

  /**
   * Decodes all pictures at a size: {@code [3, height, width]} bytes, one after the other.
   *
   * @throws DataException if one is broken
   */
  byte[] decode(int height, int width) {
    int each = 3 * height * width;
    byte[] all = new byte[Math.multiplyExact(size(), each)];
    IntStream.range(0, size()).parallel().forEach(i -> decode(i, height, width, all, i * each));
    return all;
  }

  /** Decodes one picture. */
  void decode(int index, int height, int width, byte[] to, int at) {
    try {
      RgbImage.planes(ImageFiles.read(files.get(index)), height, width, to, at);
    } catch (InputException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }
}
