package io.cortado.cpu.kernels;

import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** What is done to rows of a product right after they are complete: bias, then activation. */
final class Epilogue {

  private final RowActivation activation;
  private float @Nullable [] bias;
  private int biasOff;
  private UnaryOp op = UnaryOp.IDENTITY;

  Epilogue(RowActivation activation) {
    this.activation = activation;
  }

  /** Sets what to do from now on. */
  void set(float @Nullable [] bias, int biasOff, UnaryOp op) {
    this.bias = bias;
    this.biasOff = biasOff;
    this.op = op;
  }

  boolean isNothing() {
    return bias == null && op.kind() == UnaryOp.Kind.IDENTITY;
  }

  /** Finishes n elements whose bias is one each, from {@code biasIndex} on. */
  void perElement(int n, int biasIndex, float[] y, int yOff) {
    float[] b = bias;
    if (b != null) {
      int from = biasOff + biasIndex;
      for (int i = 0; i < n; i++) {
        y[yOff + i] += b[from + i];
      }
    }
    activate(n, y, yOff);
  }

  /** Finishes n elements that share one bias. */
  void shared(int n, int biasIndex, float[] y, int yOff) {
    float[] b = bias;
    if (b != null) {
      float value = b[biasOff + biasIndex];
      for (int i = 0; i < n; i++) {
        y[yOff + i] += value;
      }
    }
    activate(n, y, yOff);
  }

  /** Applies the activation alone. */
  void activate(int n, float[] y, int yOff) {
    if (op.kind() != UnaryOp.Kind.IDENTITY) {
      activation.apply(op, n, y, yOff, y, yOff);
    }
  }
}
