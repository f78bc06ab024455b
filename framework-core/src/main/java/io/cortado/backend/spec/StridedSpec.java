package io.cortado.backend.spec;

import io.cortado.Shape;
import java.util.List;

/**
 * A copy between two regular arrangements of elements.
 *
 * <p>Element {@code (i0, i1, ...)} of the extents is read at {@code srcOffset + sum ik srcSteps[k]}
 * and written at {@code dstOffset + sum ik dstSteps[k]}. Steps may be negative, and those read 0:
 * an element that is repeated. No two elements are written to one place.
 *
 * @param extents how many elements along each axis
 * @param srcOffset the first element read
 * @param srcSteps how far the elements read are apart along each axis
 * @param dstOffset the first element written
 * @param dstSteps how far the elements written are apart along each axis
 */
public record StridedSpec(
    Shape extents, long srcOffset, List<Long> srcSteps, long dstOffset, List<Long> dstSteps) {

  /** Copies the lists. */
  public StridedSpec {
    srcSteps = List.copyOf(srcSteps);
    dstSteps = List.copyOf(dstSteps);
  }

  /** Returns the copy the other way. */
  public StridedSpec reversed() {
    return new StridedSpec(extents, dstOffset, dstSteps, srcOffset, srcSteps);
  }
}
