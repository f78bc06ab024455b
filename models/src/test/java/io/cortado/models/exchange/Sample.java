package io.cortado.models.exchange;

import java.util.Map;

/**
 * A batch, and what a trained model makes of it here.
 *
 * @param inputs by name
 * @param outputs by name
 */
record Sample(Map<String, Array> inputs, Map<String, float[]> outputs) {

  /**
   * Numbers of one kind, the others empty.
   *
   * @param shape their extents
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Array(float[] floats, int[] ints, int... shape) {

    static Array of(float[] values, int... shape) {
      return new Array(values, new int[0], shape);
    }

    static Array of(int[] values, int... shape) {
      return new Array(new float[0], values, shape);
    }

    boolean isWhole() {
      return ints.length > 0;
    }

    long[] longShape() {
      long[] s = new long[shape.length];
      for (int i = 0; i < s.length; i++) {
        s[i] = shape[i];
      }
      return s;
    }
  }
}
