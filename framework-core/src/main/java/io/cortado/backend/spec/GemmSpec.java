package io.cortado.backend.spec;

/**
 * A batch of matrix products {@code C = alpha op(A) op(B) + beta C}, row-major.
 *
 * <p>{@code op(A)} is m x k and {@code op(B)} is k x n. Without {@code transA}, A is stored as m
 * rows of k at distance {@code lda}; with it, as k rows of m. Likewise B: k rows of n, or n rows of
 * k.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k the extent summed over
 * @param transA whether A is stored transposed
 * @param transB whether B is stored transposed
 * @param lda distance between rows of A as stored, in elements
 * @param ldb distance between rows of B as stored
 * @param ldc distance between rows of C
 * @param batch how many products
 * @param strideA distance between the matrices A of a batch; 0 uses one for all
 * @param strideB the same for B
 * @param strideC the same for C; never 0 where {@code batch > 1}
 */
public record GemmSpec(
    int m,
    int n,
    int k,
    boolean transA,
    boolean transB,
    int lda,
    int ldb,
    int ldc,
    int batch,
    long strideA,
    long strideB,
    long strideC) {

  /** Makes a single product of matrices without gaps between their rows. */
  public static GemmSpec of(int m, int n, int k, boolean transA, boolean transB) {
    return new GemmSpec(m, n, k, transA, transB, transA ? m : k, transB ? k : n, n, 1, 0, 0, 0);
  }

  /** Makes a batch of products of matrices without gaps. */
  public static GemmSpec batched(int batch, int m, int n, int k, boolean transA, boolean transB) {
    return new GemmSpec(
        m,
        n,
        k,
        transA,
        transB,
        transA ? m : k,
        transB ? k : n,
        n,
        batch,
        (long) m * k,
        (long) k * n,
        (long) m * n);
  }

  /** Returns the multiply-adds of the whole batch. */
  public long multiplyAdds() {
    return (long) m * n * k * batch;
  }
}
