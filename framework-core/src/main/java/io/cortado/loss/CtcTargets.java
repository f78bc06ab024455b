package io.cortado.loss;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;

/**
 * The targets of a {@link CTCLoss}, checked: labels that are read are classes and not the blank.
 *
 * @param labels int32, {@code [N, S]}
 * @param inputLengths int32, {@code [N]}
 * @param targetLengths int32, {@code [N]}
 */
record CtcTargets(Tensor labels, Tensor inputLengths, Tensor targetLengths) {

  /**
   * Checks them; looks at the device only where the host does not know that all labels fit.
   *
   * @param x the shape of the log-probabilities, {@code [T, N, C]}
   */
  static CtcTargets of(
      Tensor targets, Shape x, int blank, int[] inputLengths, int[] targetLengths) {
    int classes = x.dim(2);
    int batch = x.dim(1);
    if (targets.dtype() != DType.INT32) {
      throw new IllegalArgumentException(
          "ctc: targets of type %s; int32 class indices are needed".formatted(targets.dtype()));
    }
    if (blank < 0 || blank >= classes) {
      throw new IllegalArgumentException(
          "ctc: blank %d is not in 0 to %d, the classes of log-probabilities %s"
              .formatted(blank, classes - 1, x));
    }
    lengths("input length", inputLengths, batch, x.dim(0), "steps", x);
    Shape shape = targets.shape();
    boolean padded = shape.rank() == 2 && shape.dim(0) == batch;
    int sum = Arrays.stream(targetLengths).sum();
    if (!padded && !(shape.rank() == 1 && (shape.dim(0) == sum || batch == 1))) {
      throw new IllegalArgumentException(
          "ctc: targets of shape %s; [%d, S], or [%d], the sum of the target lengths, is needed"
              .formatted(shape, batch, sum));
    }
    int longest = padded ? shape.dim(1) : Arrays.stream(targetLengths).max().orElse(0);
    int most = padded ? longest : shape.dim(0);
    lengths("target length", targetLengths, batch, most, "labels", shape);
    Tensor labels =
        padded && known(targets, blank, classes)
            ? targets
            : checked(targets, padded, longest, blank, classes, targetLengths);
    return new CtcTargets(
        labels,
        targets.device().tensor(inputLengths, batch),
        targets.device().tensor(targetLengths, batch));
  }

  private static boolean known(Tensor targets, int blank, int classes) {
    return targets.isKnownWithin(0, blank) || targets.isKnownWithin(blank + 1, classes);
  }

  private static void lengths(
      String what, int[] lengths, int batch, int most, String of, Shape shape) {
    if (lengths.length != batch) {
      throw new IllegalArgumentException(
          "ctc: %d %ss for a batch of %d".formatted(lengths.length, what, batch));
    }
    for (int n = 0; n < batch; n++) {
      if (lengths[n] < 0 || lengths[n] > most) {
        throw new IllegalArgumentException(
            "ctc: %s %d of sequence %d is not in 0 to %d, the %s of %s"
                .formatted(what, lengths[n], n, most, of, shape));
      }
    }
  }

  /** Returns targets of which each is in a line of its own. */
  private static Tensor checked(
      Tensor targets, boolean padded, int longest, int blank, int classes, int[] lengths) {
    int[] given = targets.toIntArray();
    int[] lines = new int[lengths.length * longest];
    for (int n = 0, from = 0; n < lengths.length; n++) {
      int start = padded ? n * longest : from;
      for (int i = 0; i < lengths[n]; i++) {
        int label = given[start + i];
        if (label < 0 || label >= classes || label == blank) {
          throw new IllegalArgumentException(
              "ctc: label %d at place %d of sequence %d is %s: give each label a class of its own beside the blank"
                  .formatted(
                      label, i, n, label == blank ? "the blank" : "not in 0 to " + (classes - 1)));
        }
        lines[n * longest + i] = label;
      }
      from += lengths[n];
    }
    return padded ? targets : targets.device().tensor(lines, lengths.length, longest);
  }
}
