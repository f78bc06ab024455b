package io.cortado;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Floats that the host keeps, such as a loss's weights, and that each step which needs them has on
 * the device.
 *
 * <p>The tensor belongs to the step, as what operations make does: nothing has to be closed, and an
 * object that is made anew in each step leaves nothing behind. A {@link StepGraph}, whose recording
 * cannot copy from the host, keeps what its ordinary runs used, until it is closed or a run goes
 * without.
 */
public final class HostNumbers {

  private final float[] values;
  private final int[] shape;
  private @Nullable Tensor tensor; // the last step's

  /**
   * Keeps a copy of some numbers, in row-major order.
   *
   * @throws IllegalArgumentException if their number is not the shape's size
   */
  public HostNumbers(float[] values, int... shape) {
    Scope.checkCount("hostNumbers", values.length, Shape.of(shape));
    this.values = values.clone();
    this.shape = shape.clone();
  }

  /** Returns how many there are. */
  public int count() {
    return values.length;
  }

  /**
   * Returns them on a device, copied there where the open step needs them for the first time.
   *
   * @param operation what needs them, for the message
   * @throws IllegalStateException if no step is open
   */
  public Tensor on(Device device, String operation) {
    Step step = device.openStep(operation);
    Tensor t = tensor;
    if (t != null && t.scope() == step) {
      return t;
    }
    StepGraph graph = device.runningGraph();
    Tensor kept = graph == null ? null : graph.kept(this);
    if (kept != null) {
      return kept;
    }
    t = in(step);
    tensor = t;
    return t;
  }

  /** Copies them to a scope. */
  Tensor in(Scope scope) {
    return scope.tensor(values, shape);
  }

  @Override
  public String toString() {
    return values.length + " numbers of shape " + Arrays.toString(shape);
  }
}
