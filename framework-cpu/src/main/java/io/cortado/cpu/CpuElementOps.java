package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.offset;

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
import io.cortado.cpu.kernels.Copies;
import io.cortado.cpu.kernels.Elementwise;
import io.cortado.cpu.kernels.Indexing;
import io.cortado.cpu.kernels.Ordering;
import io.cortado.cpu.kernels.Pointwise;
import io.cortado.cpu.kernels.Reduce;
import io.cortado.cpu.kernels.StridedCopies;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** The operations on elements of {@link CpuBackend}: unpacks buffers for the kernels. */
abstract class CpuElementOps extends CpuMemoryOps {

  final Elementwise elementwise;
  final Pointwise pointwise;
  private final Copies copies;
  private final StridedCopies strided;
  private final Reduce reduce;
  private final Ordering ordering;
  private final Indexing indexing;

  CpuElementOps(Simd simd, Workers workers) {
    VectorOps ops = simd.ops();
    elementwise = new Elementwise(ops, workers);
    pointwise = new Pointwise(simd.pointwise(), ops, workers);
    copies = new Copies(ops, workers);
    strided = new StridedCopies(ops, workers);
    reduce = new Reduce(ops, workers);
    ordering = new Ordering(workers);
    indexing = new Indexing(ops, workers);
  }

  // ---------------------------------------------------------------- elementwise

  @Override
  public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
    elementwise.unary(op, (int) n, floats(x), offset(x), floats(y), offset(y));
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
    // The loops read x and y only where the operation needs them: dy stands in for what is missing.
    Buffer in = x == null ? dy : x;
    Buffer out = y == null ? dy : y;
    elementwise.unaryBackward(
        op,
        (int) n,
        floats(in),
        offset(in),
        floats(out),
        offset(out),
        floats(dy),
        offset(dy),
        beta,
        floats(dx),
        offset(dx));
  }

  @Override
  public void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out) {
    elementwise.binary(
        spec, floats(a), offset(a), floats(b), offset(b), beta, floats(out), offset(out));
  }

  @Override
  public void axpby(long n, float alpha, Buffer x, float beta, Buffer y) {
    elementwise.axpby((int) n, alpha, floats(x), offset(x), beta, floats(y), offset(y));
  }

  // ---------------------------------------------------------------- pointwise programs

  @Override
  public void pointwise(PointwiseSpec spec, float[] parameters, Buffer[] inputs, Buffer[] outputs) {
    pointwise.run(
        spec, parameters, arrays(inputs), offsets(inputs), arrays(outputs), offsets(outputs));
  }

  @Override
  public void pointwiseReduce(
      PointwiseSpec spec,
      ReduceOp op,
      float[] parameters,
      Buffer[] inputs,
      Buffer y,
      Buffer[] outputs) {
    Buffer[] all = new Buffer[1 + outputs.length];
    all[0] = y;
    System.arraycopy(outputs, 0, all, 1, outputs.length);
    pointwise.reduce(
        spec, op, parameters, arrays(inputs), offsets(inputs), arrays(all), offsets(all));
  }

  private static float[][] arrays(Buffer[] buffers) {
    float[][] arrays = new float[buffers.length][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = floats(buffers[i]);
    }
    return arrays;
  }

  private static int[] offsets(Buffer[] buffers) {
    int[] offsets = new int[buffers.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset(buffers[i]);
    }
    return offsets;
  }

  // ---------------------------------------------------------------- copies

  @Override
  public void permute(PermuteSpec spec, Buffer x, float beta, Buffer y) {
    copies.permute(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst) {
    copies.copyBlock(spec, floats(src), offset(src), beta, floats(dst), offset(dst));
  }

  @Override
  public void stridedCopy(StridedSpec spec, Buffer src, float beta, Buffer dst) {
    strided.copy(spec, floats(src), offset(src), beta, floats(dst), offset(dst));
  }

  @Override
  public void triangle(TriangleSpec spec, Buffer x, float beta, Buffer y) {
    strided.triangle(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  // ---------------------------------------------------------------- reductions

  @Override
  public void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y) {
    reduce.reduce(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void argMax(AxisSpec spec, Buffer x, Buffer y) {
    reduce.argMax(spec, floats(x), offset(x), ints(y), offset(y));
  }

  // ---------------------------------------------------------------- order

  @Override
  public void sort(SortSpec spec, Buffer x, Buffer values, Buffer indices) {
    ordering.sort(
        spec, floats(x), offset(x), floats(values), offset(values), ints(indices), offset(indices));
  }

  @Override
  public void scan(ScanSpec spec, Buffer x, float beta, Buffer y) {
    ordering.scan(spec, floats(x), offset(x), beta, floats(y), offset(y));
  }

  // ---------------------------------------------------------------- places

  @Override
  public boolean refusesIndices() {
    return true;
  }

  @Override
  public void findOutside(int operation, int extent, long count, Buffer indices, Buffer found) {
    Indexing.findOutside(
        operation, extent, count, ints(indices), offset(indices), ints(found), offset(found));
  }

  @Override
  public void gather(IndexSpec spec, Buffer indices, Buffer x, float beta, Buffer y) {
    indexing.gather(
        spec, ints(indices), offset(indices), floats(x), offset(x), beta, floats(y), offset(y));
  }

  @Override
  public void scatterAdd(IndexSpec spec, Buffer indices, Buffer src, float beta, Buffer y) {
    indexing.scatterAdd(
        spec, ints(indices), offset(indices), floats(src), offset(src), beta, floats(y), offset(y));
  }
}
