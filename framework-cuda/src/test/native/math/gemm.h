// C = alpha op(A) op(B) + beta C in single precision, column-major, for the emulated libraries.
#pragma once

#include <cstdint>

namespace math {

// Whether beta is 0 decides: C is then overwritten without being read. A and B are not read where alpha is 0.
// With tf32, both inputs are rounded to TF32 before they are multiplied.
void gemm(bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
          int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc, bool tf32 = false);

// The same for row-major matrices.
inline void gemmRows(bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, float alpha,
                     const float* a, int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc,
                     bool tf32 = false) {
  gemm(transposeB, transposeA, n, m, k, alpha, b, ldb, a, lda, beta, c, ldc, tf32);
}

}  // namespace math
