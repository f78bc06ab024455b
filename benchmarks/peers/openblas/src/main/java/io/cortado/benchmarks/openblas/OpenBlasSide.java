package io.cortado.benchmarks.openblas;

import io.cortado.benchmarks.sides.GemmShape;
import io.cortado.benchmarks.sides.Product;
import io.cortado.benchmarks.sides.Side;
import org.bytedeco.openblas.global.openblas;

/** OpenBLAS by its C interface; the runner sets the threads by {@code OPENBLAS_NUM_THREADS}. */
final class OpenBlasSide implements Side {

  @Override
  public String version() {
    return openblas.OPENBLAS_VERSION.strip();
  }

  @Override
  public Product multiply(GemmShape shape, float[] a, float[] b, int threads) {
    String set = System.getenv("OPENBLAS_NUM_THREADS");
    if (!String.valueOf(threads).equals(set)) {
      throw new IllegalStateException(
          "OPENBLAS_NUM_THREADS is " + set + "; it has to be " + threads + " before the start");
    }
    return new OpenBlasProduct(shape, a, b);
  }
}
