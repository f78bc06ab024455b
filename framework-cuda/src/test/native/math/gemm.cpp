// Blocked single-precision GEMM: both operands are packed into panels, and a register block of two vectors x 6
// is accumulated over the shared dimension. Fast enough for a test suite, and no more than that.
#include "math/gemm.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "math/numbers.h"

namespace math {
namespace {

// As wide as the registers: a wider one would live in memory.
#ifdef __AVX512F__
constexpr int64_t kLanes = 16;
#elif defined(__AVX__)
constexpr int64_t kLanes = 8;
#else
constexpr int64_t kLanes = 4;
#endif
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));
constexpr int64_t kRows = 2 * kLanes, kColumns = 6;      // the register block
constexpr int64_t kBlockM = 192, kBlockN = 768, kBlockK = 256;  // what stays in the caches

// Copies a block of A (rows x depth) into panels of kRows rows, zero padded.
void packA(bool transpose, const float* a, int64_t lda, int64_t rows, int64_t depth, bool tf32Rounding, float* out) {
  for (int64_t i0 = 0; i0 < rows; i0 += kRows) {
    int64_t live = std::min(kRows, rows - i0);
    for (int64_t p = 0; p < depth; p++, out += kRows) {
      const float* from = transpose ? a + i0 * lda + p : a + p * lda + i0;
      int64_t step = transpose ? lda : 1;
      for (int64_t i = 0; i < live; i++) out[i] = from[i * step];
      for (int64_t i = live; i < kRows; i++) out[i] = 0;
      if (tf32Rounding) for (int64_t i = 0; i < live; i++) out[i] = tf32(out[i]);
    }
  }
}

// Copies a block of B (depth x columns) into panels of kColumns columns, zero padded.
void packB(bool transpose, const float* b, int64_t ldb, int64_t depth, int64_t columns, bool tf32Rounding,
           float* out) {
  for (int64_t j0 = 0; j0 < columns; j0 += kColumns) {
    int64_t live = std::min(kColumns, columns - j0);
    for (int64_t p = 0; p < depth; p++, out += kColumns) {
      const float* from = transpose ? b + p * ldb + j0 : b + j0 * ldb + p;
      int64_t step = transpose ? 1 : ldb;
      for (int64_t j = 0; j < live; j++) out[j] = tf32Rounding ? tf32(from[j * step]) : from[j * step];
      for (int64_t j = live; j < kColumns; j++) out[j] = 0;
    }
  }
}

// Adds alpha * (panel of A times panel of B) to the live part of one block of C.
void multiplyPanels(int64_t depth, const float* a, const float* b, float alpha, float* c, int64_t ldc, int64_t rows,
                    int64_t columns) {
  Vector low[kColumns] = {}, high[kColumns] = {};
  for (int64_t p = 0; p < depth; p++, a += kRows, b += kColumns) {
    Vector a0 = *reinterpret_cast<const Vector*>(a), a1 = *reinterpret_cast<const Vector*>(a + kLanes);
#pragma GCC unroll 6
    for (int64_t j = 0; j < kColumns; j++) {
      low[j] += a0 * b[j];
      high[j] += a1 * b[j];
    }
  }
  float block[kColumns][kRows];
  for (int64_t j = 0; j < kColumns; j++) {
    std::memcpy(block[j], &low[j], sizeof(Vector));
    std::memcpy(block[j] + kLanes, &high[j], sizeof(Vector));
  }
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) c[j * ldc + i] += alpha * block[j][i];
}

void scale(int64_t m, int64_t n, float beta, float* c, int64_t ldc) {
  if (beta == 1) return;
  for (int64_t j = 0; j < n; j++) {
    if (beta == 0) std::fill_n(c + j * ldc, m, 0.0f);
    else
      for (int64_t i = 0; i < m; i++) c[j * ldc + i] *= beta;
  }
}

}  // namespace

void gemm(bool transposeA, bool transposeB, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
          int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc, bool tf32Rounding) {
  scale(m, n, beta, c, ldc);
  if (alpha == 0 || k == 0) return;
  auto roundUp = [](int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; };
  std::vector<float> packedA(roundUp(std::min(m, kBlockM), kRows) * std::min(k, kBlockK));
  std::vector<float> packedB(roundUp(std::min(n, kBlockN), kColumns) * std::min(k, kBlockK));
  for (int64_t j0 = 0; j0 < n; j0 += kBlockN) {
    int64_t nb = std::min(kBlockN, n - j0);
    for (int64_t p0 = 0; p0 < k; p0 += kBlockK) {
      int64_t kb = std::min(kBlockK, k - p0);
      packB(transposeB, transposeB ? b + p0 * ldb + j0 : b + j0 * ldb + p0, ldb, kb, nb, tf32Rounding,
            packedB.data());
      for (int64_t i0 = 0; i0 < m; i0 += kBlockM) {
        int64_t mb = std::min(kBlockM, m - i0);
        packA(transposeA, transposeA ? a + i0 * lda + p0 : a + p0 * lda + i0, lda, mb, kb, tf32Rounding,
              packedA.data());
        for (int64_t j = 0; j < nb; j += kColumns)
          for (int64_t i = 0; i < mb; i += kRows)
            multiplyPanels(kb, packedA.data() + i * kb, packedB.data() + j * kb, alpha,
                           c + (j0 + j) * ldc + i0 + i, ldc, std::min(kRows, mb - i), std::min(kColumns, nb - j));
      }
    }
  }
}

}  // namespace math
