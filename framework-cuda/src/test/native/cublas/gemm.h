// One matrix product of the emulated cuBLAS: what is asked for, its checks, and its arithmetic.
#pragma once

#include "cublas/cublas.h"

namespace blas {

enum DataType { kF32 = 0, kF16 = 2, kBf16 = 14 };
// How the inputs are rounded before they are multiplied.
enum class Rounding { kNone, kTf32, kF16, kBf16 };

struct Product {
  bool transposeA, transposeB;
  int64_t m, n, k, lda, ldb, ldc;
  int typeA, typeB, typeC;
  Rounding rounding;

  int64_t rowsA() const { return transposeA ? k : m; }
  int64_t columnsA() const { return transposeA ? m : k; }
  int64_t rowsB() const { return transposeB ? n : k; }
  int64_t columnsB() const { return transposeB ? k : n; }
  uint64_t flops() const { return 2 * uint64_t(m) * uint64_t(n) * uint64_t(k); }
};

inline size_t elementSize(int type) { return type == kF32 ? 4 : 2; }

struct ProductBytes {
  size_t a, b, c;
};

// Checks the sizes and leading dimensions.
ProductBytes checked(const lib::Call& call, const Product& p);

Product singlePrecision(const lib::Call& call, const Handle& h, int transposeA, int transposeB, int m, int n, int k,
                        int lda, int ldb, int ldc);

void multiply(const Product& p, float alpha, const void* a, const void* b, float beta, void* c);

// Queues batchCount products whose matrices lie strides (in elements) apart.
void enqueueStrided(const lib::Call& call, Handle& h, const char* kernel, const Product& p, const float* alpha,
                    const void* a, int64_t strideA, const void* b, int64_t strideB, const float* beta, void* c,
                    int64_t strideC, int batchCount);

// The same for matrices whose addresses lie in arrays on the device.
void enqueueBatched(const lib::Call& call, Handle& h, const char* kernel, const Product& p, const float* alpha,
                    const void* const* a, const void* const* b, const float* beta, void* const* c, int batchCount);

}  // namespace blas
