package io.cortado.nn;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.GradientRows;
import io.cortado.Philox;
import io.cortado.RandomStream;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The parameters of a model in one flat buffer, and their gradients in another.
 *
 * <p>So an optimizer step, a gradient norm or an all-reduce is one call, however many layers there
 * are. Each parameter's slice starts at a multiple of 256 bytes; the gaps hold zeros and stay zero.
 */
public final class ParameterStore {

  private static final int ALIGNMENT = 64; // floats

  /** So many first values are made at a time, where their initializer allows it. */
  static final int PIECE = 1 << 18;

  private final Device device;
  private final List<Parameter> parameters;
  private final long size;
  private final Buffer values;
  private final Buffer gradients;
  private final Tensor norm;
  private final List<Buffer> owned = new ArrayList<>(3);

  /** Makes the buffers, and gives each parameter its place and first values, or does neither. */
  ParameterStore(Device device, Map<String, Parameter> named, long seed) {
    this.device = device;
    this.parameters = List.copyOf(named.values());
    this.size = Math.max(ALIGNMENT, total(parameters));
    try {
      values = zeros(size);
      gradients = zeros(size);
      norm = Tensor.over(device.root(), Shape.scalar(), zeros(1));
      place(named, seed);
    } catch (RuntimeException | Error e) {
      free(e);
      throw e;
    }
  }

  private Buffer zeros(long n) {
    Buffer b = device.root().scratch(DType.FLOAT32, n);
    owned.add(b);
    device.backend().fill(b, n, 0);
    return b;
  }

  /**
   * Frees the buffers and leaves the parameters as they were before.
   *
   * @param reason why, to which a device's refusal is added
   */
  void free(Throwable reason) {
    parameters.forEach(Parameter::displace);
    for (Buffer b : owned) {
      try {
        device.root().free(b);
      } catch (RuntimeException refused) {
        reason.addSuppressed(refused);
      }
    }
    owned.clear();
  }

  private static long padded(Parameter p) {
    return (p.shape().size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static long total(List<Parameter> parameters) {
    long sum = 0;
    for (Parameter p : parameters) {
      sum += padded(p);
    }
    return sum;
  }

  private void place(Map<String, Parameter> named, long seed) {
    Backend backend = device.backend();
    long offset = 0;
    int ordinal = 0;
    for (Map.Entry<String, Parameter> e : named.entrySet()) {
      Parameter p = e.getValue();
      Buffer value = backend.slice(values, offset, p.shape().size());
      Buffer gradient = backend.slice(gradients, offset, p.shape().size());
      setFirstValues(p, value, new Philox(seed, RandomStream.INIT, ordinal++, 0));
      p.place(e.getKey(), offset, Tensor.leaf(device.root(), p.shape(), value, gradient));
      offset += padded(p);
    }
  }

  private void setFirstValues(Parameter p, Buffer value, Philox random) {
    int size = Math.toIntExact(p.shape().size());
    float[] piece = new float[p.initializer().inPieces() ? Math.min(size, PIECE) : size];
    for (long i = 0; i < size; i += piece.length) {
      p.initializer().fill(piece, p.shape(), random);
      device.backend().upload(piece, 0, value, i, (int) Math.min(piece.length, size - i));
    }
  }

  /** Returns the device the parameters live on. */
  public Device device() {
    return device;
  }

  /** Returns the parameters in the order of their slices. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Returns the length of the flat buffers in elements, gaps included. */
  public long size() {
    return size;
  }

  /** Returns the flat buffer of the values. */
  public Buffer values() {
    return values;
  }

  /**
   * Returns the flat buffer of the gradients; slices of parameters without a gradient hold whatever
   * was there.
   */
  public Buffer gradients() {
    return gradients;
  }

  /** Returns the end of a parameter's slice, its gap included. */
  public long end(int index) {
    return parameters.get(index).offset() + padded(parameters.get(index));
  }

  /**
   * Scales all gradients so that their common Euclidean norm is at most {@code maxNorm}; PyTorch's
   * {@code clip_grad_norm_}.
   *
   * @return the norm before, a number that stays on the device until it is read
   * @throws IllegalArgumentException if {@code maxNorm} is not positive
   */
  public Tensor clipGradNorm(double maxNorm) {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException(
          "clipGradNorm: the largest norm is " + maxNorm + ", it has to be positive");
    }
    zeroUnwritten();
    noteScaling(0, parameters.size());
    device.backend().clipNorm(size, (float) maxNorm, gradients, norm.buffer());
    return norm;
  }

  /**
   * Returns the Euclidean norm of all gradients, a number that stays on the device until it is
   * read; PyTorch's {@code get_total_norm}. {@link #clipGradNorm} writes to the same tensor.
   */
  public Tensor gradNorm() {
    zeroUnwritten();
    device.backend().vectorNorm(size, gradients, norm.buffer());
    return norm;
  }

  /**
   * Returns the first parameter whose gradient is infinite or NaN anywhere; waits for the device.
   */
  public Optional<Parameter> firstNonFiniteGradient() {
    return firstNonFinite(gradients);
  }

  /** Returns the first parameter that is infinite or NaN anywhere; waits for the device. */
  public Optional<Parameter> firstNonFiniteValue() {
    return firstNonFinite(values);
  }

  private Optional<Parameter> firstNonFinite(Buffer flat) {
    for (Parameter p : parameters) {
      float[] v = new float[Math.toIntExact(p.shape().size())];
      device.backend().download(flat, p.offset(), v, 0, v.length);
      for (float f : v) {
        if (!Float.isFinite(f)) {
          return Optional.of(p);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Limits each gradient element to {@code [-limit, limit]}; PyTorch's {@code clip_grad_value_}.
   *
   * @throws IllegalArgumentException if the limit is not positive
   */
  public void clipGradValue(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException(
          "clipGradValue: the limit is " + limit + ", it has to be positive");
    }
    float l = (float) limit;
    device.backend().unary(UnaryOp.clamp(-l, l), size, gradients, gradients);
  }

  /**
   * Divides the gradients of some parameters by a loss scale, and sets its flag where one of them
   * is not finite.
   *
   * @param which by the parameters' places in {@link #parameters()}
   * @param lossScale the numbers of a loss scale, at {@link
   *     io.cortado.backend.spec.LossScaleSpec}'s indices
   */
  public void unscale(IntPredicate which, Buffer lossScale) {
    zeroUnwritten();
    int n = parameters.size();
    for (int i = 0; i < n; i++) {
      if (!which.test(i)) {
        continue;
      }
      int first = i;
      while (i + 1 < n && which.test(i + 1)) {
        i++;
      }
      long from = parameters.get(first).offset();
      noteScaling(first, i + 1);
      Buffer run = device.backend().slice(gradients, from, end(i) - from);
      device.backend().unscale(end(i) - from, run, lossScale);
    }
  }

  /** Notes that rows without a gradient are 0 no longer where a factor is not finite. */
  private void noteScaling(int from, int to) {
    for (int i = from; i < to; i++) {
      GradientRows rows = parameters.get(i).value().gradientRows();
      if (rows != null) {
        rows.scaled();
      }
    }
  }

  /** Writes zeros where a parameter has no gradient, so that all of the flat buffer is one. */
  public void zeroUnwritten() {
    for (int i = 0; i < parameters.size(); i++) {
      Parameter p = parameters.get(i);
      if (!p.value().hasGrad()) {
        Buffer slice = device.backend().slice(gradients, p.offset(), p.shape().size());
        device.backend().fill(slice, p.shape().size(), 0);
      }
    }
  }

  /** Says whether any parameter has a gradient. */
  public boolean hasGradients() {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).value().hasGrad()) {
        return true;
      }
    }
    return false;
  }

  /** Forgets all gradients: the next backward pass overwrites them. */
  public void zeroGrad() {
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).value().zeroGrad();
    }
  }

  /** Returns all values, each parameter's slice and the gaps, as they lie in the flat buffer. */
  public float[] toFloatArray() {
    float[] v = new float[Math.toIntExact(size)];
    device.backend().download(values, 0, v, 0, v.length);
    return v;
  }

  @Override
  public String toString() {
    return parameters.size()
        + " parameters, "
        + size
        + " elements on "
        + device
        + ", offsets "
        + Arrays.toString(parameters.stream().mapToLong(Parameter::offset).toArray());
  }
}
