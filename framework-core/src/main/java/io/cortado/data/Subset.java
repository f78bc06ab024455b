package io.cortado.data;

import java.util.List;

/** Some samples of a set. */
final class Subset implements Dataset {

  private final Dataset source;
  private final int[] indices;

  /** Takes over the array. */
  Subset(Dataset source, int[] indices) {
    this.source = source;
    this.indices = indices;
    for (int i : indices) {
      if (i < 0 || i >= source.size()) {
        throw new IllegalArgumentException(
            "subset: there is no sample " + i + "; the set has " + source.size());
      }
    }
  }

  static Subset range(Dataset source, int from, int to) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "a count of samples must not be negative, but is " + (from < 0 ? from : to - from));
    }
    int[] indices = new int[to - from];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = from + i;
    }
    return new Subset(source, indices);
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public List<Field> fields() {
    return source.fields();
  }

  @Override
  public void read(int index, Row row) {
    source.read(indices[index], row);
  }

  @Override
  public int[] labels() {
    int[] all = source.labels();
    int[] some = new int[indices.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = all[indices[i]];
    }
    return some;
  }

  @Override
  public String toString() {
    return indices.length + " of " + source;
  }
}
