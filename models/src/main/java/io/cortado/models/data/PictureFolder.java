package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.IoWords;
import io.cortado.models.images.ImageFiles;
import io.cortado.models.images.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Pictures in a folder for each class, {@code DIR/CLASS/*.jpg}, as torchvision's ImageFolder has
 * them.
 *
 * @param folder where
 * @param classes the folders' names, sorted
 * @param files the pictures, sorted within each class
 * @param labels a class for each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PictureFolder(Path folder, List<String> classes, List<Path> files, int[] labels) {

  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".gif", ".bmp");

  /**
   * Lists a folder.
   *
   * @throws DataException if there are not two classes with a picture each
   */
  static PictureFolder list(Path folder) {
    List<Path> classFolders = sorted(folder).filter(Files::isDirectory).toList();
    List<Path> files = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    for (int c = 0; c < classFolders.size(); c++) {
      int label = c;
      List<Path> pictures = sorted(classFolders.get(c)).filter(PictureFolder::isPicture).toList();
      if (pictures.isEmpty()) {
        throw new DataException(
            "%s has no picture (%s); remove the folder or fill it"
                .formatted(classFolders.get(c), String.join(" ", ENDINGS)));
      }
      files.addAll(pictures);
      pictures.forEach(p -> labels.add(label));
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
        labels.build().toArray());
  }

  private static Stream<Path> sorted(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all
          .filter(p -> !p.getFileName().toString().startsWith("."))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(folder, e), e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
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
        IntStream.of(indices).map(i -> labels[i]).toArray());
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
