package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CtcSpec;

/** Losses between sequences of different lengths. */
public final class SequenceLosses {

  private SequenceLosses() {}

  /**
   * Returns each sequence's connectionist temporal classification loss, {@code [N]}.
   *
   * <p>The gradient is right where x comes out of {@code logSoftmax}: see {@link
   * io.cortado.backend.SequenceLossOps#ctcLoss}.
   *
   * @param x log-probabilities, {@code [T, N, C]}
   * @param targets int32, {@code [N, S]}
   * @param inputLengths int32, {@code [N]}, not more than T
   * @param targetLengths int32, {@code [N]}, not more than S
   * @throws IllegalArgumentException if shapes or types do not fit, a label is no class or the
   *     blank, or a length is out of range
   */
  public static Tensor ctc(
      Tensor x,
      Tensor targets,
      Tensor inputLengths,
      Tensor targetLengths,
      int blank,
      boolean zeroInfinity) {
    Step step = Checks.step("ctc", x);
    Checks.floats("ctc", x);
    Checks.rank("ctc", x, 3, "time, batch, classes");
    Checks.rank("ctc", targets, 2, "batch, labels");
    CtcSpec spec = new CtcSpec(x.dim(0), x.dim(1), x.dim(2), targets.dim(1), blank, zeroInfinity);
    Backend backend = x.device().backend();
    Tensor losses = step.empty(Shape.of(spec.batch()));
    boolean records = step.records(x);
    // Of a loss of 1 each, in the same pass: what an alignment needs to be found is at hand there.
    Tensor own = records ? step.empty(x.shape()) : null;
    backend.ctcLoss(
        spec,
        x.buffer(),
        targets.buffer(),
        inputLengths.buffer(),
        targetLengths.buffer(),
        losses.buffer(),
        own == null ? null : own.buffer());
    if (own == null) {
      return losses;
    }
    BinarySpec each = new BinarySpec(BinaryOp.MUL, x.shape(), Shape.of(spec.batch(), 1), x.shape());
    return step.record(
        "ctc", losses, g -> backend.binary(each, own.buffer(), g.upstream(), g.beta(x), g.of(x)));
  }
}
