package io.cortado.models.data;

import io.cortado.data.ArrayDataset;
import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Scaling;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Handwritten digits, 8x8, grey, as scikit-learn ships them. They come with this module.
 *
 * <p>Small enough to try something in a second. The split is that of scikit-learn's example
 * "Recognizing hand-written digits": the first 898 rows train, the other 899 test, unshuffled.
 * (There a support vector classifier reaches 97 %.) The writers of both parts differ little: on
 * other people's digits, figures are lower. Values 0 to 16 become bytes {@code round(value * 255 /
 * 16)}.
 */
public final class Digits implements ImageDataSet {

  static final String FILE = "digits/digits.csv.gz";

  private static final int TRAIN = 898;
  private static final int TEST = 899;
  private static final int PIXELS = 64;
  private static final int MAX_VALUE = 16;

  private static final ImageInfo INFO =
      new ImageInfo(
          "digits",
          "handwritten digits, 8x8, grey",
          "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (1998), UCI Machine Learning"
              + " Repository, as shipped by scikit-learn",
          "BSD-3-Clause (scikit-learn's copy)",
          TRAIN,
          TEST,
          List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          1,
          8,
          8,
          Scaling.normalize(0.3075f, 0.3770f));

  /** Reads the training part. */
  public static Dataset train() {
    return read().take(TRAIN);
  }

  /** Reads the test part. */
  public static Dataset test() {
    return read().skip(TRAIN);
  }

  private static Dataset read() {
    return Resources.read(FILE, Digits::parse);
  }

  static Dataset parse(String name, InputStream stream) throws IOException {
    int rows = TRAIN + TEST;
    byte[] pixels = new byte[rows * PIXELS];
    int[] labels = new int[rows];
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII));
    for (int r = 0; r < rows; r++) {
      String line = lines.readLine();
      if (line == null) {
        throw new DataException(name + " is truncated: it has " + r + " lines, expected " + rows);
      }
      String[] values = line.split(",", -1);
      if (values.length != PIXELS + 1) {
        throw new DataException(
            name
                + ", line "
                + (r + 1)
                + ": "
                + values.length
                + " values, expected "
                + (PIXELS + 1));
      }
      for (int i = 0; i < PIXELS; i++) {
        int value = number(name, r, values[i], MAX_VALUE);
        pixels[r * PIXELS + i] = (byte) Math.round(value * 255f / MAX_VALUE);
      }
      labels[r] = number(name, r, values[PIXELS], 9);
    }
    if (lines.readLine() != null) {
      throw new DataException(name + " has more than the expected " + rows + " lines");
    }
    return ArrayDataset.builder()
        .images(pixels, 1, INFO.height(), INFO.width(), INFO.scaling())
        .classes(Field.LABELS, labels, INFO.classes())
        .build();
  }

  private static int number(String name, int row, String text, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 0 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is too large.
    }
    throw new DataException(
        name + ", line " + (row + 1) + ": '" + text + "' is no number from 0 to " + max);
  }

  @Override
  public ImageInfo info() {
    return INFO;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of("comes with Cortado");
  }

  @Override
  public void fetch(DataHome home) {
    // Nothing to bring: it is in the jar.
  }

  @Override
  public Dataset train(DataHome home) {
    home.readsResource(FILE);
    return train();
  }

  @Override
  public Dataset test(DataHome home) {
    home.readsResource(FILE);
    return test();
  }
}
