package io.cortado.observe;

import io.cortado.DType;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.Module;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what every operation makes, forward and backward, and stops at the first infinite or NaN
 * value with an {@link AnomalyException} that names operation, layer, shape and step.
 *
 * <pre>{@code
 * device.observe(new AnomalyDetector(model));
 * }</pre>
 *
 * <p>{@link io.cortado.train.Trainer#detectAnomaly} does this for a training. Minus infinity that
 * comes of adding or of choosing is let pass, since masks are written so. Each operation waits for
 * the device and its output is copied to the host: for looking, not for training.
 *
 * @see <a href="https://pytorch.org/docs/stable/autograd.html#anomaly-detection">PyTorch's anomaly
 *     detection</a>, which looks at gradients alone, and for NaN
 */
public final class AnomalyDetector implements StepObserver {

  private static final Set<String> MASKING = Set.of("add", "sub", "where", "hide", "maskedFill");

  private record Made(String operation, Tensor output) {}

  private record Recorded(String layer, StepPhase phase, Throwable trace) {}

  private record Replay(String operation, Tensor output, int place, List<Tensor> written) {}

  private final LayerPaths paths;
  private final Supplier<String> where;
  private final List<Made> made = new ArrayList<>();
  private final List<Recorded> recorded = new ArrayList<>();
  private final Deque<Replay> replays = new ArrayDeque<>();
  private final NonFiniteScan scan = new NonFiniteScan();
  private String operation = "";
  private StepPhase phase = StepPhase.FORWARD;
  private long steps = 1;

  /** Makes one that counts the steps of a model's training by itself. */
  public AnomalyDetector(Module model) {
    this(model, null);
  }

  /**
   * Makes one.
   *
   * @param where says which step it is, for the message; null to count steps
   */
  public AnomalyDetector(Module model, @Nullable Supplier<String> where) {
    this.paths = new LayerPaths(model);
    this.where = where == null ? () -> "step " + steps : where;
  }

  /**
   * Looks at what a step begins with.
   *
   * @throws AnomalyException if a number of it is not finite
   */
  public void check(Batch batch) {
    for (Tensor t : batch.tensors()) {
      NonFiniteScan.Found found = scan.of(t, t.buffer());
      if (found != null) {
        throw new AnomalyException(
            "detectAnomaly: %s: the batch has a tensor %s with %s; look at the data"
                .formatted(where.get(), t.shape(), found),
            "input",
            "",
            false);
      }
    }
  }

  @Override
  public void phase(StepPhase begun) {
    checkMade();
    phase = begun;
    paths.reset();
  }

  @Override
  public void entered(Object module) {
    paths.enter(module);
  }

  @Override
  public void left(Object module) {
    paths.leave();
  }

  @Override
  public void uses(Object parameter) {
    paths.uses(parameter);
  }

  @Override
  public void begins(String name) {
    checkMade();
    operation = name;
  }

  @Override
  public void makes(Tensor output) {
    if (output.dtype() == DType.FLOAT32) {
      made.add(new Made(operation, output));
    }
  }

  @Override
  public int place() {
    checkMade();
    recorded.add(new Recorded(paths.current(), phase, new Throwable("the operation ran here")));
    return recorded.size() - 1;
  }

  @Override
  public void replays(String name, Tensor output, int place) {
    checkMade();
    replays.push(new Replay(name, output, place, new ArrayList<>()));
  }

  @Override
  public void writesGradient(Tensor input) {
    Replay r = replays.peek();
    if (r != null) {
      r.written.add(input);
    }
  }

  @Override
  public void replayed() {
    Replay r = replays.pop();
    for (Tensor input : r.written) {
      Tensor gradient = input.grad();
      NonFiniteScan.Found found = gradient == null ? null : scan.of(gradient, gradient.buffer());
      if (found != null) {
        throw backward(r, input, found);
      }
    }
  }

  private AnomalyException backward(Replay r, Tensor input, NonFiniteScan.Found found) {
    Recorded at = r.place < recorded.size() ? recorded.get(r.place) : null;
    String layer = at == null ? "" : at.layer;
    AnomalyException e =
        new AnomalyException(
            "detectAnomaly: %s, backward pass: %s%s gave the gradient of an input %s with %s; its output is %s"
                .formatted(
                    where.get(),
                    r.operation,
                    in(layer, at == null ? phase : at.phase),
                    input.shape(),
                    found,
                    r.output.shape()),
            r.operation,
            layer,
            true);
    if (at != null) {
      e.initCause(at.trace);
    }
    return e;
  }

  private void checkMade() {
    for (int i = 0; i < made.size(); i++) {
      Made m = made.get(i);
      NonFiniteScan.Found found =
          m.output.scope().isOpen() ? scan.of(m.output, m.output.buffer()) : null;
      if (found != null && !(found.onlyMinusInfinity() && MASKING.contains(m.operation))) {
        made.clear();
        throw new AnomalyException(
            "detectAnomaly: %s, forward pass: %s%s made a tensor %s with %s"
                .formatted(
                    where.get(), m.operation, in(paths.current(), phase), m.output.shape(), found),
            m.operation,
            paths.current(),
            false);
      }
    }
    made.clear();
  }

  private String in(String layer, StepPhase when) {
    if (when == StepPhase.LOSS) {
      return " of the loss";
    }
    return layer.isEmpty() ? "" : " of layer " + layer + ", " + paths.describe(layer) + ",";
  }

  @Override
  public void stepEnds() {
    made.clear();
    recorded.clear();
    replays.clear();
    paths.reset();
    phase = StepPhase.FORWARD;
    steps++;
  }
}
