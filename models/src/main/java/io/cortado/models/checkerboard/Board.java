package io.cortado.models.checkerboard;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import java.util.Random;

/**
 * Points on a chessboard.
 *
 * @param squares along a side
 * @param xy from -1 to 1, two numbers for each point
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Board(int squares, float[] xy) {

  /** Returns points of equal density. */
  static Board random(int squares, int points, Random random) {
    float[] xy = new float[2 * points];
    for (int i = 0; i < xy.length; i++) {
      xy[i] = (float) (2 * random.nextDouble() - 1);
    }
    return new Board(squares, xy);
  }

  /** Returns the points of a picture, the top row first. */
  static Board screen(int squares, int side) {
    float[] xy = new float[2 * side * side];
    for (int i = 0; i < side * side; i++) {
      xy[2 * i] = (i % side + 0.5f) * 2 / side - 1;
      xy[2 * i + 1] = 1 - (i / side + 0.5f) * 2 / side;
    }
    return new Board(squares, xy);
  }

  /** Returns the points with 1 for those on a dark square; that at (-1, -1) is dark. */
  Dataset dataset() {
    float[] dark = new float[xy.length / 2];
    for (int i = 0; i < dark.length; i++) {
      dark[i] = (square(xy[2 * i]) + square(xy[2 * i + 1])) % 2 == 0 ? 1 : 0;
    }
    return ArrayDataset.builder().floats(Field.INPUTS, xy, 2).floats(Field.LABELS, dark, 1).build();
  }

  private int square(float coordinate) {
    return (int) ((coordinate + 1.0) / 2 * squares);
  }
}
