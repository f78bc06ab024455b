package io.cortado;

import io.cortado.autograd.BackwardFunction;
import io.cortado.backend.Buffer;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step of a training or inference loop: owns every tensor made inside it and records how they
 * came about.
 *
 * <pre>{@code
 * try (Step step = device.step()) {
 *   crossEntropy(model.forward(batch.inputs()), batch.labels()).backward();
 *   optimizer.step();
 * }
 * }</pre>
 *
 * <p>Everything is freed on close, on every path, an exception included. On a device whose
 * operations do not look at indices, close reports one outside of its axis, as an {@link
 * IllegalArgumentException} with the operation's name. Parameters, gradients and optimizer state
 * live outside. A step is used by the thread that opened it.
 */
public final class Step extends Scope {

  final @Nullable Step outer;
  final @Nullable Tape tape;
  private long multiplyAdds;
  private int pauses;
  private final Thread thread = Thread.currentThread();

  Step(Device device, @Nullable Step outer, @Nullable Tape tape, Buffer[] storage) {
    super(device, tape == null ? "the inference step" : "the step", storage);
    this.outer = outer;
    this.tape = tape;
  }

  /** Says whether this step records operations for a backward pass. */
  public boolean recording() {
    return tape != null;
  }

  /** Says whether operations are recorded at this place of a step that records. */
  boolean recordsNow() {
    return tape != null && pauses == 0;
  }

  /**
   * Does some work without recording it; its results have no history.
   *
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.no_grad.html">torch.no_grad</a>
   */
  public <T extends @Nullable Object> T withoutRecording(Supplier<T> work) {
    pauses++;
    try {
      return work.get();
    } finally {
      pauses--;
    }
  }

  /** Says whether an operation on this input has to be recorded. */
  public boolean records(Tensor a) {
    return recordsNow() && a.requiresGrad();
  }

  /** Says whether an operation on these inputs has to be recorded. */
  public boolean records(Tensor a, @Nullable Tensor b) {
    return recordsNow() && (a.requiresGrad() || b != null && b.requiresGrad());
  }

  /** Says whether an operation on these inputs has to be recorded. */
  public boolean records(Tensor a, @Nullable Tensor b, @Nullable Tensor c) {
    return records(a, b) || recordsNow() && c != null && c.requiresGrad();
  }

  /**
   * Records how a tensor was made.
   *
   * @param operation the name for messages
   * @param output what was made, in this step
   * @param backward computes the gradients of the inputs from that of the output
   * @return the output
   * @throws IllegalStateException if this step does not record: ask {@link #records} first
   */
  public Tensor record(String operation, Tensor output, BackwardFunction backward) {
    if (tape == null) {
      throw new IllegalStateException(
          operation + ": an inference step records nothing; open one with device.step()");
    }
    tape.record(operation, output, backward);
    return output;
  }

  /**
   * Computes gradients of some tensors alone; no other tensor's is changed. See {@link
   * io.cortado.autograd.Autograd#grad}.
   */
  public List<Tensor> gradients(Tensor output, @Nullable Tensor start, Tensor... inputs) {
    Tape t = tape;
    if (t == null || output.node() < 0) {
      throw Tensor.notRecorded("grad", output);
    }
    return t.gradients(output, start, inputs);
  }

  /**
   * Computes a function whose inner values are not kept. See {@link
   * io.cortado.autograd.Autograd#checkpoint}.
   */
  public Tensor checkpoint(Function<Tensor[], Tensor> body, Tensor... inputs) {
    Tape t = tape;
    return t == null || pauses > 0
        ? body.apply(inputs)
        : new Checkpoint(this, t, body, inputs).forward();
  }

  /** Counts multiply-adds done in this step, for summaries and benchmarks. */
  public void countMultiplyAdds(long n) {
    multiplyAdds += n;
  }

  /**
   * Returns the multiply-adds of this step's matrix products and convolutions so far, backward
   * passes not counted.
   */
  public long multiplyAdds() {
    return multiplyAdds;
  }

  void checkThread(String operation) {
    if (thread != Thread.currentThread()) {
      throw new IllegalStateException(
          operation
              + ": the step was opened by thread "
              + thread.getName()
              + " and is used by "
              + Thread.currentThread().getName()
              + "; give each thread a device of its own");
    }
  }

  @Override
  public void close() {
    if (isOpen()) {
      DeviceObserver observer = device().observer();
      if (observer != null && tape != null) {
        observer.stepEnds();
      }
      if (tape != null) {
        tape.clear();
      }
      super.close();
      if (device().recordingGraph() == null && device().outside().take()) {
        device().outside().report();
      }
    }
  }
}
