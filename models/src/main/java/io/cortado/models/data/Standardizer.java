package io.cortado.models.data;

import java.util.List;

/**
 * Makes numbers of mean 0 and deviation 1 of a column's, by what the training rows say alone.
 *
 * <p>{@code (x - mean) / deviation}; a column that is the same in all training rows only loses its
 * mean.
 *
 * @param mean for each column
 * @param deviation for each column: the root of the mean square, never 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Standardizer(float[] mean, float[] deviation) {

  /** Measures rows. */
  public static Standardizer of(List<float[]> rows, int[] training) {
    int columns = rows.getFirst().length;
    float[] mean = new float[columns];
    float[] deviation = new float[columns];
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      double squares = 0;
      for (int r : training) {
        sum += rows.get(r)[c];
      }
      double m = sum / training.length;
      for (int r : training) {
        squares += (rows.get(r)[c] - m) * (rows.get(r)[c] - m);
      }
      mean[c] = (float) m;
      double d = Math.sqrt(squares / training.length);
      deviation[c] = d > 0 ? (float) d : 1;
    }
    return new Standardizer(mean, deviation);
  }

  /** Returns chosen rows, scaled, one after the other. */
  public float[] apply(List<float[]> rows, int[] chosen) {
    int columns = mean.length;
    float[] scaled = new float[chosen.length * columns];
    for (int i = 0; i < chosen.length; i++) {
      float[] row = rows.get(chosen[i]);
      for (int c = 0; c < columns; c++) {
        scaled[i * columns + c] = (row[c] - mean[c]) / deviation[c];
      }
    }
    return scaled;
  }

  /** Returns what a scaled number of a column was. */
  public float invert(int column, float scaled) {
    return scaled * deviation[column] + mean[column];
  }
}
