package io.cortado;

import io.cortado.autograd.Arithmetic;
import io.cortado.autograd.MatMul;
import io.cortado.autograd.Reductions;
import io.cortado.autograd.Shaping;
import io.cortado.autograd.Softmax;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.internal.IntRange;
import io.cortado.internal.TensorFormat;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array on a device.
 *
 * <p>Contiguous and row-major. A tensor belongs to a {@link Scope}, mostly a {@link Step}, and dies
 * with it. Operations make new tensors in the open step; {@link #reshape} and the like share
 * storage with their source. Where an operand {@linkplain #requiresGrad() requires a gradient} and
 * the step records, so does the result, and {@link #backward()} computes all gradients.
 *
 * <p>Every operation throws {@link IllegalStateException} if a tensor's scope is closed or no step
 * is open, and {@link IllegalArgumentException}, naming the operation and all shapes, if shapes,
 * types or devices do not fit, and {@link IndexOutOfBoundsException} for an axis that is not there.
 */
public final class Tensor extends TensorOperations {

  private static final int NO_NODE = -1;

  /** What leaves every number as it is when added: 0 would make 0 of -0. */
  private static final float NOTHING = -0f;

  private final Scope scope;
  private final Shape shape;
  private final Buffer buffer;
  private final @Nullable Tensor source; // whose storage a view shares
  private boolean requiresGrad;
  private int node = NO_NODE;
  private @Nullable IntRange range; // that of a view is its source's
  private long overwritten; // when, by the device's count; 0 for never

  // The tape's and the parameter store's business.
  @Nullable Buffer gradient;
  boolean gradientWritten;
  @Nullable GradientRows gradientRows; // once rows alone were written
  boolean checkpointed; // stands for an input of a checkpoint while that is computed anew

  Tensor(Scope scope, Shape shape, Buffer buffer) {
    this(scope, shape, buffer, null);
  }

  private Tensor(Scope scope, Shape shape, Buffer buffer, @Nullable Tensor source) {
    this.scope = scope;
    this.shape = shape;
    this.buffer = buffer;
    this.source = source;
  }

  /**
   * Makes a trainable leaf over memory that the caller keeps, as {@link io.cortado.nn.Module} does
   * for parameters.
   *
   * @param gradient where backward passes add up this tensor's gradient
   */
  public static Tensor leaf(Scope scope, Shape shape, Buffer buffer, Buffer gradient) {
    Tensor t = new Tensor(scope, shape, buffer);
    t.requiresGrad = true;
    t.gradient = gradient;
    return t;
  }

  /** Makes a tensor over memory that the caller keeps; no gradient flows into it. */
  public static Tensor over(Scope scope, Shape shape, Buffer buffer) {
    return new Tensor(scope, shape, buffer);
  }

  @Override
  Tensor self() {
    return this;
  }

  // ---------------------------------------------------------------- what it is

  /** Returns the extents. */
  public Shape shape() {
    return shape;
  }

  /** Returns the type of the elements. */
  public DType dtype() {
    return buffer.dtype();
  }

  /** Returns the number of elements. */
  public long size() {
    return shape.size();
  }

  /** Returns the extent of one axis; a negative axis counts from the end. */
  public int dim(int axis) {
    return shape.dim(axis);
  }

  /** Returns the device this tensor lives on. */
  public Device device() {
    return scope.device();
  }

  /** Returns the scope that owns this tensor. */
  public Scope scope() {
    return scope;
  }

  /**
   * Returns the memory behind this tensor, for calls to the backend.
   *
   * @throws IllegalStateException if the tensor's scope is closed
   */
  public Buffer buffer() {
    if (!scope.isOpen()) {
      throw new IllegalStateException(
          "tensor "
              + shape
              + " was used after its end ("
              + scope
              + "): read it before, or make it in a scope that lives longer");
    }
    if (source != null) {
      return source.buffer();
    }
    if (overwritten != 0) {
      device().checkUnchanged(this, overwritten);
    }
    return buffer;
  }

  /**
   * Says that something else than an operation has changed the elements, as an optimizer does: a
   * backward pass over what was recorded before, and reads them, is an error from now on.
   */
  public void markOverwritten() {
    if (source != null) {
      source.markOverwritten();
    } else {
      overwritten = device().noteWrite();
    }
  }

  /** Returns the smallest and largest element of an integer tensor where the host knows them. */
  public @Nullable IntRange knownRange() {
    return source == null ? range : source.knownRange();
  }

  /**
   * Says whether the host knows all elements of an integer tensor to be at least {@code low} and
   * below {@code high}; a step that is recorded relies on it at each replay.
   */
  public boolean isKnownWithin(int low, int high) {
    IntRange known = knownRange();
    if (known == null || !known.within(low, high)) {
      return false;
    }
    StepGraph graph = device().recordingGraph();
    if (graph != null) {
      graph.requireRange(this, low, high);
    }
    return true;
  }

  /** Says what an operation that makes integers knows about them. */
  public Tensor withKnownRange(IntRange known) {
    if (source != null) {
      source.withKnownRange(known);
    } else {
      range = known;
    }
    return this;
  }

  // ---------------------------------------------------------------- reading and writing

  /**
   * Copies the elements out, in row-major order; waits for the device.
   *
   * @throws IllegalArgumentException if this is not a float tensor
   */
  public float[] toFloatArray() {
    float[] out = new float[length("toFloatArray", DType.FLOAT32)];
    device().backend().download(buffer(), 0, out, 0, out.length);
    return out;
  }

  /**
   * Copies the elements out, in row-major order; waits for the device.
   *
   * @throws IllegalArgumentException if this is not an integer tensor
   */
  public int[] toIntArray() {
    int[] out = new int[length("toIntArray", DType.INT32)];
    device().backend().download(buffer(), 0, out, 0, out.length);
    return out;
  }

  /**
   * Copies the elements into an array; waits for the device.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public void copyTo(float[] dst, int offset) {
    int n = length("copyTo", DType.FLOAT32);
    if (offset < 0 || offset > dst.length - n) {
      throw new IllegalArgumentException(
          "copyTo: tensor "
              + shape
              + " does not fit into "
              + dst.length
              + " elements at "
              + offset);
    }
    device().backend().download(buffer(), 0, dst, offset, n);
  }

  /**
   * Returns the one element; waits for the device.
   *
   * @throws IllegalArgumentException if there is not exactly one float
   */
  public float item() {
    if (size() != 1) {
      throw new IllegalArgumentException(
          "item: tensor "
              + shape
              + " has "
              + size()
              + " elements, not one; use toFloatArray(), or reduce it first");
    }
    return toFloatArray()[0];
  }

  /**
   * Overwrites the elements of a tensor; a backward pass that needs those that were there is an
   * {@link IllegalStateException} afterwards.
   *
   * @throws IllegalArgumentException if the number of values is not this tensor's size
   */
  public void set(float[] values) {
    Scope.checkCount("set", values.length, shape);
    length("set", DType.FLOAT32);
    markOverwritten();
    device().backend().upload(values, 0, buffer(), 0, values.length);
  }

  /**
   * Overwrites the elements of an integer tensor.
   *
   * @throws IllegalArgumentException if the number of values is not this tensor's size
   */
  public void set(int[] values) {
    Scope.checkCount("set", values.length, shape);
    length("set", DType.INT32);
    markOverwritten();
    device().backend().upload(values, 0, buffer(), 0, values.length);
    withKnownRange(IntRange.of(values, values.length));
  }

  private int length(String operation, DType expected) {
    if (dtype() != expected) {
      throw new IllegalArgumentException(
          operation + ": tensor " + shape + " is " + dtype() + ", not " + expected);
    }
    return Math.toIntExact(size());
  }

  // ---------------------------------------------------------------- gradients

  /** Says whether backward passes compute a gradient for this tensor. */
  public boolean requiresGrad() {
    return requiresGrad;
  }

  /**
   * Asks for, or waives, the gradient of a tensor that no operation has made; its value can be had
   * by {@link #grad()}.
   *
   * @throws IllegalArgumentException if this is an integer tensor
   * @throws IllegalStateException if an operation has made it: {@link #detach()} first
   */
  public Tensor requiresGrad(boolean wanted) {
    if (wanted && dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(
          "requiresGrad: only float tensors can have a gradient, this one is " + dtype());
    }
    if (node != NO_NODE) {
      throw new IllegalStateException(
          "requiresGrad: tensor " + shape + " was made by a recorded operation; detach() it first");
    }
    requiresGrad = wanted;
    return this;
  }

  /** Returns the gradient that backward passes have added up, or null if there is none. */
  public @Nullable Tensor grad() {
    Buffer g = gradient;
    return g == null || !gradientWritten ? null : new Tensor(scope, shape, g);
  }

  /** Forgets the gradient: the next backward pass overwrites it. */
  public void zeroGrad() {
    GradientRows rows = gradientRows;
    if (rows != null) {
      rows.clear(gradient);
    }
    gradientWritten = false;
  }

  /**
   * Returns which rows of the gradient have been written, all others being 0; null if there is no
   * gradient, or one of all rows.
   */
  public @Nullable GradientRows gradientRows() {
    GradientRows rows = gradientRows;
    return gradientWritten && rows != null && rows.isComplete() ? rows : null;
  }

  /** Says whether a backward pass has written to the gradient since it was last forgotten. */
  public boolean hasGrad() {
    return gradientWritten;
  }

  /**
   * Computes the gradient of this number with respect to everything it was made of.
   *
   * <p>Gradients of parameters add up over several calls until the optimizer's step or {@link
   * #zeroGrad()}. The recorded graph is consumed.
   *
   * @throws IllegalArgumentException if this is not a single number
   * @throws IllegalStateException if it was not recorded, or was walked back already
   */
  public void backward() {
    if (size() != 1) {
      throw new IllegalArgumentException(
          "backward: tensor "
              + shape
              + " is not a single number; reduce it by mean() or sum(), or give the gradient it"
              + " starts from");
    }
    tape().backward(this, null);
  }

  /**
   * Computes gradients, starting from a given gradient of this tensor.
   *
   * @param start the gradient of this tensor, of its shape
   */
  public void backward(Tensor start) {
    if (!start.shape.equals(shape)) {
      throw new IllegalArgumentException(
          "backward: gradient " + start.shape + " for tensor " + shape);
    }
    tape().backward(this, start);
  }

  private Tape tape() {
    buffer(); // complains if the scope is closed
    // A leaf's own gradient is what it starts from.
    Scope step = node == NO_NODE && requiresGrad ? device().currentStep("backward") : scope;
    if (!requiresGrad || !(step instanceof Step s) || s.tape == null) {
      throw notRecorded("backward", this);
    }
    return s.tape;
  }

  static IllegalStateException notRecorded(String operation, Tensor t) {
    return new IllegalStateException(
        operation
            + ": tensor "
            + t.shape
            + " was not recorded: nothing it was made of requires a gradient, it was detached, or"
            + " the step is an inference step");
  }

  int node() {
    return node;
  }

  void recordedAs(int index) {
    node = index;
    requiresGrad = true;
  }

  /**
   * Returns this tensor's values cut off from its history: no gradient flows through. Storage is
   * shared.
   *
   * <p>The view, with the gradient that it may be {@linkplain #requiresGrad(boolean) asked for},
   * belongs to the open step; if there is none, to this tensor's scope.
   */
  public Tensor detach() {
    return view(device().stepOr(scope), shape);
  }

  /**
   * Returns a tensor over the same storage that has no history; {@link #reshape} is the one to use.
   *
   * @param owner the scope of the view, which can be used while both scopes are open
   */
  public Tensor view(Scope owner, Shape newShape) {
    return new Tensor(owner, newShape, buffer(), this);
  }

  // ---------------------------------------------------------------- arithmetic, with broadcasting

  /** Returns {@code this + other}. */
  public Tensor add(Tensor other) {
    return Arithmetic.binary(BinaryOp.ADD, this, other);
  }

  /** Returns {@code this - other}. */
  public Tensor sub(Tensor other) {
    return Arithmetic.binary(BinaryOp.SUB, this, other);
  }

  /** Returns {@code this * other}, element by element. */
  public Tensor mul(Tensor other) {
    return Arithmetic.binary(BinaryOp.MUL, this, other);
  }

  /** Returns {@code this / other}, element by element. */
  public Tensor div(Tensor other) {
    return Arithmetic.binary(BinaryOp.DIV, this, other);
  }

  /** Returns {@code this + value}. */
  public Tensor add(float value) {
    return Arithmetic.unary(UnaryOp.affine(1, value), this);
  }

  /** Returns {@code this - value}. */
  public Tensor sub(float value) {
    return Arithmetic.unary(UnaryOp.affine(1, -value), this);
  }

  /** Returns {@code this * value}. */
  public Tensor mul(float value) {
    return Arithmetic.unary(UnaryOp.affine(value, NOTHING), this);
  }

  /** Returns {@code this / value}. */
  public Tensor div(float value) {
    int exponent = Math.getExponent(value);
    boolean exact = Math.abs(value) == Math.scalb(1f, exponent) && Math.abs(exponent) <= 126;
    return exact // a power of 2, by whose reciprocal a product is the quotient
        ? Arithmetic.unary(UnaryOp.affine(1 / value, NOTHING), this)
        : div(device().currentStep("div").full(value));
  }

  /** Returns {@code -this}. */
  public Tensor neg() {
    return Arithmetic.unary(UnaryOp.affine(-1, NOTHING), this);
  }

  /** Returns the softmax along one axis. */
  public Tensor softmax(int axis) {
    return Softmax.softmax(this, axis, false);
  }

  /** Returns the logarithm of the softmax along one axis. */
  public Tensor logSoftmax(int axis) {
    return Softmax.softmax(this, axis, true);
  }

  // ---------------------------------------------------------------- matrices and reductions

  /**
   * Returns the matrix product of the last two axes, leading ones broadcast; a vector stands for a
   * row on the left and for a column on the right. See {@link MatMul#matmul}.
   */
  public Tensor matmul(Tensor other) {
    return MatMul.matmul(this, other);
  }

  /** Returns the sum of all elements, a scalar. */
  public Tensor sum() {
    return Reductions.all(ReduceOp.SUM, this);
  }

  /** Returns the mean of all elements, a scalar. */
  public Tensor mean() {
    return Reductions.all(ReduceOp.MEAN, this);
  }

  /**
   * Returns the sum along one axis.
   *
   * @param keepDim whether the axis stays, with extent 1
   */
  public Tensor sum(int axis, boolean keepDim) {
    return Reductions.axis(ReduceOp.SUM, this, axis, keepDim);
  }

  /**
   * Returns the mean along one axis.
   *
   * @param keepDim whether the axis stays, with extent 1
   */
  public Tensor mean(int axis, boolean keepDim) {
    return Reductions.axis(ReduceOp.MEAN, this, axis, keepDim);
  }

  /**
   * Returns the index of the first largest element along one axis, as integers; it has no gradient.
   */
  public Tensor argmax(int axis) {
    return Reductions.argmax(this, axis);
  }

  // ---------------------------------------------------------------- shape

  /**
   * Returns the same elements under another shape, sharing storage.
   *
   * @param newShape the extents; one of them may be -1 and follows from the others
   */
  public Tensor reshape(int... newShape) {
    return Shaping.reshape(this, newShape);
  }

  /** Returns the elements with all axes from {@code startAxis} on made one, sharing storage. */
  public Tensor flatten(int startAxis) {
    return Shaping.flatten(this, startAxis);
  }

  /**
   * Returns the elements with axes reordered: axis i of the result is axis {@code axes[i]} of this.
   */
  public Tensor permute(int... axes) {
    return Shaping.permute(this, axes);
  }

  /** Returns the elements with two axes exchanged. */
  public Tensor transpose(int axis0, int axis1) {
    return Shaping.transpose(this, axis0, axis1);
  }

  /**
   * Returns the elements of indices {@code from} (inclusive) to {@code to} (exclusive) along one
   * axis.
   */
  public Tensor slice(int axis, int from, int to) {
    return Shaping.slice(this, axis, from, to);
  }

  /** Returns tensors joined along one axis. */
  public static Tensor concat(int axis, Tensor... parts) {
    return Shaping.concat(axis, parts);
  }

  /** Returns shape, type and device, and the elements if they are few; waits for the device. */
  @Override
  public String toString() {
    return TensorFormat.format(this);
  }
}
