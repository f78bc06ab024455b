package io.cortado.data;

import io.cortado.Tensor;
import java.util.List;

/**
 * Some samples, each field as one tensor with the samples along its first axis.
 *
 * <p>Its tensors can be used until the batch after the next is asked for.
 */
public final class Batch {

  private final List<Field> fields;
  private final Tensor[] tensors;
  private final int index;
  private final int size;

  Batch(List<Field> fields, Tensor[] tensors, int index, int size) {
    this.fields = fields;
    this.tensors = tensors;
    this.index = index;
    this.size = size;
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
    return tensors[Fields.index(fields, field)];
  }

  @Override
  public String toString() {
    return "batch " + index + " of " + size + " samples of " + fields;
  }
}
