package io.cortado.data;

import io.cortado.DType;
import io.cortado.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Blends each sample with a random other one, and their classes as well. */
final class Mixup implements Dataset {

  private final Dataset source;
  private final double alpha;
  private final int classes;
  private final int inputs;
  private final int labels;
  private final List<Field> fields;
  private final int[] shared;

  Mixup(Dataset source, double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("mixup: alpha must be above 0, but is " + alpha);
    }
    this.source = source;
    this.alpha = alpha;
    inputs = Fields.index(source.fields(), Field.INPUTS);
    labels = Fields.checkSingleLabels(source.fields());
    classes = source.fields().get(labels).classes();
    if (classes < 1 || source.fields().get(inputs).dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(
          "mixup: the inputs have to be floats and the labels classes of a known number, but the fields are "
              + source.fields());
    }
    List<Field> mixed = new ArrayList<>(source.fields());
    mixed.set(labels, Field.floats(Field.LABELS, classes));
    fields = List.copyOf(mixed);
    shared = new int[fields.size()];
    for (int f = 0; f < shared.length; f++) {
      shared[f] = f == inputs || f == labels ? -1 : f;
    }
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public List<Field> fields() {
    return fields;
  }

  @Override
  public void read(int index, Row row) {
    Row from = row.inner(this, source.fields(), shared);
    float[] x = row.floats(inputs);
    float[] y = row.floats(labels);
    int at = row.offset(inputs);
    int n = fields.get(inputs).size();
    Arrays.fill(y, row.offset(labels), row.offset(labels) + classes, 0);
    Philox random = row.random();
    float share = (float) beta(random, alpha);
    int other = random.nextInt(source.size());
    source.read(other, from);
    System.arraycopy(from.floats(inputs), from.offset(inputs), x, at, n);
    y[row.offset(labels) + label(other, from)] = 1 - share;
    source.read(index, from); // the last one read: what other fields hold is of this sample
    y[row.offset(labels) + label(index, from)] += share;
    float[] own = from.floats(inputs);
    for (int i = 0; i < n; i++) {
      x[at + i] = share * own[from.offset(inputs) + i] + (1 - share) * x[at + i];
    }
  }

  private int label(int sample, Row from) {
    int label = from.ints(labels)[from.offset(labels)];
    if (label < 0 || label >= classes) {
      throw new DataException(
          "mixup: sample "
              + sample
              + " has the class "
              + label
              + ", but there are "
              + classes
              + " classes, from 0 on; mend its label, or give the number of classes");
    }
    return label;
  }

  /** Draws from Beta(a, a): of two gamma numbers, the first one's share. */
  private static double beta(Philox random, double a) {
    double x = gamma(random, a);
    double y = gamma(random, a);
    return x + y > 0 ? x / (x + y) : 0.5;
  }

  /** G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000. */
  private static double gamma(Philox random, double a) {
    if (a < 1) {
      return gamma(random, a + 1) * StrictMath.pow(1.0 - random.nextFloat(), 1 / a);
    }
    double d = a - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double z = random.nextGaussian();
      double v = 1 + c * z;
      v = v * v * v;
      double u = 1.0 - random.nextFloat();
      if (v > 0 && StrictMath.log(u) < 0.5 * z * z + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }

  @Override
  public String toString() {
    return source + " with mixup(" + alpha + ")";
  }
}
