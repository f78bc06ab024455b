package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.Recording;
import io.cortado.backend.RecordingException;
import io.cortado.internal.IntRange;
import io.cortado.internal.Logs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A training step that is recorded once and then replayed, as a CUDA graph is.
 *
 * <pre>{@code
 * try (StepGraph train =
 *     device.capture(
 *         in -> {
 *           Tensor loss = crossEntropy(model.forward(in[0]), in[1]);
 *           loss.backward();
 *           optimizer.step();
 *           return loss;
 *         })) {
 *   for (Batch batch : epoch) {
 *     Tensor loss = train.run(batch.inputs(), batch.labels());
 *   }
 * }
 * }</pre>
 *
 * <p>The first run with some shapes is an ordinary one, the second is recorded, and all later ones
 * cost the host a single call. What can't be replayed (other shapes, such as a last short batch; a
 * step that reads from the device) runs operation by operation, and {@link #eagerSteps()} says so
 * and why. On a device that executes at once, such as the CPU, every step does.
 *
 * <p>Results are the same bits either way: learning rates, step numbers and the counters of dropout
 * are in device memory. But <em>Java code of the body runs only when it is recorded</em>: what it
 * computes on its own (a random number, a count, a line of output) stays as it was then. A model's
 * switch between {@code train()} and {@code eval()} is such a thing.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.cuda.CUDAGraph.html">
 *     torch.cuda.CUDAGraph</a>
 */
public final class StepGraph implements AutoCloseable {

  private static final Logger LOG = Logs.of(StepGraph.class);

  /** What a step does. */
  @FunctionalInterface
  public interface Body {

    /**
     * Runs in a step that records for a backward pass.
     *
     * @param inputs what {@link StepGraph#run} was given, or copies of it
     * @return what to keep of the step, its loss for example
     */
    Tensor run(Tensor[] inputs);
  }

  /** What the host has to do for a part of the step, which a replay cannot. */
  public interface HostPart {

    /** Says whether the recorded part is what would be recorded now. */
    boolean fits();

    /** Brings device memory up to date that the recorded part reads. */
    void beforeReplay();

    /** Notes what the recorded part has done. */
    void afterReplay();
  }

  /** What the recorded step was told of the integers of one of its inputs. */
  private record Requirement(int input, int low, int high) {}

  private final Device device;
  private final Body body;
  private final Scope scope;
  private final Map<String, Long> eager = new LinkedHashMap<>();
  private final KeptNumbers numbers;
  private final List<HostPart> parts = new ArrayList<>();
  private final Map<Tensor, Boolean> leaves = new IdentityHashMap<>();
  private final Map<Tensor, Boolean> leavesAfter = new IdentityHashMap<>();
  private final List<Requirement> requirements = new ArrayList<>();
  private Shape[] lastShapes = {};
  private Tensor[] inputs = {};
  private @Nullable Tensor result;
  private @Nullable Recording recording;
  private @Nullable String obstacle;
  private long replays;
  private boolean checksIndices;
  private boolean open = true;

  StepGraph(Device device, Body body) {
    this.device = device;
    this.body = body;
    this.scope = device.scope();
    this.numbers = new KeptNumbers(scope);
    if (!device.backend().canRecord()) {
      obstacle = device.name() + " executes operations at once";
    }
  }

  /**
   * Runs the step once.
   *
   * @param in tensors that live longer than the step, such as a batch's
   * @return the body's result, which the next run overwrites
   * @throws IllegalStateException if a step is open on the device, or this was closed
   */
  public Tensor run(Tensor... in) {
    if (!open) {
      throw new IllegalStateException("the step graph is closed: capture a new one");
    }
    device.checkNotRecording("a step graph's run");
    StepGraph outer = device.runningGraph();
    device.running(this);
    try {
      return runOnce(in);
    } finally {
      device.running(outer);
    }
  }

  private Tensor runOnce(Tensor[] in) {
    if (obstacle != null) {
      return runEagerly(obstacle, in);
    }
    if (recording != null && !isOf(inputs, in)) {
      return runEagerly("other shapes than the recorded " + shapes(inputs), in);
    }
    if (recording != null && !gradientsAre(leaves)) {
      return runEagerly("gradients that were there before the step", in);
    }
    if (recording != null && !inRange(in)) {
      return runEagerly("integers outside of the range that was checked", in);
    }
    if (recording != null && !fits()) {
      forget();
    }
    if (recording != null) {
      return replay(recording, in);
    }
    if (!hasShapes(lastShapes, in)) {
      numbers.gather(() -> runEagerly("the first step of its shapes", in));
      lastShapes = new Shape[in.length];
      for (int i = 0; i < in.length; i++) {
        lastShapes[i] = in[i].shape();
      }
      return kept();
    }
    try {
      return replay(record(in), in);
    } catch (RecordingException e) {
      obstacle = "cannot be recorded: " + e.getMessage();
      LOG.warn("The step {}; it runs operation by operation", obstacle);
      return runEagerly(obstacle, in);
    }
  }

  private Tensor runEagerly(String reason, Tensor[] in) {
    Tensor kept;
    try (Step _ = device.step()) {
      kept = keep(body.run(in));
    }
    eager.merge(reason, 1L, Long::sum);
    return kept;
  }

  /** Copies what the body returned to where it outlives the step. */
  private Tensor keep(Tensor y) {
    Tensor kept = result;
    if (kept == null || kept.dtype() != y.dtype() || !kept.shape().equals(y.shape())) {
      if (kept != null) {
        scope.free(kept.buffer());
      }
      kept = scope.empty(y.dtype(), y.shape());
      result = kept;
    }
    device.backend().copy(y.buffer(), 0, kept.buffer(), 0, y.size());
    return kept;
  }

  private Tensor replay(Recording graph, Tensor[] in) {
    Backend backend = device.backend();
    for (int i = 0; i < in.length; i++) {
      backend.copy(in[i].buffer(), 0, inputs[i].buffer(), 0, in[i].size());
    }
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).beforeReplay();
    }
    graph.replay();
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).afterReplay();
    }
    leavesAfter.forEach((leaf, written) -> {
      leaf.gradientWritten = written;
      GradientRows rows = leaf.gradientRows;
      if (rows != null) { // none of the recorded gradients lists its rows
        rows.writtenElsewhere();
      }
    });
    replays++;
    if (checksIndices) {
      device.outside().report();
    }
    return kept();
  }

  private Tensor kept() {
    Tensor y = result;
    if (y == null) {
      throw new IllegalStateException("a step was run without its result");
    }
    return y;
  }

  /** Returns numbers that this graph keeps for its steps; null for those that a step owns. */
  @Nullable Tensor kept(HostNumbers of) {
    return numbers.find(of);
  }

  private Recording record(Tensor[] in) {
    Tensor[] fixed = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      fixed[i] = scope.empty(in[i].dtype(), in[i].shape());
      IntRange range = in[i].knownRange();
      if (range != null) {
        fixed[i].withKnownRange(range);
      }
    }
    inputs = fixed;
    Recording made = null;
    device.beginRecording(this);
    try {
      made =
          device
              .backend()
              .record(() -> {
                try (Step _ = device.step()) {
                  keep(body.run(fixed));
                }
              });
      leaves.forEach((leaf, _) -> leavesAfter.put(leaf, leaf.gradientWritten));
    } finally {
      checksIndices = device.outside().take();
      device.endRecording();
      leaves.forEach((leaf, before) -> leaf.gradientWritten = before);
      if (made == null) {
        forgetInputs();
      }
    }
    recording = made;
    return made;
  }

  /** Leaves work on the host to each replay of the step that is being recorded. */
  public void add(HostPart part) {
    parts.add(part);
  }

  /** Notes that the step being recorded writes the gradient of a tensor that outlives it. */
  void writesGradient(Tensor leaf) {
    leaves.putIfAbsent(leaf, leaf.gradientWritten);
  }

  /** Notes that the step being recorded relies on what is known of a tensor's integers. */
  void requireRange(Tensor t, int low, int high) {
    boolean found = false;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].buffer() == t.buffer()) {
        requirements.add(new Requirement(i, low, high));
        found = true;
      }
    }
    for (int i = 0; !found && i < inputs.length; i++) { // a part of one, nobody knows of which
      if (inputs[i].knownRange() != null) {
        requirements.add(new Requirement(i, low, high));
      }
    }
  }

  private boolean inRange(Tensor[] in) {
    for (int i = 0; i < requirements.size(); i++) {
      Requirement r = requirements.get(i);
      IntRange range = in[r.input()].knownRange();
      if (range == null || !range.within(r.low(), r.high())) {
        return false;
      }
    }
    return true;
  }

  private boolean fits() {
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).fits()) {
        return false;
      }
    }
    return true;
  }

  private static boolean gradientsAre(Map<Tensor, Boolean> expected) {
    for (Map.Entry<Tensor, Boolean> leaf : expected.entrySet()) {
      if (leaf.getKey().gradientWritten != leaf.getValue()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOf(Tensor[] fixed, Tensor[] in) {
    if (fixed.length != in.length) {
      return false;
    }
    for (int i = 0; i < in.length; i++) {
      if (fixed[i].dtype() != in[i].dtype() || !fixed[i].shape().equals(in[i].shape())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasShapes(Shape[] shapes, Tensor[] in) {
    if (shapes.length != in.length) {
      return false;
    }
    for (int i = 0; i < in.length; i++) {
      if (!shapes[i].equals(in[i].shape())) {
        return false;
      }
    }
    return true;
  }

  private static List<Shape> shapes(Tensor[] tensors) {
    List<Shape> shapes = new ArrayList<>();
    for (Tensor t : tensors) {
      shapes.add(t.shape());
    }
    return shapes;
  }

  /** Returns how many steps were replayed. */
  public long replays() {
    return replays;
  }

  /** Returns how many steps ran operation by operation, for each reason. */
  public Map<String, Long> eagerSteps() {
    return Collections.unmodifiableMap(eager);
  }

  private void forget() {
    if (recording != null) {
      recording.close();
      recording = null;
      forgetInputs();
    }
  }

  private void forgetInputs() {
    for (Tensor t : inputs) {
      scope.free(t.buffer());
    }
    inputs = new Tensor[0];
    parts.clear();
    leaves.clear();
    leavesAfter.clear();
    requirements.clear();
  }

  /** Frees what was recorded, and the result; a second call does nothing. */
  @Override
  public void close() {
    if (open) {
      open = false;
      device.closed(this);
      forget();
      scope.close();
    }
  }

  @Override
  public String toString() {
    return "step graph on " + device + ": " + replays + " steps replayed, others: " + eager;
  }
}
