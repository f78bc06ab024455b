package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.EmbeddingSpec;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a table's gradient have been written, where all others are 0.
 *
 * <p>The gradient itself stays where every gradient is, in the flat buffer of the parameters, so
 * that norms, clipping and loss scales see it as they see any other. With the list of its rows, a
 * backward pass need not clear the table, and an optimizer that may leave the other rows alone need
 * not read them. A row may be in the list more than once.
 */
public final class GradientRows {

  private final Tensor leaf;
  private final int rows;
  private final int width;
  private @Nullable Buffer numbers;
  private int capacity;
  private int count;
  private boolean othersAreZero; // else the list says nothing
  private boolean complete; // whether the list is of all rows that were written

  GradientRows(Tensor leaf) {
    this.leaf = leaf;
    rows = leaf.dim(0);
    width = leaf.dim(1);
  }

  /** Returns how many numbers the list has. */
  public int count() {
    return count;
  }

  /** Returns the rows' numbers, int32; there are {@link #count} of them. */
  public Buffer numbers() {
    Buffer n = numbers;
    if (n == null) {
      throw new IllegalStateException("no row of the gradient has been written");
    }
    return n;
  }

  /** Returns the look-up of these rows in the table, or in anything laid out as it is. */
  public EmbeddingSpec spec() {
    return new EmbeddingSpec(rows, width, count, -1);
  }

  /** Says whether all rows that were written are in the list. */
  boolean isComplete() {
    return complete;
  }

  /** Says whether the whole gradient is 0. */
  boolean isZero() {
    return othersAreZero && count == 0;
  }

  /** Notes rows that a backward function adds to; the gradient was 0, or becomes so first. */
  void start(Tensor indices) {
    count = 0;
    othersAreZero = true;
    complete = true;
    append(indices);
  }

  /** Notes more rows. */
  void append(Tensor indices) {
    if (!complete) {
      return;
    }
    int n = Math.toIntExact(indices.size());
    Backend backend = leaf.device().backend();
    backend.copy(indices.buffer(), 0, room(count + n), count, n);
    count += n;
  }

  private Buffer room(int needed) {
    Buffer old = numbers;
    if (old != null && needed <= capacity) {
      return old;
    }
    Scope scope = leaf.scope();
    capacity = Math.max(needed, 2 * capacity);
    Buffer larger = scope.scratch(DType.INT32, Math.max(1, capacity));
    if (old != null) {
      leaf.device().backend().copy(old, 0, larger, 0, count);
      scope.free(old);
    }
    numbers = larger;
    return larger;
  }

  /** Notes that something wrote to all rows. */
  void writtenElsewhere() {
    othersAreZero = false;
    complete = false;
    count = 0;
  }

  /**
   * Notes that rows which are not in the list may have become something else than 0, as a product
   * with NaN is; the list still names all that backward passes wrote.
   */
  public void scaled() {
    othersAreZero = false;
  }

  /** Makes the rows 0 again, if that is all there is to clear. */
  void clear(@Nullable Buffer gradient) {
    if (complete && othersAreZero && gradient != null && count > 0) {
      leaf.device().backend().embeddingStore(spec(), numbers(), null, gradient);
    }
    complete = false;
    count = 0;
  }
}
