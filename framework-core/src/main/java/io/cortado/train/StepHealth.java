package io.cortado.train;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each step's loss and at the norm of its gradients: once all over the gradients, which an
 * optimizer reads and writes too.
 *
 * <p>Where the device's memory is the host's, both are read at once, and a step that breaks down is
 * known with its number and the first gradient that is not finite. Elsewhere nothing waits: the
 * norms are added up on the device, and the sum is read together with that of the losses.
 */
final class StepHealth implements AutoCloseable {

  private final boolean atOnce;
  private final boolean scaled;
  private final Scope scope;
  private final Tensor norms;
  private final float[] host = new float[1];
  private boolean broken;
  private boolean lossBroken;
  private double loss;
  private double norm = Double.NaN;
  private @Nullable Parameter gradient;
  private @Nullable Parameter value; // that was broken before the step

  /**
   * Makes one for a training.
   *
   * @param scaled whether a loss scale takes care of gradients that are not finite
   */
  StepHealth(Device device, boolean scaled) {
    this.atOnce = device.backend().refusesIndices();
    this.scaled = scaled;
    this.scope = device.scope();
    this.norms = scope.zeros();
  }

  /** Looks at a step, between its backward pass and what is done with the gradients. */
  void look(Tensor lossValue, ParameterStore store) {
    Tensor n = store.gradNorm();
    if (!atOnce) {
      scope.device().backend().axpby(1, 1, n.buffer(), 1, norms.buffer());
      return;
    }
    loss = read(lossValue);
    norm = read(n);
    lossBroken = !Double.isFinite(loss);
    // A norm may be too large for a float where no gradient is.
    if (!broken && (lossBroken || !scaled && !Double.isFinite(norm))) {
      gradient = store.firstNonFiniteGradient().orElse(null);
      value = store.firstNonFiniteValue().orElse(null);
      broken = lossBroken || gradient != null;
    }
  }

  private float read(Tensor number) {
    scope.device().backend().download(number.buffer(), 0, host, 0, 1);
    return host[0];
  }

  /** Says whether a step is known to have broken down; does not wait. */
  boolean isBroken() {
    return broken;
  }

  /** Asks the device whether a step has broken down; waits for it. */
  boolean findBroken() {
    if (!atOnce && !scaled) {
      norm = read(norms);
      broken |= !Double.isFinite(norm);
    }
    return broken;
  }

  /** Returns the norm of the last step's gradients before clipping, NaN where it is not at hand. */
  double norm() {
    return atOnce ? norm : Double.NaN;
  }

  /** Returns the last step's loss, NaN where it is not at hand. */
  double loss() {
    return atOnce ? loss : Double.NaN;
  }

  /** Puts into words what broke, as the message's beginning. */
  String what(TrainingContext context) {
    String when =
        " in epoch %d, %s step %d of %d"
            .formatted(context.epoch(), atOnce ? "at" : "by", context.step(), context.steps());
    if (atOnce && !lossBroken) {
      return "the gradients became infinite or NaN%s, the loss being %s%s"
          .formatted(when, (float) loss, culprit(context.model()));
    }
    return "the loss%s became infinite or NaN%s%s"
        .formatted(atOnce ? "" : ", or a gradient,", when, culprit(context.model()));
  }

  private String culprit(Module model) {
    Parameter before = value;
    if (before != null) {
      return "; the update before had made parameter %s infinite or NaN, of %s"
          .formatted(before, layer(model, before));
    }
    Parameter p = gradient;
    if (p == null) {
      return "";
    }
    return "; the first parameter with such a gradient is %s, of %s".formatted(p, layer(model, p));
  }

  private static String layer(Module model, Parameter p) {
    String path = p.name().substring(0, Math.max(0, p.name().lastIndexOf('.')));
    return Optional.ofNullable(model.namedModules().get(path))
        .map(m -> path.isEmpty() ? "the model itself" : "layer " + path + ", " + m)
        .orElse("layer " + path);
  }

  @Override
  public void close() {
    scope.close();
  }
}
