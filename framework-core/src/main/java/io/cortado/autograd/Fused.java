package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.BinarySpec;
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

  /** Gives the programs that compute a function and its gradients together. */
  @FunctionalInterface
  public interface LossPrograms {

    /**
     * Returns the program for the function's value and the gradients of some inputs.
     *
     * <p>It reads the inputs and writes the value, then the wanted gradients in the inputs' order.
     *
     * @param wanted a bit for each input whose gradient is wanted
     * @param upstream the gradient of every element of the value
     */
    Program lossAndGradients(int wanted, float upstream);
  }

  /**
   * Runs a program of one output over tensors that broadcast.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast or a tensor is not float32
   */
  public static Tensor apply(
      String name, Program program, GradientPrograms gradients, Tensor... x) {
    Call call = Call.of(name, x);
    Tensor y = call.step.empty(call.out);
    call.run(program, new Buffer[] {y.buffer()});
    return call.records()
        ? call.step.record(name, y, g -> backward(gradients, x, y, call.step, g))
        : y;
  }

  /**
   * Runs a program over tensors that broadcast, and reduces what it gives to one number.
   *
   * <p>The gradients for an upstream gradient of 1 are computed with the value and wait in the
   * step; the backward pass, which nearly always starts at the loss, then has nothing left to do.
   *
   * @param losses gives the programs that compute value and gradients in one pass
   * @throws IllegalArgumentException if the shapes do not broadcast or a tensor is not float32
   */
  public static Tensor reduced(
      String name, Program program, LossPrograms losses, ReduceOp op, Tensor... x) {
    Call call = Call.of(name, x);
    Step step = call.step;
    Tensor loss = step.empty(Shape.scalar());
    List<Part> parts = new ArrayList<>();
    List<Buffer> writes = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if ((call.recording >> i & 1) != 0) {
        Buffer part = step.scratch(FLOAT32, Math.max(1, call.out.size()));
        parts.add(new Part(x[i], call.out, part));
        writes.add(part);
      }
    }
    float upstream = op == ReduceOp.MEAN ? 1f / call.out.size() : 1;
    Program together =
        parts.isEmpty() ? program : losses.lossAndGradients(call.recording, upstream);
    x[0].device()
        .backend()
        .pointwiseReduce(
            spec(together, call.out, x),
            op,
            together.parameters(),
            reads(x),
            loss.buffer(),
            writes.toArray(Buffer[]::new));
    return parts.isEmpty()
        ? loss
        : step.record(name, loss, g -> parts.forEach(p -> p.giveTo(step, g)));
  }

  /**
   * What a function is applied to.
   *
   * @param out the shape that all broadcast to
   * @param recording a bit for each tensor whose gradient is to be recorded
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Call(Step step, Tensor[] x, Shape out, int recording) {

    static Call of(String name, Tensor... x) {
      Step step = Checks.step(name, x[0]);
      Shape out = x[0].shape();
      int recording = 0;
      for (int i = 0; i < x.length; i++) {
        Checks.sameDevice(name, x[0], x[i]);
        Checks.floats(name, x[i]);
        out = Arithmetic.broadcast(name, out, x[i].shape());
        recording |= step.records(x[i]) ? 1 << i : 0;
      }
      return new Call(step, x, out, recording);
    }

    boolean records() {
      return recording != 0;
    }

    void run(Program p, Buffer[] writes) {
      Fused.run(p, out, x, writes);
    }
  }

  /**
   * Computes a function without a gradient, into memory that may be an input's of the result's
   * shape.
   *
   * @param out the result's shape, which all inputs broadcast to
   */
  static void run(Pointwise function, Shape out, Buffer y, Tensor... x) {
    run(function.compiled(), out, x, new Buffer[] {y});
  }

  private static void run(Program p, Shape out, Tensor[] x, Buffer[] writes) {
    x[0].device().backend().pointwise(spec(p, out, x), p.parameters(), reads(x), writes);
  }

  private static PointwiseSpec spec(Program p, Shape out, Tensor[] x) {
    List<Shape> shapes = new ArrayList<>(x.length);
    for (Tensor t : x) {
      shapes.add(t.shape());
    }
    return new PointwiseSpec(p.program(), shapes, out);
  }

  private static Buffer[] reads(Tensor[] x) {
    Buffer[] reads = new Buffer[x.length];
    for (int i = 0; i < x.length; i++) {
      reads[i] = x[i].buffer();
    }
    return reads;
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
    List<Part> apart = new ArrayList<>();
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
        apart.add(new Part(x[i], y.shape(), part));
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
    for (Part a : apart) {
      a.addTo(step, g);
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

  /**
   * A gradient of the result's shape that still has to be added to its tensor's.
   *
   * @param out the result's shape
   */
  private record Part(Tensor x, Shape out, Buffer part) {

    void addTo(Step step, Gradients g) {
      Backend backend = x.device().backend();
      if (x.shape().equals(out)) {
        backend.axpby(x.size(), 1, part, g.beta(x), g.of(x));
      } else {
        backend.reduce(new ReduceSpec(ReduceOp.SUM, out, x.shape()), part, g.beta(x), g.of(x));
      }
      step.free(part);
    }

    /** Hands on a gradient that was computed for an upstream gradient of 1. */
    void giveTo(Step step, Gradients g) {
      if (!g.needs(x)) {
        step.free(part);
        return;
      }
      if (!g.isUnit()) {
        BinarySpec spec = new BinarySpec(BinaryOp.MUL, out, Shape.scalar(), out);
        x.device().backend().binary(spec, part, g.upstream(), 0, part);
      }
      if (x.shape().equals(out)) {
        g.give(x, part);
      } else {
        addTo(step, g);
      }
    }
  }
}
