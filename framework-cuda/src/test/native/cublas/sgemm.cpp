// Single-precision matrix products: Sgemm, SgemmStridedBatched, SgemmBatched.
#include "cublas/gemm.h"

using namespace blas;

CUBLAS_API int cublasSgemm_v2(void* handle, int transa, int transb, int m, int n, int k, const float* alpha,
                              const float* a, int lda, const float* b, int ldb, const float* beta, float* c,
                              int ldc) {
  return run("cublasSgemm_v2", handle, [&](lib::Call& call, Handle& h) {
    Product p = singlePrecision(call, h, transa, transb, m, n, k, lda, ldb, ldc);
    enqueueStrided(call, h, "cublas_sgemm", p, alpha, a, 0, b, 0, beta, c, 0, 1);
  });
}

CUBLAS_API int cublasSgemmStridedBatched(void* handle, int transa, int transb, int m, int n, int k,
                                         const float* alpha, const float* a, int lda, long long strideA,
                                         const float* b, int ldb, long long strideB, const float* beta, float* c,
                                         int ldc, long long strideC, int batchCount) {
  return run("cublasSgemmStridedBatched", handle, [&](lib::Call& call, Handle& h) {
    Product p = singlePrecision(call, h, transa, transb, m, n, k, lda, ldb, ldc);
    enqueueStrided(call, h, "cublas_sgemm_strided_batched", p, alpha, a, strideA, b, strideB, beta, c, strideC,
                   batchCount);
  });
}

CUBLAS_API int cublasSgemmBatched(void* handle, int transa, int transb, int m, int n, int k, const float* alpha,
                                  const float* const* a, int lda, const float* const* b, int ldb, const float* beta,
                                  float* const* c, int ldc, int batchCount) {
  return run("cublasSgemmBatched", handle, [&](lib::Call& call, Handle& h) {
    Product p = singlePrecision(call, h, transa, transb, m, n, k, lda, ldb, ldc);
    enqueueBatched(call, h, "cublas_sgemm_batched", p, alpha, reinterpret_cast<const void* const*>(a),
                   reinterpret_cast<const void* const*>(b), beta, reinterpret_cast<void* const*>(c), batchCount);
  });
}
