package io.cortado.benchmarks.openblas;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import io.cortado.benchmarks.sides.GemmShape;
import io.cortado.benchmarks.sides.Product;
import org.bytedeco.javacpp.FloatPointer;

/** A product by {@code cblas_sgemm} on memory outside of the heap, so that nothing is copied. */
final class OpenBlasProduct implements Product {

  private final GemmShape shape;
  private final FloatPointer left;
  private final FloatPointer right;
  private final FloatPointer result;

  OpenBlasProduct(GemmShape shape, float[] a, float[] b) {
    this.shape = shape;
    left = new FloatPointer(a);
    right = new FloatPointer(b);
    result = new FloatPointer((long) shape.m() * shape.n());
  }

  @Override
  public void multiply() {
    cblas_sgemm(
        CblasRowMajor,
        shape.transA() ? CblasTrans : CblasNoTrans,
        shape.transB() ? CblasTrans : CblasNoTrans,
        shape.m(),
        shape.n(),
        shape.k(),
        1,
        left,
        shape.transA() ? shape.m() : shape.k(),
        right,
        shape.transB() ? shape.k() : shape.n(),
        0,
        result,
        shape.n());
  }

  @Override
  public float[] result() {
    float[] values = new float[shape.m() * shape.n()];
    result.get(values);
    return values;
  }

  @Override
  public void close() {
    left.close();
    right.close();
    result.close();
  }
}
