package io.cortado.optim;

import io.cortado.Shape;
import io.cortado.autograd.Fused;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs of a run's step with all that they are called with, made once and run at each step.
 *
 * @param momentum the momentum that the programs were made with
 * @param skip the flag that they look at
 * @param calls in order
 */
record PointwiseCalls(double momentum, @Nullable Buffer skip, List<Call> calls) {

  /** Says whether a step with these would have the same programs and arguments. */
  boolean isOf(double otherMomentum, @Nullable Buffer otherSkip) {
    return Double.compare(momentum, otherMomentum) == 0 && skip == otherSkip;
  }

  void run(Backend backend) {
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).run(backend);
    }
  }

  /** A program over one shape; other inputs are single numbers, or broadcast as they say. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Call(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {

    void run(Backend backend) {
      backend.pointwise(spec, parameters, inputs, outputs);
    }

    /**
     * Makes a call.
     *
     * @param shape of the outputs and the first inputs
     * @param full inputs of that shape
     * @param single inputs of one number, which come after them
     */
    static Call of(
        Fused.Program program, Shape shape, List<Buffer> full, List<Buffer> single, Buffer... out) {
      List<Shape> shapes = new ArrayList<>(Collections.nCopies(full.size(), shape));
      shapes.addAll(Collections.nCopies(single.size(), Shape.scalar()));
      List<Buffer> in = new ArrayList<>(full);
      in.addAll(single);
      return new Call(
          new PointwiseSpec(program.program(), shapes, shape),
          program.parameters(),
          in.toArray(Buffer[]::new),
          out);
    }
  }
}
