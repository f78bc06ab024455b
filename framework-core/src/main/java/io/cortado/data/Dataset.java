package io.cortado.data;

import io.cortado.Shape;
import java.util.List;

/**
 * Samples that can be read by index, in any order and by several threads at once.
 *
 * <p>All samples have the same fields. A supervised set has {@link Field#INPUTS} and {@link
 * Field#LABELS}; any others are fine, as a recommender's users and items. A set writes a sample
 * straight to where it is told, so there is no object per sample.
 */
public interface Dataset {

  /** Returns the number of samples. */
  int size();

  /** Returns what each sample consists of; always the same. */
  List<Field> fields();

  /**
   * Reads one sample: writes every element of every field to the row's arrays.
   *
   * @param index from 0 to {@link #size()} - 1
   * @throws DataException if the sample cannot be read; the loader adds its index
   */
  void read(int index, Row row);

  /**
   * Returns a field.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  default Field field(String name) {
    return fields().get(Fields.index(fields(), name));
  }

  /** Returns the shape of one sample's inputs. */
  default Shape inputShape() {
    return field(Field.INPUTS).shape();
  }

  /**
   * Returns the labels of all samples, which have to be single integers.
   *
   * @throws IllegalArgumentException if they are not
   */
  default int[] labels() {
    int f = Fields.checkSingleLabels(fields());
    Row row = Row.of(this);
    int[] all = new int[size()];
    for (int i = 0; i < all.length; i++) {
      read(i, row.at(0, 0, i));
      all[i] = row.ints(f)[0];
    }
    return all;
  }

  /** Returns this set with its inputs transformed, one transform after the other. */
  default Dataset map(Transform... transforms) {
    return map(Field.INPUTS, transforms);
  }

  /**
   * Returns this set with one float field transformed, one transform after the other.
   *
   * @throws IllegalArgumentException if there is no such field, or a transform does not fit its
   *     shape
   */
  default Dataset map(String field, Transform... transforms) {
    Dataset d = this;
    for (Transform t : transforms) {
      d = new MappedDataset(d, field, t);
    }
    return d;
  }

  /** Returns a set of the same inputs whose labels are the inputs, for autoencoders. */
  default Dataset inputsAsLabels() {
    return new InputsAsLabels(this);
  }

  /**
   * Returns this set with each sample blended with a random other one: {@code l x + (1 - l) x'},
   * {@code l} drawn from Beta(alpha, alpha) (H. Zhang et al., "mixup: beyond empirical risk
   * minimization", 2018). Labels become probabilities, as {@code CrossEntropyLoss} takes them.
   *
   * @throws IllegalArgumentException if alpha is not above 0, or the labels are not classes
   */
  default Dataset mixup(double alpha) {
    return new Mixup(this, alpha);
  }

  /**
   * Returns the samples of the given indices, in that order.
   *
   * @throws IllegalArgumentException if there is no sample of such an index
   */
  default Dataset subset(int... indices) {
    return new Subset(this, indices.clone());
  }

  /** Returns the first samples: {@code count} of them, or all if there are fewer. */
  default Dataset take(int count) {
    return Subset.range(this, 0, Math.min(count, size()));
  }

  /** Returns all samples but the first {@code count}. */
  default Dataset skip(int count) {
    return Subset.range(this, Math.min(count, size()), size());
  }

  /** Returns the samples of this set followed by those of another of the same fields. */
  default Dataset concat(Dataset other) {
    return new Concat(this, other);
  }

  /**
   * Splits at random.
   *
   * @param fraction the share of the first part; {@code round(fraction * size)} samples go there
   * @param seed chooses which; the same seed gives the same parts
   * @throws IllegalArgumentException if a part would be empty
   */
  default Split split(double fraction, long seed) {
    return Splits.split(this, fraction, seed);
  }

  /**
   * Splits at random so that each class has the same share in both parts.
   *
   * @param fraction the share of the first part: of each class {@code round(fraction * count)}
   *     samples
   * @param seed chooses which; the same seed gives the same parts
   * @throws IllegalArgumentException if the labels are not single integers, or a part would be
   *     empty
   */
  default Split stratifiedSplit(double fraction, long seed) {
    return Splits.stratified(this, fraction, seed);
  }

  /**
   * Two parts of a set that have no sample in common.
   *
   * @param train the first part
   * @param validation the rest
   */
  record Split(Dataset train, Dataset validation) {}
}
