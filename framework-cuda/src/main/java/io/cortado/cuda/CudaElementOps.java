package io.cortado.cuda;

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
import io.cortado.cuda.kernels.ElementwiseKernels;
import io.cortado.cuda.kernels.IndexKernels;
import io.cortado.cuda.kernels.Kernels;
import io.cortado.cuda.kernels.OrderKernels;
import io.cortado.cuda.kernels.PointwiseKernels;
import io.cortado.cuda.kernels.ReduceKernels;
import org.jspecify.annotations.Nullable;

/** The operations on elements of {@link CudaBackend}. */
abstract class CudaElementOps extends CudaMemoryOps {

  final Kernels kernels;
  final ElementwiseKernels elementwise;
  final IndexKernels indexing;
  private final PointwiseKernels programs;
  private final ReduceKernels reductions;
  private final OrderKernels ordering;

  CudaElementOps(CudaContext context) {
    super(context);
    kernels = new Kernels(context);
    elementwise = new ElementwiseKernels(kernels);
    indexing = new IndexKernels(kernels);
    programs = new PointwiseKernels(kernels);
    reductions = new ReduceKernels(kernels);
    ordering = new OrderKernels(kernels);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    context.enter();
    elementwise.unary(op, n, x, y);
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
    context.enter();
    elementwise.unaryBackward(op, n, x, y, dy, beta, dx);
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    context.enter();
    elementwise.binary(spec, a, b, beta, out);
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.axpby(n, alpha, x, beta, y);
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    context.enter();
    programs.pointwise(spec, parameters, inputs, outputs);
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    context.enter();
    programs.pointwiseReduce(spec, op, parameters, inputs, y, outputs);
  }

  // ---------------------------------------------------------------- copies

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.permute(spec, x, beta, y);
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    context.enter();
    elementwise.copyBlock(spec, src, beta, dst);
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    context.enter();
    elementwise.stridedCopy(spec, src, beta, dst);
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    elementwise.triangle(spec, x, beta, y);
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    reductions.reduce(spec, x, beta, y);
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    context.enter();
    reductions.argMax(spec, x, y);
  }

  // ---------------------------------------------------------------- order

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    context.enter();
    ordering.sort(spec, x, values, indices);
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    context.enter();
    ordering.scan(spec, x, beta, y);
  }

  // ---------------------------------------------------------------- places

  @Override
  public boolean refusesIndices() {
    return false;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    context.enter();
    indexing.findOutside(operation, extent, count, indices, found);
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    context.enter();
    indexing.gather(spec, indices, x, beta, y);
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    context.enter();
    indexing.scatterAdd(spec, indices, src, beta, y);
  }
}
