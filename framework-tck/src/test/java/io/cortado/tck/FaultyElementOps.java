package io.cortado.tck;

import io.cortado.backend.Backend;
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
import org.jspecify.annotations.Nullable;

/** The operations on elements of {@link FaultyBackend}. */
abstract class FaultyElementOps extends FaultyMemoryOps {

  FaultyElementOps(Backend delegate, Fault fault) {
    super(delegate, fault);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    spoil("unary", 0, y, n, NO_BETA, () -> super.unary(op, n, x, y));
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
    float b = beta("unaryBackward", 0, beta);
    spoil("unaryBackward", 0, dx, n, beta, () -> super.unaryBackward(op, n, x, y, dy, b, dx));
  }

  @Override
  public void binary(BinarySpec s, Buffer x, Buffer y, float beta, Buffer out) {
    float b = beta("binary", 0, beta);
    spoil("binary", 0, out, s.out().size(), beta, () -> super.binary(s, x, y, b, out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    float b = beta("axpby", 0, beta);
    spoil("axpby", 0, y, n, beta, () -> super.axpby(n, alpha, x, b, y));
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec s, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    long n = s.output().size();
    Buffer second = outputs.length > 1 ? outputs[1] : null;
    Runnable call = () -> super.pointwise(s, parameters, inputs, outputs);
    Runnable spoiltSecond = () -> spoil("pointwise", 1, second, n, NO_BETA, call);
    spoil("pointwise", 0, outputs[0], n, NO_BETA, spoiltSecond);
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec s,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    long n = s.output().size();
    Buffer second = outputs.length > 0 ? outputs[0] : null;
    Runnable call = () -> super.pointwiseReduce(s, op, parameters, inputs, y, outputs);
    Runnable spoiltSecond = () -> spoil("pointwiseReduce", 1, second, n, NO_BETA, call);
    spoil("pointwiseReduce", 0, y, 1, NO_BETA, spoiltSecond);
  }

  // ---------------------------------------------------------------- copies

  @Override
  public void permute(PermuteSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("permute", 0, beta);
    spoil("permute", 0, y, s.in().size(), beta, () -> super.permute(s, x, b, y));
  }

  @Override
  public void copyBlock(CopySpec s, Buffer src, float beta, Buffer dst) {
    float b = beta("copyBlock", 0, beta);
    long n = s.dstOffset() + (s.rows() - 1) * s.dstStride() + s.width();
    spoil("copyBlock", 0, dst, n, beta, () -> super.copyBlock(s, src, b, dst));
  }

  @Override
  public void stridedCopy(StridedSpec s, Buffer src, float beta, Buffer dst) {
    float b = beta("stridedCopy", 0, beta);
    long last = s.dstOffset();
    for (int axis = 0; axis < s.extents().rank(); axis++) {
      last += Math.max(0, s.dstSteps().get(axis)) * (s.extents().dim(axis) - 1);
    }
    spoil("stridedCopy", 0, dst, last + 1, beta, () -> super.stridedCopy(s, src, b, dst));
  }

  @Override
  public void triangle(TriangleSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("triangle", 0, beta);
    spoil("triangle", 0, y, s.size(), beta, () -> super.triangle(s, x, b, y));
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("reduce", 0, beta);
    spoil("reduce", 0, y, s.out().size(), beta, () -> super.reduce(s, x, b, y));
  }

  @Override
  public void argMax(AxisSpec s, Buffer x, Buffer y) {
    super.argMax(s, x, y);
    if (fault.operation().equals("argMax")) {
      int n = (int) (s.outer() * s.inner());
      Slice slice = slices.get(y);
      switch (fault.kind()) {
        case ONE_TOO_MANY_WRITTEN -> {
          if (slice != null) {
            upload(new int[1], 0, slice.whole(), slice.offset() + n, 1);
          }
        }
        default -> upload(new int[] {-1}, 0, y, n - 1, 1);
      }
    }
  }

  // ---------------------------------------------------------------- order

  @Override
  public void sort(SortSpec s, Buffer x, Buffer values, Buffer indices) {
    spoil("sort", 0, values, s.outputSize(), NO_BETA, () -> super.sort(s, x, values, indices));
  }

  @Override
  public void scan(ScanSpec s, Buffer x, float beta, Buffer y) {
    float b = beta("scan", 0, beta);
    spoil("scan", 0, y, s.axis().size(), beta, () -> super.scan(s, x, b, y));
  }

  // ---------------------------------------------------------------- places

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    long looked = fault.operation().equals("findOutside") ? count - 1 : count;
    super.findOutside(operation, extent, looked, indices, found);
  }

  @Override
  public void gather(IndexSpec s, Buffer indices, Buffer x, float beta, Buffer y) {
    float b = beta("gather", 0, beta);
    spoil("gather", 0, y, s.picked(), beta, () -> super.gather(s, indices, x, b, y));
  }

  @Override
  public void scatterAdd(IndexSpec s, Buffer indices, Buffer src, float beta, Buffer y) {
    float b = beta("scatterAdd", 0, beta);
    spoil("scatterAdd", 0, y, s.size(), beta, () -> super.scatterAdd(s, indices, src, b, y));
  }
}
