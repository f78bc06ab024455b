// Matrix products of 32-bit, half and bfloat16 inputs with 32-bit accumulation: the GemmEx family.
#include "cublas/gemm.h"

using namespace blas;

namespace {

enum ComputeType { k32F = 68, k32FPedantic = 69, k32FFast16F = 74, k32FFast16Bf = 75, k32FFastTf32 = 77 };

Product product(const lib::Call& call, const Handle& h, int transa, int transb, int m, int n, int k, int typeA,
                int lda, int typeB, int ldb, int typeC, int ldc, int compute, int algo) {
  auto known = [](int type) { return type == kF32 || type == kF16 || type == kBf16; };
  call.require(known(typeA) && typeA == typeB && (typeC == kF32 || typeC == typeA), kNotSupported,
               "unsupported-data-type", "types A %d, B %d, C %d", typeA, typeB, typeC);
  call.require(typeA != kBf16 || emu::setting("compute.major", 9) >= 8, kArchMismatch, "unsupported-data-type",
               "bfloat16 needs compute capability 8");
  call.require(algo == -1 || algo == 99 || (algo >= 0 && algo <= 23) || (algo >= 100 && algo <= 115), kInvalidValue,
               "unknown-enum-value", "%d is no cublasGemmAlgo_t", algo);
  Rounding rounding = Rounding::kNone;
  switch (compute) {
    case k32F:
      rounding = h.allowsTf32() ? Rounding::kTf32 : Rounding::kNone;
      break;
    case k32FPedantic:
      break;
    case k32FFast16F:
      rounding = Rounding::kF16;
      break;
    case k32FFast16Bf:
      rounding = Rounding::kBf16;
      break;
    case k32FFastTf32:
      rounding = Rounding::kTf32;
      break;
    default:
      call.fail(kNotSupported, "unsupported-compute-type", "cublasComputeType_t %d with 32-bit scalars", compute);
  }
  call.require(typeA == kF32 || compute == k32F || compute == k32FPedantic, kNotSupported, "unsupported-compute-type",
               "cublasComputeType_t %d needs 32-bit inputs", compute);
  // Inputs of 16 bits are exact as they are.
  if (typeA != kF32) rounding = Rounding::kNone;
  return {isTransposed(call, transa, "transa"), isTransposed(call, transb, "transb"), m, n, k, lda, ldb, ldc, typeA,
          typeB, typeC, rounding};
}

}  // namespace

CUBLAS_API int cublasGemmEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha,
                            const void* a, int typeA, int lda, const void* b, int typeB, int ldb, const void* beta,
                            void* c, int typeC, int ldc, int compute, int algo) {
  return run("cublasGemmEx", handle, [&](lib::Call& call, Handle& h) {
    Product p = product(call, h, transa, transb, m, n, k, typeA, lda, typeB, ldb, typeC, ldc, compute, algo);
    enqueueStrided(call, h, "cublas_gemm_ex", p, static_cast<const float*>(alpha), a, 0, b, 0,
                   static_cast<const float*>(beta), c, 0, 1);
  });
}

CUBLAS_API int cublasGemmStridedBatchedEx(void* handle, int transa, int transb, int m, int n, int k,
                                          const void* alpha, const void* a, int typeA, int lda, long long strideA,
                                          const void* b, int typeB, int ldb, long long strideB, const void* beta,
                                          void* c, int typeC, int ldc, long long strideC, int batchCount, int compute,
                                          int algo) {
  return run("cublasGemmStridedBatchedEx", handle, [&](lib::Call& call, Handle& h) {
    Product p = product(call, h, transa, transb, m, n, k, typeA, lda, typeB, ldb, typeC, ldc, compute, algo);
    enqueueStrided(call, h, "cublas_gemm_strided_batched_ex", p, static_cast<const float*>(alpha), a, strideA, b,
                   strideB, static_cast<const float*>(beta), c, strideC, batchCount);
  });
}

CUBLAS_API int cublasGemmBatchedEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha,
                                   const void* const* a, int typeA, int lda, const void* const* b, int typeB, int ldb,
                                   const void* beta, void* const* c, int typeC, int ldc, int batchCount, int compute,
                                   int algo) {
  return run("cublasGemmBatchedEx", handle, [&](lib::Call& call, Handle& h) {
    Product p = product(call, h, transa, transb, m, n, k, typeA, lda, typeB, ldb, typeC, ldc, compute, algo);
    enqueueBatched(call, h, "cublas_gemm_batched_ex", p, static_cast<const float*>(alpha), a, b,
                   static_cast<const float*>(beta), c, batchCount);
  });
}
