package io.cortado.nn;

import io.cortado.DeviceObserver;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.nn.init.Initializer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A tensor of a module that training changes. */
public final class Parameter {

  private final Shape shape;
  private Initializer initializer;
  private @Nullable Tensor value;
  private boolean trainable = true;
  private final String ownName; // in its module
  private String name;
  private long offset;
  private @Nullable Parameter tied; // whose value this one's is
  private @Nullable Supplier<Tensor> computed; // what makes the value of other parameters

  Parameter(String name, Shape shape, Initializer initializer) {
    this.ownName = name;
    this.name = name;
    this.shape = shape;
    this.initializer = initializer;
  }

  /**
   * Returns the name: within its module before {@link Module#init}, then the dotted path from the
   * root, as PyTorch's.
   */
  public String name() {
    return root().name;
  }

  /** Returns the shape. */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the value; one that is computed of others, as a normed weight is, in the open step.
   *
   * @throws IllegalStateException if the module has not been initialised
   */
  public Tensor value() {
    if (tied != null) {
      return tied.value();
    }
    if (computed != null) {
      return computed.get();
    }
    Tensor v = value;
    if (v == null) {
      throw new IllegalStateException(
          "parameter "
              + name
              + " "
              + shape
              + " has no value yet: call init(device, seed) on the model first");
    }
    DeviceObserver observer = v.device().observer();
    if (observer != null) {
      observer.uses(this);
    }
    return v;
  }

  /** Says whether the module has been initialised. */
  public boolean isInitialized() {
    return root().value != null;
  }

  /** Says whether this parameter is trained. */
  public boolean isTrainable() {
    return root().trainable;
  }

  /**
   * Makes this parameter the same as another from now on, as PyTorch's {@code decoder.weight =
   * encoder.weight} does: one value, whose gradient is the sum of what all its uses give. It is
   * saved and counted once, under the path that comes first in the model.
   *
   * @throws IllegalArgumentException if the shapes differ, or the other is already the same as this
   * @throws IllegalStateException if this one has a value already, or is computed of others
   */
  public Parameter tie(Parameter other) {
    if (!shape.equals(other.shape)) {
      throw new IllegalArgumentException(
          "tie: parameter %s is no %s; parameters of one shape can be the same"
              .formatted(this, other));
    }
    if (other.root() == this) {
      throw new IllegalArgumentException("tie: " + this + " and " + other + " are one already");
    }
    if (value != null || computed != null) {
      throw new IllegalStateException(
          "tie: parameter "
              + this
              + (computed != null ? " is computed of others" : " has a value already")
              + "; tie parameters before init");
    }
    tied = other;
    return this;
  }

  /**
   * Returns the parameter that has the value: this one, or the one that it was made the same as.
   */
  Parameter root() {
    return tied == null ? this : tied.root();
  }

  /** Makes the value one that is computed of other parameters each time. */
  void computedBy(Supplier<Tensor> function) {
    computed = function;
  }

  /** Makes the value this parameter's own again, perhaps in another's place of the flat buffer. */
  void takeOver(Parameter other) {
    computed = null;
    if (other.value != null) {
      place(other.name, other.offset, other.value);
    }
  }

  boolean isComputed() {
    return computed != null;
  }

  /**
   * Freezes or thaws this parameter; a frozen one has no gradient, and optimizers leave it alone.
   */
  public Parameter requiresGrad(boolean wanted) {
    if (tied != null) {
      tied.requiresGrad(wanted);
      return this;
    }
    trainable = wanted;
    if (value != null) {
      value.requiresGrad(wanted);
    }
    return this;
  }

  /** Replaces the initialiser; {@link Module#init} uses it. */
  public Parameter initializer(Initializer replacement) {
    initializer = replacement;
    return this;
  }

  /** Returns the initialiser. */
  public Initializer initializer() {
    return root().initializer;
  }

  /** Returns where this parameter starts in the flat buffer of its model, in elements. */
  public long offset() {
    return root().offset;
  }

  void place(String path, long at, Tensor tensor) {
    name = path;
    offset = at;
    value = tensor;
    tensor.requiresGrad(trainable);
  }

  /** Takes the value away, as before init. */
  void displace() {
    name = ownName;
    offset = 0;
    value = null;
  }

  @Override
  public String toString() {
    return name() + shape;
  }
}
