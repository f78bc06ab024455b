package io.cortado;

import io.cortado.autograd.BackwardFunction;
import io.cortado.backend.Buffer;
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
 * <p>Everything is freed on close, on every path, an exception included. Parameters, gradients and
 * optimizer state live outside. A step is used by the thread that opened it.
 */
public final class Step extends Scope {

  final @Nullable Step outer;
  final @Nullable Tape tape;
  private long multiplyAdds;
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

  /** Says whether an operation on this input has to be recorded. */
  public boolean records(Tensor a) {
    return tape != null && a.requiresGrad();
  }

  /** Says whether an operation on these inputs has to be recorded. */
  public boolean records(Tensor a, @Nullable Tensor b) {
    return tape != null && (a.requiresGrad() || b != null && b.requiresGrad());
  }

  /** Says whether an operation on these inputs has to be recorded. */
  public boolean records(Tensor a, @Nullable Tensor b, @Nullable Tensor c) {
    return records(a, b) || tape != null && c != null && c.requiresGrad();
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
      if (tape != null) {
        tape.clear();
      }
      super.close();
    }
  }
}
