package io.cortado.internal;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Locale;
import java.util.function.IntFunction;

/** Prints tensors. */
public final class TensorFormat {

  private static final int MAX_ELEMENTS = 100;

  private TensorFormat() {}

  /** Returns shape, type and device, and the elements if there are at most a hundred. */
  public static String format(Tensor t) {
    String head = "Tensor" + t.shape() + " " + t.dtype() + " on " + t.device();
    if (!t.scope().isOpen()) {
      return head + ", closed";
    }
    if (t.size() > MAX_ELEMENTS) {
      return head;
    }
    StringBuilder s = new StringBuilder(head).append(' ');
    if (t.dtype() == DType.FLOAT32) {
      float[] v = t.toFloatArray();
      append(s, t.shape(), 0, 0, i -> String.format(Locale.ROOT, "%.5g", v[i]));
    } else {
      int[] v = t.toIntArray();
      append(s, t.shape(), 0, 0, i -> Integer.toString(v[i]));
    }
    return s.toString();
  }

  private static int append(
      StringBuilder s, Shape shape, int axis, int next, IntFunction<String> element) {
    if (axis == shape.rank()) {
      s.append(element.apply(next));
      return next + 1;
    }
    s.append('[');
    for (int i = 0; i < shape.dim(axis); i++) {
      if (i > 0) {
        s.append(", ");
      }
      next = append(s, shape, axis + 1, next, element);
    }
    s.append(']');
    return next;
  }
}
