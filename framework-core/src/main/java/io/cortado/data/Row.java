package io.cortado.data;

import io.cortado.DType;
import io.cortado.Philox;
import io.cortado.RandomStream;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a data set writes one sample: for each field an array, and the offset of its first element.
 *
 * <p>Mostly the arrays are those of a whole batch, so that a sample is written to its final place
 * at once. A row is used by one thread. Fields are numbered as {@link Dataset#fields()} lists them.
 */
public final class Row {

  private static final float[] NO_FLOATS = {};
  private static final int[] NO_INTS = {};

  private final List<Field> fields;
  private final float[][] floats;
  private final int[][] ints;
  private final int[] offsets;
  private final @Nullable Row outer;
  private final Map<Dataset, Row> inner = new IdentityHashMap<>(2);
  private long seed;
  private long epoch;
  private int sample;
  private final Philox random = new Philox(0, RandomStream.AUGMENTATION, 0, 0);
  private boolean randomStarted;

  private Row(List<Field> fields, @Nullable Row outer) {
    this.fields = List.copyOf(fields);
    this.outer = outer;
    floats = new float[fields.size()][];
    ints = new int[fields.size()][];
    offsets = new int[fields.size()];
  }

  /** Makes a row with arrays of its own for one sample, for reading samples one by one. */
  public static Row of(Dataset dataset) {
    return of(dataset.fields(), 1);
  }

  /** Makes a row with arrays for several samples; {@link #at} chooses the place. */
  static Row of(List<Field> fields, int samples) {
    Row row = new Row(fields, null);
    for (int f = 0; f < fields.size(); f++) {
      row.allocate(f, samples);
    }
    return row;
  }

  private void allocate(int f, int samples) {
    Field field = fields.get(f);
    int length = Math.multiplyExact(samples, field.size());
    boolean isFloat = field.dtype() == DType.FLOAT32;
    floats[f] = isFloat ? new float[length] : NO_FLOATS;
    ints[f] = isFloat ? NO_INTS : new int[length];
  }

  /**
   * Says which sample comes next, so that {@link #random()} starts anew.
   *
   * @param newSeed the seed of random transforms
   * @param newEpoch the epoch: each sees other random numbers
   * @param newSample the index of the sample in its data set
   * @return this
   */
  public Row at(long newSeed, long newEpoch, int newSample) {
    seed = newSeed;
    epoch = newEpoch;
    sample = newSample;
    randomStarted = false;
    return this;
  }

  /** Chooses the place in arrays that hold several samples. */
  void place(int position) {
    for (int f = 0; f < offsets.length; f++) {
      offsets[f] = position * fields.get(f).size();
    }
  }

  /** Returns the fields. */
  public List<Field> fields() {
    return fields;
  }

  /**
   * Returns the array of a field of floats.
   *
   * @throws IllegalArgumentException if the field holds integers
   */
  public float[] floats(int field) {
    check(field, DType.FLOAT32);
    return floats[field];
  }

  /**
   * Returns the array of a field of integers.
   *
   * @throws IllegalArgumentException if the field holds floats
   */
  public int[] ints(int field) {
    check(field, DType.INT32);
    return ints[field];
  }

  private void check(int f, DType dtype) {
    Field field = fields.get(f);
    if (field.dtype() != dtype) {
      throw new IllegalArgumentException(
          "field " + field.name() + " is " + field.dtype() + ", not " + dtype);
    }
  }

  /** Returns where in its array a field's first element goes. */
  public int offset(int field) {
    return offsets[field];
  }

  /**
   * Returns the random numbers of this sample in this epoch.
   *
   * <p>They depend on the seed, the epoch and the sample's index alone; all transforms of the
   * sample draw from them in turn.
   */
  public Philox random() {
    if (outer != null) {
      return outer.random();
    }
    if (!randomStarted) {
      random.restart(seed, RandomStream.AUGMENTATION, sample, epoch);
      randomStarted = true;
    }
    return random;
  }

  /**
   * Returns a row for reading from the set that another is made of.
   *
   * <p>It is made once for each owner, so that reading allocates nothing.
   *
   * @param owner the set that reads from another
   * @param sourceFields the other set's fields
   * @param shared for each of those, the field of this row that it is written to directly, or -1
   *     for an array of its own
   */
  public Row inner(Dataset owner, List<Field> sourceFields, int[] shared) {
    Row row = inner.get(owner);
    if (row == null) {
      row = new Row(sourceFields, this);
      for (int f = 0; f < shared.length; f++) {
        if (shared[f] < 0) {
          row.allocate(f, 1);
        }
      }
      inner.put(owner, row);
    }
    for (int f = 0; f < shared.length; f++) {
      int of = shared[f];
      if (of >= 0) {
        row.floats[f] = floats[of];
        row.ints[f] = ints[of];
        row.offsets[f] = offsets[of];
      }
    }
    return row;
  }
}
