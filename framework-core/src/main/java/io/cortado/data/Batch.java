package io.cortado.data;

import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Some samples, each field as one tensor with the samples along its first axis.
 *
 * <p>Its tensors can be used until the batch after the next is asked for.
 */
public final class Batch {

  private final List<String> names;
  private final Tensor[] tensors;
  private final int index;
  private final int size;

  Batch(List<String> names, Tensor[] tensors, int index, int size) {
    this.names = names;
    this.tensors = tensors;
    this.index = index;
    this.size = size;
  }

  /**
   * Makes a batch, for a {@link BatchSource} of one's own.
   *
   * @param index which batch of its epoch, from 0
   * @param size how many samples, by which its loss counts in the epoch's mean
   * @param names what each tensor is called; {@link Field#INPUTS} and {@link Field#LABELS} where
   *     there are such
   * @throws IllegalArgumentException if there is not one name for each tensor, or no sample
   */
  public static Batch of(int index, int size, List<String> names, Tensor... tensors) {
    if (names.size() != tensors.length || size < 1) {
      throw new IllegalArgumentException(
          "batch: %d names for %d tensors of %d samples; give one name for each, and a sample at least"
              .formatted(names.size(), tensors.length, size));
    }
    return new Batch(List.copyOf(names), tensors.clone(), index, size);
  }

  /** Returns the number of samples; the last batch of an epoch may have fewer than the others. */
  public int size() {
    return size;
  }

  /** Returns which batch of its epoch this is, from 0. */
  public int index() {
    return index;
  }

  /** Returns the field {@link Field#INPUTS}. */
  public Tensor inputs() {
    return get(Field.INPUTS);
  }

  /** Returns the field {@link Field#LABELS}. */
  public Tensor labels() {
    return get(Field.LABELS);
  }

  /**
   * Returns a field.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor get(String field) {
    return tensors[Fields.indexOf(names, field)];
  }

  /** Returns the tensors of all fields, in the order of the data set's fields. */
  public Tensor[] tensors() {
    return tensors.clone();
  }

  /**
   * Returns this batch with other tensors in the place of its own.
   *
   * @throws IllegalArgumentException if they are not as many, or of other shapes
   */
  public Batch with(Tensor... others) {
    boolean fits = others.length == tensors.length;
    for (int i = 0; fits && i < others.length; i++) {
      fits = others[i].shape().equals(tensors[i].shape());
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "batch: %s cannot stand for its tensors %s".formatted(shapes(others), shapes(tensors)));
    }
    return new Batch(names, others.clone(), index, size);
  }

  private static List<Shape> shapes(Tensor[] tensors) {
    return Arrays.stream(tensors).map(Tensor::shape).toList();
  }

  @Override
  public String toString() {
    return "batch " + index + " of " + size + " samples of " + names;
  }
}
