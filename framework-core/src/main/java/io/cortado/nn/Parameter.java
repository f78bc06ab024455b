package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.nn.init.Initializer;
import org.jspecify.annotations.Nullable;

/** A tensor of a module that training changes. */
public final class Parameter {

  private final Shape shape;
  private Initializer initializer;
  private @Nullable Tensor value;
  private boolean trainable = true;
  private String name;
  private long offset;

  Parameter(String name, Shape shape, Initializer initializer) {
    this.name = name;
    this.shape = shape;
    this.initializer = initializer;
  }

  /**
   * Returns the name: within its module before {@link Module#init}, then the dotted path from the
   * root, as PyTorch's.
   */
  public String name() {
    return name;
  }

  /** Returns the shape. */
  public Shape shape() {
    return shape;
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
          "parameter "
              + name
              + " "
              + shape
              + " has no value yet: call init(device, seed) on the model first");
    }
    return v;
  }

  /** Says whether the module has been initialised. */
  public boolean isInitialized() {
    return value != null;
  }

  /** Says whether this parameter is trained. */
  public boolean isTrainable() {
    return trainable;
  }

  /**
   * Freezes or thaws this parameter; a frozen one has no gradient, and optimizers leave it alone.
   */
  public Parameter requiresGrad(boolean wanted) {
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
    return initializer;
  }

  /** Returns where this parameter starts in the flat buffer of its model, in elements. */
  public long offset() {
    return offset;
  }

  void place(String path, long at, Tensor tensor) {
    name = path;
    offset = at;
    value = tensor;
    tensor.requiresGrad(trainable);
  }

  @Override
  public String toString() {
    return name + shape;
  }
}
