package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Autograd;
import io.cortado.autograd.CustomFunction;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.Einsum;
import io.cortado.autograd.Extremes;
import io.cortado.autograd.Indexing;
import io.cortado.autograd.Layouts;
import io.cortado.autograd.MatMul;
import io.cortado.autograd.Ordering;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Reductions;
import io.cortado.autograd.SequenceLosses;
import io.cortado.autograd.Shaping;
import io.cortado.autograd.Statistics;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.tck.AutogradCases.Function;
import io.cortado.tck.AutogradCases.Range;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cases of reductions, of indexing and of what changes shapes. */
final class OperationCases {

  private final AutogradCases cases;

  private OperationCases(AutogradCases cases) {
    this.cases = cases;
  }

  static void addTo(AutogradCases cases) {
    OperationCases c = new OperationCases(cases);
    c.methodsOfReductions();
    c.methodsOfPlaces();
    c.methodsOfShapes();
    c.reductions();
    c.indexing();
    c.layouts();
    c.products();
    c.custom();
  }

  private void add(String method, Function f, Shape... shapes) {
    cases.add(method, "", Range.SIGNED, f, shapes);
  }

  private void positive(String method, String details, Function f, Shape... shapes) {
    cases.add(method, details + " ", Range.POSITIVE, f, shapes);
  }

  private static Shape s(int... dims) {
    return Shape.of(dims);
  }

  private static int[] axes(int... axes) {
    return axes;
  }

  private static Tensor indices(Tensor[] in, int[] values, int... dims) {
    return in[0].device().tensor(values, dims);
  }

  /** Behind a log-softmax, as the gradient of it is defined. */
  private void sequences() {
    int[] labels = {2, 1, 1, 1};
    Function ctc =
        in ->
            SequenceLosses.ctc(
                in[0].logSoftmax(2),
                indices(in, labels, 2, 2),
                indices(in, new int[] {4, 3}, 2),
                indices(in, new int[] {1, 2}, 2),
                0,
                false);
    add("SequenceLosses.ctc", ctc, s(4, 2, 3));
  }

  private void methodsOfReductions() {
    String t = "TensorOperations.";
    Shape x = s(2, 3, 4);
    add(t + "sum", in -> in[0].sum(axes(0, 2), false), x);
    add(t + "mean", in -> in[0].mean(axes(-1, 0), true), x);
    add(t + "max", in -> in[0].max(), x);
    add(t + "min", in -> in[0].min(), x);
    add(t + "max", in -> in[0].max(1, true).values(), x);
    add(t + "min", in -> in[0].min(2, false).values(), x);
    add(t + "amax", in -> in[0].amax(axes(0, 2), false), x);
    add(t + "amin", in -> in[0].amin(axes(1), true), x);
    positive(t + "prod", "", in -> in[0].prod(), s(2, 3));
    positive(t + "prod", "", in -> in[0].prod(1, false), x);
    add(t + "var", in -> in[0].var(), x);
    add(t + "var", in -> in[0].var(axes(0, 1), 0, false), x);
    add(t + "std", in -> in[0].std(), x);
    add(t + "std", in -> in[0].std(axes(0, 2), 0, true), x);
    add(t + "norm", in -> in[0].norm(), x);
    positive(t + "norm", "", in -> in[0].norm(3, axes(1), false), x);
    add(t + "logsumexp", in -> in[0].logsumexp(axes(2), false), x);
    add(t + "cumsum", in -> in[0].cumsum(1), x);
  }

  private void methodsOfPlaces() {
    String t = "TensorOperations.";
    int[] i = {2, 0, 2, 2};
    add(t + "gather", in -> in[0].gather(1, indices(in, i, 2, 2)), s(2, 3));
    add(t + "scatterAdd", in -> in[0].scatterAdd(1, indices(in, i, 2, 2), in[1]), s(2, 3), s(2, 2));
    add(t + "indexSelect", in -> in[0].indexSelect(0, indices(in, i, 4)), s(3, 2));
    add(t + "takeAlongDim", in -> in[0].takeAlongDim(indices(in, i, 2, 2), 1), s(1, 3));
    add(t + "sort", in -> in[0].sort(1, true).values(), s(3, 5));
    add(t + "topk", in -> in[0].topk(2, 0, false).values(), s(5, 3));
  }

  private void methodsOfShapes() {
    String t = "TensorOperations.";
    Shape x = s(2, 3, 4);
    add(t + "expand", in -> in[0].expand(3, 2, -1), s(2, 1));
    add(t + "broadcastTo", in -> in[0].broadcastTo(2, 3), s(3));
    add(t + "repeat", in -> in[0].repeat(2, 3), s(2, 2));
    add(t + "flip", in -> in[0].flip(0, -1), x);
    add(t + "roll", in -> in[0].roll(1, 2), x);
    add(t + "diagonal", in -> in[0].diagonal(1, 1, 2), x);
    add(t + "unfold", in -> in[0].unfold(2, 3, 1), x);
    add(t + "tril", in -> in[0].tril(-1), x);
    add(t + "triu", in -> in[0].triu(1), x);
    add(t + "pad", in -> in[0].pad(1, 0, 2, 1), x);
    add(t + "pad", in -> in[0].pad(Padding.Mode.REFLECT, 0, 1, 2), x);
    add(t + "unsqueeze", in -> in[0].unsqueeze(-2), x);
    add(t + "squeeze", in -> in[0].squeeze(0), s(1, 3, 1));
    add(t + "stack", in -> Tensor.stack(1, in[0], in[1]), s(2, 3), s(2, 3));
    add(t + "split", in -> in[0].split(2, 1).getLast().mul(in[0].split(axes(1, 2), 1).get(0)), x);
    add(t + "chunk", in -> in[0].chunk(2, 2).get(1), x);
  }

  private void reductions() {
    Shape x = s(2, 3, 2, 2);
    int[][] several = {{}, {0}, {1, 2}, {0, 3}, {3, 1}};
    for (int[] a : several) {
      boolean keep = a.length == 1;
      String name = a.length + " axes";
      add("Reductions.axes", in -> Reductions.axes(ReduceOp.MEAN, in[0], keep, a), x);
      add("Extremes.amax", in -> Extremes.amax(in[0], keep, a), x);
      add("Extremes.amin", in -> Extremes.amin(in[0], keep, a), x);
      positive("Statistics.prod", name, in -> Statistics.prod(in[0].mul(0.5f), keep, a), x);
      add("Statistics.var", in -> Statistics.var(in[0], 1, keep, a), x);
      add("Statistics.logsumexp", in -> Statistics.logsumexp(in[0].mul(3), keep, a), x);
      for (float p : new float[] {1, 2, 3, 1.5f, 0.5f, Float.POSITIVE_INFINITY}) {
        positive("Statistics.norm", name + " p " + p, in -> Statistics.norm(in[0], p, keep, a), x);
      }
      Function smallest = in -> Statistics.norm(in[0].neg(), Float.NEGATIVE_INFINITY, keep, a);
      positive("Statistics.norm", name + " smallest", smallest, x);
    }
    add("Statistics.norm", in -> Statistics.norm(in[0], 3, false, 0), s(12, 2));
    add("Statistics.std", in -> Statistics.std(in[0], 1, false, 0), s(12, 2));
    add("Statistics.std", in -> Statistics.std(in[0], 0, true), x);
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      add("Ordering.cumsum", in -> Ordering.cumsum(in[0], a), s(2, 3, 4));
    }
  }

  private void indexing() {
    int[] i = {1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1};
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      Shape x = s(2, 3, 2).with(a, 2);
      Shape of = s(2, 3, 2);
      Function gather = in -> Indexing.gather(in[0], a, indices(in, i, of.toArray()));
      add("Indexing.gather", gather, x);
      Function scatter = in -> Indexing.scatterAdd(in[0], a, indices(in, i, of.toArray()), in[1]);
      add("Indexing.scatterAdd", scatter, x, of);
      Function select = in -> Indexing.indexSelect(in[0], a, indices(in, new int[] {1, 1, 0}, 3));
      add("Indexing.indexSelect", select, s(2, 2, 2));
      for (boolean descending : new boolean[] {true, false}) {
        add("Ordering.sort", in -> Ordering.sort(in[0], a, descending).values(), s(2, 3, 4));
        add("Ordering.topk", in -> Ordering.topk(in[0], 2, a, descending).values(), s(2, 3, 4));
      }
    }
    sequences();
    // Indices that reach a part alone, and a source that is larger than they are.
    int[] few = {1, 0, 2, 2};
    add("Indexing.gather", in -> Indexing.gather(in[0], 1, indices(in, few, 2, 2)), s(3, 4));
    Function corner = in -> Indexing.scatterAdd(in[0], 1, indices(in, few, 2, 2), in[1]);
    add("Indexing.scatterAdd", corner, s(3, 4), s(4, 3));
    add(
        "Indexing.takeAlongDim",
        in -> Indexing.takeAlongDim(in[0], indices(in, few, 2, 2), 0),
        s(3, 2));
  }

  private void layouts() {
    Shape x = s(2, 3, 4);
    add("Layouts.expand", in -> Layouts.expand(in[0], 2, 3, 4), s(3, 1));
    add("Layouts.expand", in -> Layouts.expand(in[0], 3), s());
    add("Layouts.repeat", in -> Layouts.repeat(in[0], 2, 1, 3), s(2, 2));
    add("Layouts.flip", in -> Layouts.flip(in[0], 1), x);
    add("Layouts.roll", in -> Layouts.roll(in[0], -7, 1), x);
    for (int offset : new int[] {-2, 0, 1, 5}) {
      add("Layouts.diagonal", in -> Layouts.diagonal(in[0], offset, 2, 0), x);
      add("Layouts.triangle", in -> Layouts.triangle(in[0], offset, offset > 0), x);
    }
    add("Layouts.unfold", in -> Layouts.unfold(in[0], 1, 2, 1), x);
    add("Layouts.unfold", in -> Layouts.unfold(in[0], 2, 1, 2), x);
    for (Padding.Mode mode : Padding.Mode.values()) {
      String name = mode + " ";
      Function pad = in -> Padding.pad(in[0], mode, 2, 3, 1, 0, 2, 1, 1);
      cases.add("Padding.pad", name, Range.SIGNED, pad, x);
    }
    add("Padding.pad", in -> Padding.pad(in[0], Padding.Mode.CONSTANT, 1, -1, 2, 1, -1), x);
    for (int axis : new int[] {0, 1, -1}) {
      add("Shaping.stack", in -> Shaping.stack(axis, in[0], in[1], in[0]), s(2, 3), s(2, 3));
      add("Shaping.unsqueeze", in -> Shaping.unsqueeze(in[0], axis), x);
    }
    add("Shaping.squeeze", in -> Shaping.squeeze(in[0]), s(1, 3, 1));
    add("Shaping.squeeze", in -> Shaping.squeeze(in[0], 1, 2), s(1, 3, 1));
  }

  private void products() {
    Function matmul = in -> MatMul.matmul(in[0], in[1]);
    Shape[][] operands = {
      {s(4), s(4)},
      {s(4), s(4, 3)},
      {s(2, 4), s(4)},
      {s(3, 2, 4), s(4)},
      {s(4), s(3, 4, 2)},
      {s(2, 3), s(4, 3, 2)},
      {s(2, 1, 2, 3), s(3, 3, 2)},
      {s(1, 2, 3), s(3, 3, 2)},
      {s(3, 2, 4), s(1, 4, 2)}
    };
    for (Shape[] o : operands) {
      add("MatMul.matmul", matmul, o);
    }
    add("MatMul.bmm", in -> MatMul.bmm(in[0], in[1]), s(3, 2, 4), s(3, 4, 2));
    add("MatMul.outer", in -> MatMul.outer(in[0], in[1]), s(3), s(4));
    add("MatMul.dot", in -> MatMul.dot(in[0], in[1]), s(5), s(5));
    String t = "TensorOperations.";
    add(t + "bmm", in -> in[0].bmm(in[1]), s(3, 2, 4), s(3, 4, 2));
    add(t + "outer", in -> in[0].outer(in[1]), s(3), s(4));
    add(t + "dot", in -> in[0].dot(in[1]), s(5), s(5));
    add(t + "einsum", in -> Tensor.einsum("ij,kj->ik", in), s(2, 3), s(4, 3));
    einsum("ij->ji", s(2, 3));
    einsum("ij->", s(2, 3));
    einsum("ii->i", s(3, 3));
    einsum("ii", s(3, 3));
    einsum("bij,bjk->bik", s(2, 3, 2), s(2, 2, 4));
    einsum("bij,bkj->kbi", s(2, 3, 2), s(2, 4, 2));
    einsum("i,j->ij", s(3), s(4));
    einsum("i,i", s(5), s(5));
    einsum("ijk,k", s(2, 3, 4), s(4));
    einsum("ij,ij->i", s(2, 3), s(2, 3));
    einsum("ijl,kl->ik", s(2, 3, 4), s(5, 4));
    einsum("bhqd, bhkd -> bhqk", s(2, 2, 3, 2), s(2, 2, 4, 2));
    einsum("ij,jk,kl->il", s(2, 3), s(3, 4), s(4, 2));
    einsum("iij,j->i", s(2, 2, 3), s(3));
  }

  private void einsum(String equation, Shape... shapes) {
    String name = "\"" + equation + "\" ";
    cases.add("Einsum.einsum", name, Range.SIGNED, in -> Einsum.einsum(equation, in), shapes);
  }

  private void custom() {
    CustomFunction product =
        new CustomFunction() {
          @Override
          public Tensor forward(Context context, Tensor... in) {
            context.save(in);
            return in[0].mul(in[1]);
          }

          @Override
          public List<@Nullable Tensor> backward(Context context, Tensor upstream) {
            return Arrays.asList(
                context.needs(0) ? upstream.mul(context.saved(1)) : null,
                context.needs(1) ? upstream.mul(context.saved(0)) : null);
          }
        };
    add("Autograd.apply", in -> Autograd.apply(product, in), s(2, 3), s(2, 3));
    Function inner =
        in ->
            Autograd.checkpoint(
                x -> Dropout.dropout(x[0].matmul(x[1]).tanh(), 0.3f).matmul(x[1]), in);
    add("Autograd.checkpoint", inner, s(4, 3), s(3, 3));
  }
}
