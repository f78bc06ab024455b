package io.cortado.backend;

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

/** The operations on elements of {@link ForwardingBackend}. */
abstract class ForwardingElementOps extends ForwardingMemoryOps {

  ForwardingElementOps(Backend delegate) {
    super(delegate);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    call("unary", () -> delegate.unary(op, n, x, y));
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
    call("unaryBackward", () -> delegate.unaryBackward(op, n, x, y, dy, beta, dx));
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    call("binary", () -> delegate.binary(spec, a, b, beta, out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    call("axpby", () -> delegate.axpby(n, alpha, x, beta, y));
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    call("pointwise", () -> delegate.pointwise(spec, parameters, inputs, outputs));
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    call(
        "pointwiseReduce",
        () -> delegate.pointwiseReduce(spec, op, parameters, inputs, y, outputs));
  }

  // ---------------------------------------------------------------- copies

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    call("permute", () -> delegate.permute(spec, x, beta, y));
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    call("copyBlock", () -> delegate.copyBlock(spec, src, beta, dst));
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    call("stridedCopy", () -> delegate.stridedCopy(spec, src, beta, dst));
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    call("triangle", () -> delegate.triangle(spec, x, beta, y));
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    call("reduce", () -> delegate.reduce(spec, x, beta, y));
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    call("argMax", () -> delegate.argMax(spec, x, y));
  }

  // ---------------------------------------------------------------- order

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    call("sort", () -> delegate.sort(spec, x, values, indices));
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    call("scan", () -> delegate.scan(spec, x, beta, y));
  }

  // ---------------------------------------------------------------- places

  @Override
  public boolean refusesIndices() {
    return delegate.refusesIndices();
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    call("findOutside", () -> delegate.findOutside(operation, extent, count, indices, found));
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    call("gather", () -> delegate.gather(spec, indices, x, beta, y));
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    call("scatterAdd", () -> delegate.scatterAdd(spec, indices, src, beta, y));
  }
}
