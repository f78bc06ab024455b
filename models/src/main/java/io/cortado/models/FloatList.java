package io.cortado.models;

import java.util.StringJoiner;

/** Writes numbers into a text, and reads them back to the bit. */
public final class FloatList {

  private FloatList() {}

  /** Returns the numbers with a blank between them. */
  public static String join(float... values) {
    StringJoiner text = new StringJoiner(" ");
    for (float v : values) {
      text.add(Float.toString(v));
    }
    return text.toString();
  }

  /**
   * Reads what {@link #join} wrote.
   *
   * @throws NumberFormatException if it is no list of numbers
   */
  public static float[] parse(String text) {
    String[] parts = text.split(" ", -1);
    float[] values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = Float.parseFloat(parts[i]);
    }
    return values;
  }
}
