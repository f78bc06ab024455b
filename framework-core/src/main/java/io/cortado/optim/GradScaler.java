package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.LossScaleSpec;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scales the loss, so that gradients do not vanish in {@link
 * io.cortado.backend.MathPrecision#FLOAT16}.
 *
 * <pre>{@code
 * GradScaler scaler = new GradScaler();
 * ...
 * try (Step step = device.step()) {
 *   Tensor loss = crossEntropy(model.forward(x), labels);
 *   scaler.scale(loss).backward();
 *   scaler.unscale(optimizer);            // only if gradients are looked at or clipped
 *   model.store().clipGradNorm(1);
 *   scaler.step(optimizer);
 *   scaler.update();
 * }
 * }</pre>
 *
 * <p>The optimizer's step divides the gradients by the scale; where one of them is infinite or NaN
 * it changes nothing, not even the optimizer's count of steps. The update then makes the scale
 * smaller, or larger after many good steps. All this is decided on the device: no method but {@link
 * #scale()} and {@link #skippedSteps()} waits for it, and a step that is scaled can be recorded and
 * replayed.
 *
 * <p>A scaler may serve several optimizers, each with a {@link #step} of its own and all with one
 * {@link #update()}: each divides the gradients of its own parameters. Where a gradient is not
 * finite, this optimizer changes nothing, and those that step after it in this update do neither
 * (PyTorch's would).
 *
 * @see <a href="https://pytorch.org/docs/stable/amp.html#gradient-scaling">
 *     torch.cuda.amp.GradScaler</a>
 */
public final class GradScaler {

  /** The largest count that a float holds exactly. */
  private static final int MAX_INTERVAL = 1 << 24;

  private final float[] host = new float[LossScaleSpec.COUNT];
  private double initScale = 65536;
  private double growthFactor = 2;
  private double backoffFactor = 0.5;
  private int growthInterval = 2000;
  private @Nullable InDevice state;
  private final Set<Optimizer> unscaled = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Optimizer> stepped = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Makes a scaler with PyTorch's defaults. */
  public GradScaler() {}

  /** What is in device memory, and what goes with it. */
  private record InDevice(
      Device device, Buffer numbers, Buffer found, LossScaleSpec spec, BinarySpec product) {}

  /** Sets the first scale; at first 65536. */
  public GradScaler initScale(double scale) {
    checkUnused();
    if (!(scale > 0 && Float.isFinite((float) scale) && (float) scale > 0)) {
      throw new IllegalArgumentException(
          "GradScaler: the first scale is "
              + scale
              + ", it has to be a finite positive number such as 65536");
    }
    initScale = scale;
    return this;
  }

  /** Sets what the scale grows by after an interval of good steps; at first 2. */
  public GradScaler growthFactor(double factor) {
    checkUnused();
    if (!(factor > 1 && Float.isFinite((float) factor))) {
      throw new IllegalArgumentException(
          "GradScaler: the growth factor is " + factor + ", it has to be more than 1");
    }
    growthFactor = factor;
    return this;
  }

  /** Sets what the scale is multiplied by after a bad step; at first 0.5. */
  public GradScaler backoffFactor(double factor) {
    checkUnused();
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException(
          "GradScaler: the backoff factor is " + factor + ", it has to be between 0 and 1");
    }
    backoffFactor = factor;
    return this;
  }

  /** Sets after how many good steps in a row the scale grows; at first 2000. */
  public GradScaler growthInterval(int steps) {
    checkUnused();
    if (steps < 1 || steps > MAX_INTERVAL) {
      throw new IllegalArgumentException(
          "GradScaler: the growth interval is "
              + steps
              + ", it has to be from 1 to "
              + MAX_INTERVAL);
    }
    growthInterval = steps;
    return this;
  }

  private void checkUnused() {
    if (state != null) {
      throw new IllegalStateException("GradScaler: options have to be set before it is used");
    }
  }

  /**
   * Puts the scale on a device, which else the first {@link #scale(Tensor)} does; a step that is
   * recorded needs it before.
   *
   * @throws IllegalStateException if it is on another device already
   */
  public GradScaler attach(Device device) {
    InDevice s = state;
    if (s != null) {
      if (s.device() != device) {
        throw new IllegalStateException(
            "GradScaler: it was used on another device already; make one for each");
      }
      return this;
    }
    Backend backend = device.backend();
    Buffer numbers = device.root().scratch(DType.FLOAT32, LossScaleSpec.COUNT);
    host[LossScaleSpec.SCALE] = (float) initScale;
    backend.upload(host, 0, numbers, 0, host.length);
    state =
        new InDevice(
            device,
            numbers,
            backend.slice(numbers, LossScaleSpec.FOUND, 1),
            new LossScaleSpec((float) growthFactor, (float) backoffFactor, growthInterval),
            new BinarySpec(BinaryOp.MUL, Shape.scalar(), Shape.scalar(), Shape.scalar()));
    return this;
  }

  private InDevice used(String operation) {
    InDevice s = state;
    if (s == null) {
      throw new IllegalStateException(operation + ": call scale(loss) first");
    }
    return s;
  }

  /**
   * Returns the loss times the scale, whose backward pass gives scaled gradients.
   *
   * @throws IllegalArgumentException if the loss is not a single number
   */
  public Tensor scale(Tensor loss) {
    if (loss.dtype() != DType.FLOAT32 || loss.shape().rank() != 0) {
      throw new IllegalArgumentException(
          "GradScaler.scale: the loss is %s %s, and a single float is needed; choose a reduction, the mean for example"
              .formatted(loss.dtype(), loss.shape()));
    }
    Step step = loss.device().currentStep("GradScaler.scale");
    if (unscaled.stream().anyMatch(Optimizer::hasGradients)) {
      throw new IllegalStateException(
          "GradScaler.scale: there are gradients that are unscaled already, to which this loss's would be added; call step(optimizer) or optimizer.zeroGrad() first");
    }
    unscaled.clear();
    InDevice s = attach(loss.device()).used("GradScaler.scale");
    Backend backend = loss.device().backend();
    Tensor y = step.empty(loss.shape());
    // The scale is the first of the numbers.
    backend.binary(s.product(), loss.buffer(), s.numbers(), 0, y.buffer());
    return step.records(loss)
        ? step.record(
            "scale",
            y,
            g -> backend.binary(s.product(), g.upstream(), s.numbers(), g.beta(loss), g.of(loss)))
        : y;
  }

  /**
   * Divides the gradients of an optimizer's parameters by the scale, and notes whether one is not
   * finite; clip them after this, and before {@link #step}.
   *
   * @throws IllegalStateException if that was done since the last {@link #update()} already
   */
  public void unscale(Optimizer optimizer) {
    InDevice s = used("GradScaler.unscale");
    if (unscaled.contains(optimizer)) {
      throw new IllegalStateException(
          "GradScaler.unscale: these gradients are unscaled already; call it once, between backward() and step(optimizer)");
    }
    optimizer.store().unscale(optimizer::owns, s.numbers());
    unscaled.add(optimizer);
  }

  /**
   * Takes the optimizer's step with unscaled gradients, or none where one of them is not finite, or
   * one of an optimizer before it in this update; the gradients are used up in both cases.
   *
   * @throws IllegalStateException if there was no {@link #update()} since the last one
   */
  public void step(Optimizer optimizer) {
    InDevice s = used("GradScaler.step");
    if (stepped.contains(optimizer)) {
      throw new IllegalStateException("GradScaler.step: call update() after each step first");
    }
    try {
      if (!unscaled.contains(optimizer)) {
        unscale(optimizer);
      }
      optimizer.step(s.found());
      stepped.add(optimizer);
    } finally {
      unscaled.remove(
          optimizer); // after a failure, too: the next backward pass gives scaled gradients
    }
  }

  /**
   * Chooses the scale of the next step.
   *
   * @throws IllegalStateException if there was no {@link #step} since the last one
   */
  public void update() {
    InDevice s = used("GradScaler.update");
    if (stepped.isEmpty() || unscaled.stream().anyMatch(Optimizer::hasGradients)) {
      throw new IllegalStateException(
          "GradScaler.update: call step(optimizer) first, of every optimizer whose gradients are unscaled");
    }
    s.device().backend().updateScale(s.spec(), s.numbers());
    stepped.clear();
  }

  /** Returns the scale; waits for the device, so for logs only. */
  public double scale() {
    return state == null ? initScale : read(state, LossScaleSpec.SCALE);
  }

  /**
   * Returns how many steps changed nothing because a gradient was not finite; waits for the device,
   * so for logs only.
   */
  public long skippedSteps() {
    return state == null ? 0 : (long) read(state, LossScaleSpec.SKIPPED);
  }

  private float read(InDevice s, int index) {
    s.device().backend().download(s.numbers(), 0, host, 0, host.length);
    return host[index];
  }

  /**
   * All that has to be kept for a later run.
   *
   * @param scale the scale of the next step
   * @param goodSteps how many steps in a row had finite gradients since the scale changed
   * @param skippedSteps how many steps changed nothing
   */
  public record State(float scale, int goodSteps, int skippedSteps) {

    /** Checks the values. */
    public State {
      if (!(scale > 0 && Float.isFinite(scale)) || goodSteps < 0 || skippedSteps < 0) {
        throw new IllegalArgumentException(
            "GradScaler: scale %s, %d good and %d skipped steps are no state of it; pass what state() returned"
                .formatted(scale, goodSteps, skippedSteps));
      }
    }
  }

  /**
   * Returns what has to be kept for a later run, beside the options; waits for the device.
   *
   * @throws IllegalStateException if it is on no device yet
   */
  public State state() {
    InDevice s = used("GradScaler.state");
    s.device().backend().download(s.numbers(), 0, host, 0, host.length);
    return new State(
        host[LossScaleSpec.SCALE],
        (int) host[LossScaleSpec.TRACKER],
        (int) host[LossScaleSpec.SKIPPED]);
  }

  /**
   * Goes on from where another run was, of the same options.
   *
   * @throws IllegalStateException if it is on no device yet: call {@link #attach} first
   */
  public void restore(State from) {
    InDevice s = used("GradScaler.restore");
    host[LossScaleSpec.SCALE] = from.scale();
    host[LossScaleSpec.FOUND] = 0;
    host[LossScaleSpec.TRACKER] = from.goodSteps();
    host[LossScaleSpec.SKIPPED] = from.skippedSteps();
    s.device().backend().upload(host, 0, s.numbers(), 0, host.length);
  }

  @Override
  public String toString() {
    return "GradScaler(first scale %s, times %s after %d good steps, times %s after a bad one)"
        .formatted(initScale, growthFactor, growthInterval, backoffFactor);
  }
}
