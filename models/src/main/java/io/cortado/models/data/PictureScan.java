package io.cortado.models.data;

import io.cortado.data.ArrayDataset;
import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Row;
import io.cortado.data.Scaling;
import io.cortado.models.InputException;
import io.cortado.models.images.ImageFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is found when all pictures of a folder are looked at.
 *
 * @param pictures those that are sound
 * @param side what they are brought to
 * @param broken how many are not
 * @param kept their bytes, if they are few enough to be kept
 * @param scaling what brings their colors to mean 0 and deviation 1
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PictureScan(
    PictureFolder pictures, int side, int broken, byte @Nullable [] kept, Scaling scaling) {

  private static final long MOST_KEPT = 1L << 30;

  /** A deviation below this is no variation. */
  private static final double FLAT = 1e-4;

  /** What is known of one picture. */
  private record Look(double[] sums, double[] squares) {}

  /**
   * Looks at pictures.
   *
   * @param need what there has to be of each class besides the broken ones
   * @throws DataException if one is broken and those are not to be left out, if too few of a class
   *     are not, or if sizes differ where none is named
   */
  static PictureScan of(
      PictureFolder all, int wantedSide, boolean skipBroken, PictureFolder.Need need) {
    int side = wantedSide > 0 ? wantedSide : commonSide(all, skipBroken);
    int each = 3 * side * side;
    byte[] kept = (long) all.size() * each <= MOST_KEPT ? new byte[all.size() * each] : null;
    @Nullable String[] faults = new @Nullable String[all.size()];
    Look[] looks = new Look[all.size()];
    IntStream.range(0, all.size())
        .parallel()
        .forEach(i -> {
          byte[] to = kept == null ? new byte[each] : kept;
          int at = kept == null ? 0 : i * each;
          try {
            all.decode(i, side, side, to, at);
            looks[i] = look(to, at, side * side);
          } catch (DataException e) {
            faults[i] = e.getMessage();
          }
        });
    int[] sound = IntStream.range(0, all.size()).filter(i -> faults[i] == null).toArray();
    if (!skipBroken) {
      checkNoneBroken(all, faults, all.size() - sound.length);
    }
    return new PictureScan(
        all.only(sound).require(need),
        side,
        all.size() - sound.length,
        kept == null ? null : only(kept, sound, each),
        scaling(looks, sound, side * side));
  }

  private static int commonSide(PictureFolder all, boolean skipBroken) {
    int[] sides =
        IntStream.range(0, all.size()).parallel().map(i -> side(all, i, skipBroken)).toArray();
    int first = IntStream.of(sides).filter(s -> s != 0).findFirst().orElse(0);
    for (int i = 0; i < sides.length; i++) {
      if (sides[i] != 0 && (sides[i] != first || sides[i] < 0)) {
        throw new DataException(
            "%s: %s; say what pictures are brought to, by --image-size 64 for example"
                .formatted(
                    all.files().get(i),
                    sides[i] < 0 ? "it is not square" : "its size is not that of the others"));
      }
    }
    return first;
  }

  /** Returns a picture's side, 0 for a broken one, -1 for one that is not square. */
  private static int side(PictureFolder all, int i, boolean skipBroken) {
    try {
      ImageFiles.Extents e = ImageFiles.extents(all.files().get(i));
      return e.width() == e.height() ? e.width() : -1;
    } catch (InputException e) {
      if (skipBroken) {
        return 0;
      }
      throw new DataException(e.getMessage() + "; or leave it out by --skip-broken", e);
    }
  }

  private static void checkNoneBroken(PictureFolder all, @Nullable String[] faults, int broken) {
    if (broken > 0) {
      String first =
          IntStream.range(0, faults.length)
              .mapToObj(i -> faults[i])
              .filter(f -> f != null)
              .findFirst()
              .orElseThrow();
      throw new DataException(
          "%d of the %,d pictures in %s cannot be read; the first: %s; or leave them out by --skip-broken"
              .formatted(broken, all.size(), all.folder(), first));
    }
  }

  private static Look look(byte[] pixels, int at, int plane) {
    double[] sums = new double[3];
    double[] squares = new double[3];
    for (int c = 0; c < 3; c++) {
      for (int i = at + c * plane; i < at + (c + 1) * plane; i++) {
        double v = (pixels[i] & 0xFF) / 255.0;
        sums[c] += v;
        squares[c] += v * v;
      }
    }
    return new Look(sums, squares);
  }

  private static Scaling scaling(Look[] looks, int[] sound, int plane) {
    float[] mean = new float[3];
    float[] std = new float[3];
    double n = (double) sound.length * plane;
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double square = 0;
      for (int i : sound) {
        sum += looks[i].sums[c];
        square += looks[i].squares[c];
      }
      mean[c] = (float) (sum / n);
      double deviation = Math.sqrt(Math.max(0, square / n - sum / n * (sum / n)));
      std[c] = deviation < FLAT ? 1 : (float) deviation;
    }
    return Scaling.normalize(mean, std);
  }

  private static byte[] only(byte[] all, int[] chosen, int each) {
    if (chosen.length * each == all.length) {
      return all;
    }
    byte[] some = new byte[chosen.length * each];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all, chosen[i] * each, some, i * each, each);
    }
    return some;
  }

  /** Returns the pictures as samples of a scaling. */
  Dataset dataset(Scaling by) {
    if (kept != null) {
      return ArrayDataset.builder()
          .images(kept, 3, side, side, by)
          .classes(Field.LABELS, pictures.labels(), pictures.classes().size())
          .build();
    }
    return new Decoded(pictures, side, by, fields());
  }

  private List<Field> fields() {
    return new ArrayList<>(
        List.of(
            Field.floats(Field.INPUTS, 3, side, side),
            Field.categories(Field.LABELS, pictures.classes().size())));
  }

  /** Pictures that are decoded whenever they are read. */
  private record Decoded(PictureFolder pictures, int side, Scaling by, List<Field> fields)
      implements Dataset {

    @Override
    public int size() {
      return pictures.size();
    }

    @Override
    public void read(int index, Row row) {
      byte[] bytes = new byte[3 * side * side];
      pictures.decode(index, side, side, bytes, 0);
      float[] to = row.floats(0);
      int at = row.offset(0);
      for (int i = 0; i < bytes.length; i++) {
        to[at + i] = by.apply(i / (side * side), bytes[i] & 0xFF);
      }
      row.ints(1)[row.offset(1)] = pictures.labels()[index];
    }

    @Override
    public int[] labels() {
      return pictures.labels().clone();
    }
  }
}
