package io.cortado.backend.spec;

/**
 * A softmax cross-entropy, logits seen as {@code [outer, classes, inner]}.
 *
 * @param outer the product of the extents before the class axis
 * @param classes the extent of the class axis
 * @param inner the product of the extents after it
 * @param ignoreIndex targets of this value count neither in the sum nor in the mean; with class
 *     probabilities unused
 * @param labelSmoothing how much of each target is spread evenly over all classes, 0 to 1
 * @param reduction what is done with the rows' losses
 */
public record CrossEntropySpec(
    int outer, int classes, int inner, int ignoreIndex, float labelSmoothing, Reduction reduction) {

  /** Returns the number of targets. */
  public long rows() {
    return (long) outer * inner;
  }
}
