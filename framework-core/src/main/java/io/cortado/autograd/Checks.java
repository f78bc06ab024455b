package io.cortado.autograd;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.internal.IntRange;
import org.jspecify.annotations.Nullable;

/** The checks that stand before every call of a backend. */
final class Checks {

  private Checks() {}

  /** Returns the open step of the operand's device. */
  static Step step(String operation, Tensor x) {
    x.buffer(); // complains first if the operand is from a closed step
    return x.device().currentStep(operation);
  }

  static void floats(String operation, Tensor x) {
    if (x.dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(
          operation + ": tensor " + x.shape() + " is " + x.dtype() + ", float32 is needed");
    }
  }

  static void ints(String operation, Tensor x) {
    if (x.dtype() != DType.INT32) {
      throw new IllegalArgumentException(
          operation + ": tensor " + x.shape() + " is " + x.dtype() + ", int32 is needed");
    }
  }

  /**
   * Complains if the host knows that an index is not below an extent, or below 0.
   *
   * <p>Of indices that it does not know, the device keeps one that is outside, and the step's end
   * complains.
   *
   * @param what what the numbers below the extent are, in front of a shape
   */
  static void within(String operation, Tensor indices, int extent, String what, Shape shape) {
    IntRange range = indices.knownRange();
    if (range == null) {
      indices.device().expectWithin(operation, indices, extent);
    }
    if (range != null && indices.size() > 0 && !indices.isKnownWithin(0, extent)) {
      int wrong = range.min() < 0 ? range.min() : range.max();
      throw new IllegalArgumentException(
          operation
              + ": index "
              + wrong
              + " in indices "
              + indices.shape()
              + " is not in 0 to "
              + (extent - 1)
              + ", "
              + what
              + " "
              + shape
              + "; make it larger or renumber the indices");
    }
  }

  static void sameDevice(String operation, Tensor a, @Nullable Tensor b) {
    if (b != null && a.device() != b.device()) {
      Device da = a.device();
      throw new IllegalArgumentException(
          operation
              + ": tensors "
              + a.shape()
              + " and "
              + b.shape()
              + " live on two devices ("
              + da
              + " and "
              + b.device()
              + "); make all inputs and the model on one device");
    }
  }

  static void rank(String operation, Tensor x, int rank, String layout) {
    if (x.shape().rank() != rank) {
      throw new IllegalArgumentException(
          operation
              + ": the input has shape "
              + x.shape()
              + " of rank "
              + x.shape().rank()
              + ", "
              + layout
              + " of rank "
              + rank
              + " is needed"
              + (x.shape().rank() == rank - 1
                  ? "; for a single sample put a batch axis of 1 in front"
                  : ""));
    }
  }

  static IllegalArgumentException mismatch(String operation, Shape a, Shape b, String hint) {
    return new IllegalArgumentException(
        operation + ": shapes " + a + " and " + b + " do not fit: " + hint);
  }

  /** Returns the number of rows before the last axis as an int. */
  static int leading(String operation, Shape shape) {
    long rows = shape.product(0, shape.rank() - 1);
    if (rows > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(operation + ": shape " + shape + " has too many rows");
    }
    return (int) rows;
  }
}
