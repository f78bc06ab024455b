package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;

/** Pointwise programs as differentiable functions of tensors. */
public final class Fused {

  /** The most tensors that a pointwise function may have. */
  public static final int MAX_INPUTS = 12;

  private Fused() {}

  /**
   * A program and what its parameters are.
   *
   * @param program what is computed
   * @param parameters a number for each of its parameters
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Program(PointwiseProgram program, float[] parameters) {}

  /** Gives the programs that compute gradients. */
  @FunctionalInterface
  public interface GradientPrograms {

    /**
     * Returns the program for the gradients of some inputs.
     *
     * <p>It reads the inputs, the upstream gradient, and what is in the gradients that it adds to,
     * and writes the wanted gradients, each in the inputs' order.
     *
     * @param wanted a bit for each input whose gradient is wanted
     * @param added a bit for each of these that is added to what is there
     */
    Program gradient(int wanted, int added);
  }

  /**
   * Runs a program of one output over tensors that broadcast.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast or a tensor is not float32
   */
  public static Tensor apply(
      String name, Program program, GradientPrograms gradients, Tensor... x) {
    Step step = Checks.step(name, x[0]);
    Shape out = x[0].shape();
    boolean records = false;
    Buffer[] buffers = new Buffer[x.length];
    List<Shape> shapes = new ArrayList<>(x.length);
    for (int i = 0; i < x.length; i++) {
      Checks.sameDevice(name, x[0], x[i]);
      Checks.floats(name, x[i]);
      out = Arithmetic.broadcast(name, out, x[i].shape());
      shapes.add(x[i].shape());
      buffers[i] = x[i].buffer();
      records |= step.records(x[i]);
    }
    Tensor y = step.empty(out);
    PointwiseSpec spec = new PointwiseSpec(program.program(), shapes, out);
    x[0].device()
        .backend()
        .pointwise(spec, program.parameters(), buffers, new Buffer[] {y.buffer()});
    return records ? step.record(name, y, g -> backward(gradients, x, y, step, g)) : y;
  }

  /**
   * Computes a function without a gradient, into memory that may be an input's of the result's
   * shape.
   *
   * @param out the result's shape, which all inputs broadcast to
   */
  static void run(Pointwise function, Shape out, Buffer y, Tensor... x) {
    List<Shape> shapes = new ArrayList<>(x.length);
    Buffer[] buffers = new Buffer[x.length];
    for (int i = 0; i < x.length; i++) {
      shapes.add(x[i].shape());
      buffers[i] = x[i].buffer();
    }
    Program p = function.compiled();
    x[0].device()
        .backend()
        .pointwise(
            new PointwiseSpec(p.program(), shapes, out), p.parameters(), buffers, new Buffer[] {y});
  }

  private static void backward(
      GradientPrograms gradients, Tensor[] x, Tensor y, Step step, Gradients g) {
    int wanted = 0;
    int added = 0;
    List<Shape> shapes = new ArrayList<>();
    List<Buffer> reads = new ArrayList<>();
    for (Tensor t : x) {
      shapes.add(t.shape());
      reads.add(t.buffer());
    }
    shapes.add(y.shape());
    reads.add(g.upstream());
    List<Buffer> writes = new ArrayList<>();
    List<Apart> apart = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if (!g.needs(x[i])) {
        continue;
      }
      wanted |= 1 << i;
      if (x[i].shape().equals(y.shape()) && isFirst(x, i)) {
        if (g.beta(x[i]) != 0) {
          added |= 1 << i;
          shapes.add(y.shape());
          reads.add(g.of(x[i]));
        }
        writes.add(g.of(x[i]));
      } else {
        Buffer part = step.scratch(FLOAT32, Math.max(1, y.size()));
        apart.add(new Apart(x[i], part));
        writes.add(part);
      }
    }
    Program p = gradients.gradient(wanted, added);
    y.device()
        .backend()
        .pointwise(
            new PointwiseSpec(p.program(), shapes, y.shape()),
            p.parameters(),
            reads.toArray(Buffer[]::new),
            writes.toArray(Buffer[]::new));
    for (Apart a : apart) {
      a.addTo(y, step, g);
    }
  }

  /** Says whether a tensor is not among those before it: its gradient is written by one of them. */
  private static boolean isFirst(Tensor[] x, int i) {
    for (int k = 0; k < i; k++) {
      if (x[k] == x[i]) {
        return false;
      }
    }
    return true;
  }

  /** A gradient of the result's shape that still has to be added to its tensor's. */
  private record Apart(Tensor x, Buffer part) {

    void addTo(Tensor y, Step step, Gradients g) {
      Backend backend = y.device().backend();
      if (x.shape().equals(y.shape())) {
        backend.axpby(x.size(), 1, part, g.beta(x), g.of(x));
      } else {
        ReduceSpec sum = new ReduceSpec(ReduceOp.SUM, y.shape(), x.shape());
        backend.reduce(sum, part, g.beta(x), g.of(x));
      }
      step.free(part);
    }
  }
}
