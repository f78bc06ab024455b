package io.cortado.tck.reference;

import io.cortado.Shape;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The operations on elements of {@link ReferenceBackend}. */
abstract class ReferenceElementOps extends ReferenceMemoryOps {

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    of(y).set(ReferenceUnary.forward(op, doubles(x, n)));
  }

  @Override
  public void unaryBackward(
      UnaryOp op,
      long n,
      @Nullable Buffer x,
      @Nullable Buffer y,
      Buffer dy,
      float beta,
      Buffer dx) {
    double[] dyValues = doubles(dy, n);
    double[] xValues = x == null ? dyValues : doubles(x, n);
    double[] yValues = y == null ? dyValues : doubles(y, n);
    of(dx).set(ReferenceUnary.backward(op, xValues, yValues, dyValues), beta);
  }

  @Override
  public void binary(BinarySpec s, Buffer a, Buffer b, float beta, Buffer out) {
    of(out)
        .set(ReferenceShapes.binary(s, doubles(a, s.a().size()), doubles(b, s.b().size())), beta);
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    double[] scaled = doubles(x, n);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= alpha;
    }
    of(y).set(scaled, beta);
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec s, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    double[][] y = run(s, parameters, inputs);
    for (int i = 0; i < y.length; i++) {
      of(outputs[i]).set(y[i]);
    }
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec s,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    double[][] all = run(s, parameters, inputs);
    of(y).set(ReferenceShapes.reduce(new ReduceSpec(op, s.output(), Shape.scalar()), all[0]), 0);
    for (int i = 1; i < all.length; i++) {
      of(outputs[i - 1]).set(all[i]);
    }
  }

  private static double[][] run(PointwiseSpec s, float[] parameters, Buffer[] inputs) {
    double[][] x = new double[inputs.length][];
    for (int i = 0; i < x.length; i++) {
      x[i] = doubles(inputs[i], s.inputs().get(i).size());
    }
    return Arrays.stream(ReferencePointwise.run(s, parameters, x))
        .map(output -> Arrays.stream(output).mapToDouble(b -> b.value()).toArray())
        .toArray(double[][]::new);
  }

  // ---------------------------------------------------------------- copies

  @Override
  public void permute(PermuteSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.permute(s, doubles(x, s.in().size())), beta);
  }

  @Override
  public void copyBlock(CopySpec s, Buffer src, float beta, Buffer dst) {
    double[] all = doubles(dst, dst.length());
    ReferenceShapes.copyBlock(s, doubles(src, src.length()), beta, all);
    of(dst).set(all);
  }

  @Override
  public void stridedCopy(StridedSpec s, Buffer src, float beta, Buffer dst) {
    double[] to = doubles(dst, dst.length());
    ReferenceShapes.stridedCopy(s, doubles(src, src.length()), beta, to);
    of(dst).set(to);
  }

  @Override
  public void triangle(TriangleSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.triangle(s, doubles(x, s.size())), beta);
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceShapes.reduce(s, doubles(x, s.in().size())), beta);
  }

  @Override
  public void argMax(AxisSpec s, Buffer x, Buffer y) {
    int[] indices = ReferenceShapes.argMax(s, doubles(x, s.size()));
    of(y).set(0, indices, 0, indices.length);
  }

  // ---------------------------------------------------------------- order

  @Override
  public void sort(SortSpec s, Buffer x, Buffer values, Buffer indices) {
    double[] in = doubles(x, s.axis().size());
    int[] places = ReferenceOrder.sort(s, in);
    of(values).set(ReferenceOrder.sorted(s, in, places));
    of(indices).set(0, places, 0, places.length);
  }

  @Override
  public void scan(ScanSpec s, Buffer x, float beta, Buffer y) {
    of(y).set(ReferenceOrder.scan(s, doubles(x, s.axis().size())), beta);
  }

  // ---------------------------------------------------------------- places

  @Override
  public boolean refusesIndices() {
    return true;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    int[] words = of(found).ints(4);
    int[] outside =
        IntStream.of(of(indices).ints(count)).filter(i -> i < 0 || i >= extent).toArray();
    if (words[0] == 0 && outside.length > 0) {
      upload(new int[] {1, operation, outside[0], extent}, 0, found, 0, 4);
    }
  }

  @Override
  public void gather(IndexSpec s, Buffer indices, Buffer x, float beta, Buffer y) {
    int[] places = of(indices).ints(s.indices());
    of(y).set(ReferenceIndexing.gather(s, places, doubles(x, s.size())), beta);
  }

  @Override
  public void scatterAdd(IndexSpec s, Buffer indices, Buffer src, float beta, Buffer y) {
    int[] places = of(indices).ints(s.indices());
    of(y).set(ReferenceIndexing.scatterAdd(s, places, doubles(src, s.picked())), beta);
  }
}
