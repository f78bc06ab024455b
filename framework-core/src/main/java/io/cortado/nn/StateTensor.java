package io.cortado.nn;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a module that is saved with it but not trained, such as a running mean; PyTorch calls
 * it a buffer.
 */
public final class StateTensor {

  private final String name;
  private final DType dtype;
  private final Shape shape;
  private final float initial;
  private final @Nullable Supplier<float[]> values; // null where all are the initial one
  private @Nullable Tensor value;

  StateTensor(String name, DType dtype, Shape shape, float initial) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.initial = initial;
    this.values = null;
  }

  StateTensor(String name, Shape shape, Supplier<float[]> values) {
    this.name = name;
    this.dtype = DType.FLOAT32;
    this.shape = shape;
    this.initial = 0;
    this.values = values;
  }

  /**
   * Returns the value.
   *
   * @throws IllegalStateException if the module has not been initialised
   */
  public Tensor value() {
    Tensor v = value;
    if (v == null) {
      throw new IllegalStateException(
          name + " " + shape + " has no value yet: call init(device, seed) on the model first");
    }
    return v;
  }

  void allocate(Scope scope) {
    Tensor t = scope.empty(dtype, shape);
    value = t;
    if (values != null) {
      t.set(values.get());
    } else if (dtype == DType.INT32) {
      int[] v = new int[Math.toIntExact(shape.size())];
      Arrays.fill(v, (int) initial);
      t.set(v);
    } else {
      scope.device().backend().fill(t.buffer(), shape.size(), initial);
    }
  }

  /**
   * Takes the value away, as before init.
   *
   * @param reason why, to which a device's refusal is added
   */
  void free(Scope scope, Throwable reason) {
    Tensor t = value;
    value = null;
    if (t != null) {
      try {
        scope.free(t.buffer());
      } catch (RuntimeException refused) {
        reason.addSuppressed(refused);
      }
    }
  }
}
