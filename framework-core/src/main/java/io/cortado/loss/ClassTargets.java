package io.cortado.loss;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Indexing;
import org.jspecify.annotations.Nullable;

/**
 * The classes that a loss picks, fit for being indices.
 *
 * @param indices a class for each row, of some or other class where the row is ignored
 * @param counted 1 for a row that counts and 0 for one that is ignored, or null if all count
 */
record ClassTargets(Tensor indices, @Nullable Tensor counted) {

  /** For losses that ignore nothing: no label is this. */
  static final long NONE_IGNORED = Long.MIN_VALUE;

  /**
   * Checks targets; looks at the device only where the host does not know their range, or where
   * ignored ones are among them.
   *
   * @throws IllegalArgumentException if the shape is not that of the rows, the type is not int32,
   *     or a target is no class and not ignored
   */
  static ClassTargets of(String what, Tensor target, Shape rows, int classes, long ignoreIndex) {
    if (target.dtype() != DType.INT32 || !target.shape().equals(rows)) {
      throw new IllegalArgumentException(
          "%s: a target of type %s and shape %s; int32 class indices of shape %s are needed"
              .formatted(what, target.dtype(), target.shape(), rows));
    }
    boolean ignoring = ignoreIndex >= 0 && ignoreIndex < classes;
    if (target.isKnownWithin(0, classes) && !ignoring) {
      return new ClassTargets(target, null);
    }
    int[] labels = target.toIntArray();
    float[] counted = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == ignoreIndex) {
        labels[i] = 0;
      } else if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "%s: label %d at position %d of %s is not in 0 to %d; the input has %d classes: give it one for each, or renumber the labels"
                .formatted(what, labels[i], i, rows, classes - 1, classes));
      } else {
        counted[i] = 1;
      }
    }
    int[] dims = rows.toArray();
    return new ClassTargets(
        target.device().tensor(labels, dims), target.device().tensor(counted, dims));
  }

  /** Picks each row's number of its class: the input's shape without the class axis. */
  Tensor pick(Tensor x, int axis) {
    Shape rows = indices.shape();
    return Indexing.gather(x, axis, indices.reshape(x.shape().with(axis, 1).toArray()))
        .reshape(rows.toArray());
  }

  /** Returns each row's weight, that of its class. */
  Tensor weights(Tensor perClass) {
    Tensor flat = indices.reshape(Math.toIntExact(indices.size()));
    return Indexing.indexSelect(perClass, 0, flat).reshape(indices.shape().toArray());
  }
}
