package io.cortado.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Samples held in arrays, one array for each field.
 *
 * <pre>{@code
 * Dataset iris = ArrayDataset.builder().floats("inputs", measures, 4).classes("labels", species, 3).build();
 * Dataset digits = ArrayDataset.builder().images(pixels, 1, 28, 28, scaling).classes("labels", labels, 10).build();
 * }</pre>
 *
 * <p>The arrays are kept, not copied: they must not be changed afterwards.
 */
public final class ArrayDataset implements Dataset {

  private final List<Column> columns;
  private final List<Field> fields;
  private final int size;

  private ArrayDataset(List<Column> columns, int size) {
    this.columns = List.copyOf(columns);
    this.fields = columns.stream().map(Column::field).toList();
    this.size = size;
  }

  /** Starts with no field. */
  public static Builder builder() {
    return new Builder();
  }

  /** Makes a set of vectors, images or the like with a class each. */
  public static ArrayDataset of(float[] inputs, int[] labels, int classes, int... inputShape) {
    return builder()
        .floats(Field.INPUTS, inputs, inputShape)
        .classes(Field.LABELS, labels, classes)
        .build();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<Field> fields() {
    return fields;
  }

  @Override
  public void read(int index, Row row) {
    for (int f = 0; f < columns.size(); f++) {
      columns.get(f).read(index, row, f);
    }
  }

  @Override
  public int[] labels() {
    Column column = columns.get(Fields.checkSingleLabels(fields));
    return column instanceof Ints ints ? ints.values.clone() : Dataset.super.labels();
  }

  @Override
  public String toString() {
    return size + " samples of " + fields;
  }

  private sealed interface Column {
    Field field();

    int length();

    void read(int index, Row row, int f);
  }

  private record Floats(Field field, float[] values) implements Column {
    @Override
    public int length() {
      return values.length;
    }

    @Override
    public void read(int index, Row row, int f) {
      int n = field.size();
      System.arraycopy(values, index * n, row.floats(f), row.offset(f), n);
    }
  }

  private record Ints(Field field, int[] values) implements Column {
    @Override
    public int length() {
      return values.length;
    }

    @Override
    public void read(int index, Row row, int f) {
      int n = field.size();
      System.arraycopy(values, index * n, row.ints(f), row.offset(f), n);
    }
  }

  /** Pixels of one byte each; converting is one look into a table. */
  private record Pixels(Field field, byte[] values, float[][] tables) implements Column {
    @Override
    public int length() {
      return values.length;
    }

    @Override
    public void read(int index, Row row, int f) {
      int plane = field.size() / tables.length;
      float[] dst = row.floats(f);
      int to = row.offset(f);
      int from = index * field.size();
      for (float[] table : tables) {
        for (int i = 0; i < plane; i++) {
          dst[to + i] = table[values[from + i] & 0xFF];
        }
        from += plane;
        to += plane;
      }
    }
  }

  /** Collects fields. */
  public static final class Builder {

    private final List<Column> columns = new ArrayList<>();

    private Builder() {}

    /** Adds a field of numbers, sample after sample; no shape means one number for each. */
    public Builder floats(String name, float[] values, int... shape) {
      return add(new Floats(Field.floats(name, shape), values));
    }

    /** Adds a field of integers of any range. */
    public Builder ints(String name, int[] values, int... shape) {
      return add(new Ints(Field.ints(name, shape), values));
    }

    /**
     * Adds a field of integers that are at least 0 and below {@code classes}; the loader checks
     * them.
     */
    public Builder classes(String name, int[] values, int classes, int... shape) {
      return add(new Ints(Field.categories(name, classes, shape), values));
    }

    /**
     * Adds {@link Field#INPUTS} of images with one unsigned byte for each pixel and channel.
     *
     * <p>They stay bytes in memory and become numbers when they are read.
     *
     * @param pixels channel after channel, row after row
     * @param scaling what a byte becomes
     * @throws IllegalArgumentException if the scaling is for another number of channels
     */
    public Builder images(byte[] pixels, int channels, int height, int width, Scaling scaling) {
      Field field = Field.floats(Field.INPUTS, channels, height, width);
      return add(new Pixels(field, pixels, scaling.tables(channels)));
    }

    private Builder add(Column column) {
      Field field = column.field();
      for (Column c : columns) {
        if (c.field().name().equals(field.name())) {
          throw new IllegalArgumentException("there is a field '" + field.name() + "' already");
        }
      }
      int n = field.size();
      if (n == 0 || column.length() % n != 0) {
        throw new IllegalArgumentException(
            "field "
                + field.name()
                + ": "
                + column.length()
                + " values are no whole number of samples of shape "
                + field.shape());
      }
      columns.add(column);
      return this;
    }

    /**
     * Makes the set.
     *
     * @throws IllegalArgumentException if there is no field, or they differ in the number of
     *     samples
     */
    public ArrayDataset build() {
      if (columns.isEmpty()) {
        throw new IllegalArgumentException("a data set needs at least one field");
      }
      Column first = columns.get(0);
      int size = samples(first);
      for (Column c : columns) {
        if (samples(c) != size) {
          throw new IllegalArgumentException(
              "field "
                  + c.field().name()
                  + " has "
                  + samples(c)
                  + " samples, but "
                  + first.field().name()
                  + " has "
                  + size);
        }
      }
      return new ArrayDataset(columns, size);
    }

    private static int samples(Column c) {
      return c.length() / c.field().size();
    }
  }
}
