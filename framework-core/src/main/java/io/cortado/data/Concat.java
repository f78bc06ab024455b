package io.cortado.data;

import java.util.Arrays;
import java.util.List;

/** The samples of one set after those of another. */
final class Concat implements Dataset {

  private final Dataset first;
  private final Dataset second;

  Concat(Dataset first, Dataset second) {
    if (!first.fields().equals(second.fields())) {
      throw new IllegalArgumentException(
          "concat: the sets have different fields: " + first.fields() + " and " + second.fields());
    }
    this.first = first;
    this.second = second;
    Math.addExact(first.size(), second.size());
  }

  @Override
  public int size() {
    return first.size() + second.size();
  }

  @Override
  public List<Field> fields() {
    return first.fields();
  }

  @Override
  public void read(int index, Row row) {
    int n = first.size();
    if (index < n) {
      first.read(index, row);
    } else {
      second.read(index - n, row);
    }
  }

  @Override
  public int[] labels() {
    int[] a = first.labels();
    int[] b = second.labels();
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  @Override
  public String toString() {
    return first + " and " + second;
  }
}
