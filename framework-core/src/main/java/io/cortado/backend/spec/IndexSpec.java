package io.cortado.backend.spec;

/**
 * A look-up of elements along one axis of a tensor seen as {@code [outer, extent, inner]}.
 *
 * <p>What is picked is {@code [outer, count, inner]}. The indices have that shape, or, where they
 * are shared, are {@code count} numbers that serve for each outer and inner place.
 *
 * @param operation what asks for it, for messages
 * @param outer the product of the extents before the axis
 * @param extent the extent of the axis, which indices have to be below
 * @param count how many elements are picked along the axis
 * @param inner the product of the extents after the axis
 * @param shared whether the same indices serve everywhere
 */
public record IndexSpec(
    String operation, long outer, int extent, int count, long inner, boolean shared) {

  /** Returns the number of elements of the tensor that is looked up in. */
  public long size() {
    return outer * extent * inner;
  }

  /** Returns the number of elements that are picked. */
  public long picked() {
    return outer * count * inner;
  }

  /** Returns the number of indices. */
  public long indices() {
    return shared ? count : picked();
  }

  /** Says what is wrong with an index that is not of the axis. */
  public String outside(int index) {
    return "%s: index %d is not in 0 to %d, the places of an axis of %d"
        .formatted(operation, index, extent - 1, extent);
  }
}
