package io.cortado.pointwise;

import io.cortado.Tensor;
import io.cortado.autograd.Fused;
import io.cortado.backend.spec.ReduceOp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A function of tensors, element by element, that runs in one pass and has its gradient.
 *
 * <p>A focal loss's element, for logits x and targets t of 0 and 1:
 *
 * {@snippet :
 * static final Pointwise FOCAL = Pointwise.of("focal", (x, t) -> {
 *   Expr p = x.sigmoid();
 *   Expr wrong = t.add(p).sub(t.mul(p).mul(2)); // 1 - p where t is 1, p where it is 0
 *   Expr crossEntropy = x.softplus().sub(x.mul(t));
 *   return wrong.square().mul(crossEntropy);
 * });
 *
 * Tensor loss = FOCAL.mean(logits, targets);
 * }
 *
 * <p>Tensors broadcast as in arithmetic. The gradient of {@link #apply} computes anew what it needs
 * from the inputs, so that nothing but these is kept for it; {@link #mean} and {@link #sum} compute
 * it with the value. An instance is immutable and may be shared.
 */
public final class Pointwise {

  private final String name;
  private final int inputs;
  private final Expr result;
  private final Fused.Program forward;
  private final ConcurrentMap<Integer, Fused.Program> gradients = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, Together> together = new ConcurrentHashMap<>();

  private Pointwise(String name, int inputs, Expr result) {
    if (inputs > Fused.MAX_INPUTS) {
      throw new IllegalArgumentException(
          name
              + ": "
              + inputs
              + " inputs are more than the "
              + Fused.MAX_INPUTS
              + " of a pointwise function; split it");
    }
    this.name = name;
    this.inputs = inputs;
    this.result = result;
    this.forward = ProgramBuilder.compile(inputs, List.of(result));
  }

  /** Makes a function of one tensor; the name appears in messages. */
  public static Pointwise of(String name, UnaryOperator<Expr> formula) {
    return of(name, 1, in -> formula.apply(in.get(0)));
  }

  /** Makes a function of two tensors. */
  public static Pointwise of(String name, BinaryOperator<Expr> formula) {
    return of(name, 2, in -> formula.apply(in.get(0), in.get(1)));
  }

  /**
   * Makes a function of any number of tensors.
   *
   * @throws IllegalArgumentException if there are more than {@value Fused#MAX_INPUTS}
   */
  public static Pointwise of(String name, int inputs, Function<List<Expr>, Expr> formula) {
    List<Expr> in = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      in.add(new Expr.Input(i));
    }
    return new Pointwise(name, inputs, formula.apply(List.copyOf(in)));
  }

  /**
   * Compiles a formula of several results without a gradient, such as an optimizer's update, for
   * {@link io.cortado.backend.PointwiseOps#pointwise}.
   *
   * @param formula gives an expression for each output
   */
  public static Fused.Program program(int inputs, Function<List<Expr>, List<Expr>> formula) {
    List<Expr> in = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      in.add(new Expr.Input(i));
    }
    return ProgramBuilder.compile(inputs, formula.apply(List.copyOf(in)));
  }

  /** Returns the program of the function itself, with its parameters. */
  public Fused.Program compiled() {
    return forward;
  }

  /**
   * Computes the function.
   *
   * @return of the shape that all inputs broadcast to
   * @throws IllegalArgumentException if the shapes do not broadcast, a tensor is not float32, or
   *     the number of tensors is not the function's
   */
  public Tensor apply(Tensor... tensors) {
    return Fused.apply(name, forward, this::gradient, checked(tensors));
  }

  /**
   * Computes the function and the mean of its elements, a scalar: what {@code apply(...).mean()}
   * gives, with its gradients computed in the same pass.
   *
   * <p>The one for losses. The gradients are kept for the backward pass, which has to compute
   * nothing then; so it takes as much memory as these need, and nothing is computed twice.
   *
   * @throws IllegalArgumentException as {@link #apply} does
   */
  public Tensor mean(Tensor... tensors) {
    return Fused.reduced(name, forward, this::together, ReduceOp.MEAN, checked(tensors));
  }

  /**
   * Computes the function and the sum of its elements, a scalar, as {@link #mean} does.
   *
   * @throws IllegalArgumentException as {@link #apply} does
   */
  public Tensor sum(Tensor... tensors) {
    return Fused.reduced(name, forward, this::together, ReduceOp.SUM, checked(tensors));
  }

  private Tensor[] checked(Tensor[] tensors) {
    if (tensors.length != inputs) {
      throw new IllegalArgumentException(
          name + ": a function of " + inputs + " tensors was given " + tensors.length);
    }
    return tensors;
  }

  /**
   * Returns the program that computes the gradients of some inputs, and its parameters.
   *
   * <p>It reads the inputs, the upstream gradient, and then what is in the gradients that it adds
   * to; it writes the wanted gradients.
   *
   * @param wanted a bit for each input whose gradient is wanted
   * @param added a bit for each of these that is added to what is there
   */
  private Fused.Program gradient(int wanted, int added) {
    return gradients.computeIfAbsent(
        wanted << Fused.MAX_INPUTS | added, _ -> derive(wanted, added));
  }

  private Fused.Program derive(int wanted, int added) {
    Expr[] all = Derivative.of(result, inputs, new Expr.Input(inputs));
    List<Expr> outputs = new ArrayList<>();
    int next = inputs + 1;
    for (int i = 0; i < inputs; i++) {
      if ((wanted >> i & 1) != 0) {
        outputs.add((added >> i & 1) == 0 ? all[i] : new Expr.Input(next++).add(all[i]));
      }
    }
    return ProgramBuilder.compile(next, outputs);
  }

  private Fused.Program together(int wanted, float upstream) {
    return together.computeIfAbsent(wanted, this::deriveTogether).with(upstream);
  }

  private Together deriveTogether(int wanted) {
    Expr.Constant upstream = new Expr.Constant(1);
    Expr[] all = Derivative.of(result, inputs, upstream);
    List<Expr> outputs = new ArrayList<>(List.of(result));
    for (int i = 0; i < inputs; i++) {
      if ((wanted >> i & 1) != 0) {
        outputs.add(all[i]);
      }
    }
    ProgramBuilder builder = new ProgramBuilder(inputs);
    return new Together(builder.build(outputs), builder.parameter(upstream));
  }

  /**
   * A program of value and gradients.
   *
   * @param upstream which of its parameters is the upstream gradient; -1 where nothing depends on
   *     it
   */
  private record Together(Fused.Program program, int upstream) {

    Fused.Program with(float gradient) {
      if (upstream < 0) {
        return program;
      }
      float[] parameters = program.parameters().clone();
      parameters[upstream] = gradient;
      return new Fused.Program(program.program(), parameters);
    }
  }

  @Override
  public String toString() {
    return name + "\n" + forward.program();
  }
}
