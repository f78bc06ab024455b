package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Fused;
import io.cortado.backend.spec.PointwiseOp;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseProgram.Instruction;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import io.cortado.tck.AutogradCases.Function;
import io.cortado.tck.AutogradCases.Range;
import java.util.List;

/** The cases of elementwise functions that are pointwise programs. */
final class PointwiseCases {

  private static final Shape FLAT = Shape.of(3, 5);
  private static final Shape ROW = Shape.of(5);
  private static final Shape COLUMN = Shape.of(3, 1);

  /** {@code x + x}, written by hand. */
  private static final Fused.Program TWICE =
      new Fused.Program(
          new PointwiseProgram(
              1, 0, List.of(new Instruction(PointwiseOp.ADD, 0, 0, 0, 0)), List.of(1)),
          new float[0]);

  private final AutogradCases cases;

  private PointwiseCases(AutogradCases cases) {
    this.cases = cases;
  }

  static void addTo(AutogradCases cases) {
    PointwiseCases c = new PointwiseCases(cases);
    c.ofOne();
    c.ofTwo();
    c.formulas();
  }

  private void add(String method, Function f, Shape... shapes) {
    cases.add(method, "", Range.SIGNED, f, shapes);
  }

  private void ofOne() {
    add("TensorOperations.expm1", in -> in[0].expm1(), FLAT);
    cases.add("TensorOperations.log1p", "", Range.POSITIVE, in -> in[0].log1p(), FLAT);
    cases.add("TensorOperations.rsqrt", "", Range.POSITIVE, in -> in[0].rsqrt(), FLAT);
    add("TensorOperations.sign", in -> in[0].sign(), FLAT);
    add("TensorOperations.floor", in -> in[0].mul(3).floor(), FLAT);
    add("TensorOperations.round", in -> in[0].mul(3).add(0.5f).round(), FLAT);
    add("TensorOperations.sin", in -> in[0].mul(2).sin(), FLAT);
    add("TensorOperations.cos", in -> in[0].mul(2).cos(), FLAT);
    add("TensorOperations.lt", in -> in[0].lt(0.09f).mul(in[0]), FLAT);
    add("TensorOperations.gt", in -> in[0].gt(0.09f).mul(in[0]), FLAT);
    add("TensorOperations.eq", in -> in[0].eq(0.09f).add(in[0]), FLAT);
  }

  private void ofTwo() {
    cases.add("TensorOperations.pow", "tensors", Range.POSITIVE, in -> in[0].pow(in[1]), FLAT, ROW);
    add("TensorOperations.minimum", in -> in[0].minimum(in[1]), FLAT, COLUMN);
    add("TensorOperations.maximum", in -> in[0].maximum(in[1]), ROW, COLUMN);
    add("TensorOperations.lt", in -> in[0].lt(in[1]).mul(in[0]), FLAT, ROW);
    add("TensorOperations.le", in -> in[0].le(in[1]).mul(in[1]), FLAT, ROW);
    add("TensorOperations.gt", in -> in[0].gt(in[1]).mul(in[0]), FLAT, ROW);
    add("TensorOperations.ge", in -> in[0].ge(in[1]).mul(in[1]), FLAT, ROW);
    add("TensorOperations.eq", in -> in[0].eq(in[1]).add(in[1]), FLAT, ROW);
    add("TensorOperations.ne", in -> in[0].ne(in[1]).add(in[1]), FLAT, ROW);
    add("TensorOperations.where", in -> Tensor.where(in[0].gt(0), in[1], in[2]), FLAT, ROW, COLUMN);
  }

  private void formulas() {
    Pointwise mixed =
        Pointwise.of(
            "mixed",
            3,
            in -> {
              Expr product = in.get(0).mul(in.get(1)).add(in.get(2));
              return product.sigmoid().mul(product.softplus()).add(in.get(1).erf());
            });
    add("Pointwise.apply", in -> mixed.apply(in), FLAT, ROW, COLUMN);
    Pointwise product = Pointwise.of("product", (x, y) -> x.mul(y.exp()).div(y.square().add(1)));
    add("Pointwise.apply", in -> product.apply(in[0], in[0]).mul(in[0]), FLAT);
    add("Pointwise.mean", in -> mixed.mean(in), FLAT, ROW, COLUMN);
    add("Pointwise.mean", in -> product.mean(in[0], in[0]).mul(in[0]), FLAT);
    add("Pointwise.sum", in -> product.sum(constant(in[0]), in[0]).mul(-3), COLUMN);
    add("Pointwise.sum", in -> product.sum(in[1], in[1].mul(in[0])).exp().add(in[0]), ROW, ROW);
    Pointwise step = Pointwise.of("step", x -> x.sign().add(2));
    add("Pointwise.mean", in -> step.mean(in[0]).add(in[0]), FLAT);
    Pointwise root = Pointwise.of("root", x -> x.sqrt().add(x.log()).add(x.reciprocal()).neg());
    cases.add("Pointwise.apply", "", Range.POSITIVE, in -> root.apply(in), FLAT);
    Pointwise held = Pointwise.of("held", x -> x.mul(x.detach()).clamp(-0.5f, 0.5f).tanh());
    cases.add(
        "Pointwise.apply",
        "of a mask",
        Range.SIGNED,
        in -> held.apply(in[0].gt(0)).add(in[0]),
        FLAT);
    add("Fused.apply", in -> doubled(in[0]), FLAT);
    add("Fused.reduced", in -> doubledMean(in[0]), FLAT);
  }

  /** A tensor that has no gradient. */
  private static Tensor constant(Tensor like) {
    return like.device().tensor(new float[] {0.5f, -2}, 2);
  }

  /** Programs that were written by hand, with their gradient. */
  private static Tensor doubled(Tensor x) {
    PointwiseProgram gradient =
        new PointwiseProgram(
            2, 0, List.of(new Instruction(PointwiseOp.ADD, 1, 1, 0, 0)), List.of(2));
    PointwiseProgram added =
        new PointwiseProgram(
            3,
            0,
            List.of(
                new Instruction(PointwiseOp.ADD, 1, 1, 0, 0),
                new Instruction(PointwiseOp.ADD, 2, 3, 0, 0)),
            List.of(4));
    return Fused.apply(
        "doubled",
        TWICE,
        (_, more) -> new Fused.Program(more == 0 ? gradient : added, new float[0]),
        x);
  }

  /** The mean of the doubled elements; the gradient of each is twice the upstream gradient. */
  private static Tensor doubledMean(Tensor x) {
    PointwiseProgram together =
        new PointwiseProgram(
            1,
            1,
            List.of(
                new Instruction(PointwiseOp.ADD, 0, 0, 0, 0),
                new Instruction(PointwiseOp.ADD, 1, 1, 0, 0)),
            List.of(2, 3));
    return Fused.reduced(
        "doubled",
        TWICE,
        (_, upstream) -> new Fused.Program(together, new float[] {upstream}),
        ReduceOp.MEAN,
        x);
  }
}
