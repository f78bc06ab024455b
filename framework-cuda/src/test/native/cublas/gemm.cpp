#include "cublas/gemm.h"

#include "math/gemm.h"
#include "math/numbers.h"

namespace blas {
namespace {

float toFloat(int type, const void* p, int64_t i) {
  if (type == kF32) return static_cast<const float*>(p)[i];
  uint16_t bits = static_cast<const uint16_t*>(p)[i];
  return type == kF16 ? math::halfToFloat(bits) : math::bf16ToFloat(bits);
}

void fromFloat(int type, void* p, int64_t i, float x) {
  if (type == kF32) static_cast<float*>(p)[i] = x;
  else static_cast<uint16_t*>(p)[i] = type == kF16 ? math::floatToHalf(x) : math::floatToBf16(x);
}

float rounded(Rounding rounding, float x) {
  if (rounding == Rounding::kF16) return math::halfToFloat(math::floatToHalf(x));
  if (rounding == Rounding::kBf16) return math::bf16ToFloat(math::floatToBf16(x));
  return x;  // TF32 is done while packing
}

// The matrix as floats, where it is not used as it lies.
std::vector<float> converted(const Product& p, int type, const void* matrix, int64_t rows, int64_t columns,
                             int64_t ld) {
  std::vector<float> out(rows * columns);
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) out[j * rows + i] = rounded(p.rounding, toFloat(type, matrix, j * ld + i));
  return out;
}

bool usedAsIs(const Product& p, int type) {
  return type == kF32 && (p.rounding == Rounding::kNone || p.rounding == Rounding::kTf32);
}

std::vector<emu::Range> withWorkspace(Handle& h, std::vector<emu::Range> ranges) {
  if (h.workspace) ranges.push_back(emu::writes(h.workspace, h.workspaceBytes, "workspace", 256));
  else emu::count("cublas.default_workspace");
  return ranges;
}

}  // namespace

ProductBytes checked(const lib::Call& call, const Product& p) {
  call.require(p.m >= 0 && p.n >= 0 && p.k >= 0, kInvalidValue, "negative-size", "m = %lld, n = %lld, k = %lld",
               (long long)p.m, (long long)p.n, (long long)p.k);
  return {matrixBytes(call, p.rowsA(), p.columnsA(), p.lda, elementSize(p.typeA), "A"),
          matrixBytes(call, p.rowsB(), p.columnsB(), p.ldb, elementSize(p.typeB), "B"),
          matrixBytes(call, p.m, p.n, p.ldc, elementSize(p.typeC), "C")};
}

Product singlePrecision(const lib::Call& call, const Handle& h, int transposeA, int transposeB, int m, int n, int k,
                        int lda, int ldb, int ldc) {
  return {isTransposed(call, transposeA, "transa"), isTransposed(call, transposeB, "transb"), m, n, k, lda, ldb, ldc,
          kF32, kF32, kF32, h.allowsTf32() ? Rounding::kTf32 : Rounding::kNone};
}

void multiply(const Product& p, float alpha, const void* a, const void* b, float beta, void* c) {
  std::vector<float> copyA, copyB;
  const float* fa = static_cast<const float*>(a);
  const float* fb = static_cast<const float*>(b);
  int64_t lda = p.lda, ldb = p.ldb;
  if (!usedAsIs(p, p.typeA) && alpha != 0) {
    copyA = converted(p, p.typeA, a, p.rowsA(), p.columnsA(), p.lda);
    fa = copyA.data();
    lda = p.rowsA();
  }
  if (!usedAsIs(p, p.typeB) && alpha != 0) {
    copyB = converted(p, p.typeB, b, p.rowsB(), p.columnsB(), p.ldb);
    fb = copyB.data();
    ldb = p.rowsB();
  }
  bool tf32 = p.rounding == Rounding::kTf32 && p.typeA == kF32;
  if (p.typeC == kF32) {
    math::gemm(p.transposeA, p.transposeB, p.m, p.n, p.k, alpha, fa, lda, fb, ldb, beta, static_cast<float*>(c),
               p.ldc, tf32);
    return;
  }
  std::vector<float> result(p.m * p.n);
  math::gemm(p.transposeA, p.transposeB, p.m, p.n, p.k, alpha, fa, lda, fb, ldb, 0, result.data(), p.m, tf32);
  for (int64_t j = 0; j < p.n; j++)
    for (int64_t i = 0; i < p.m; i++) {
      float old = beta == 0 ? 0 : beta * toFloat(p.typeC, c, j * p.ldc + i);
      fromFloat(p.typeC, c, j * p.ldc + i, result[j * p.m + i] + old);
    }
}

void enqueueStrided(const lib::Call& call, Handle& h, const char* kernel, const Product& p, const float* alphaPointer,
                    const void* a, int64_t strideA, const void* b, int64_t strideB, const float* betaPointer, void* c,
                    int64_t strideC, int batchCount) {
  ProductBytes bytes = checked(call, p);
  requireCount(call, batchCount, "batchCount");
  size_t sizeA = elementSize(p.typeA), sizeB = elementSize(p.typeB), sizeC = elementSize(p.typeC);
  call.require(strideA >= 0 && strideB >= 0 && strideC >= 0, kInvalidValue, "negative-stride",
               "strides %lld, %lld, %lld", (long long)strideA, (long long)strideB, (long long)strideC);
  call.require(batchCount < 2 || size_t(strideC) * sizeC >= bytes.c, kInvalidValue, "overlapping-buffers",
               "the stride of C is %lld elements, so that the results of the batch overlap", (long long)strideC);
  Scalar alpha(call, h, alphaPointer, "alpha"), beta(call, h, betaPointer, "beta");
  if (batchCount == 0 || bytes.c == 0) return;
  auto span = [&](size_t one, int64_t stride, size_t element) {
    return one == 0 ? 0 : one + size_t(stride) * element * size_t(batchCount - 1);
  };
  std::vector<emu::Range> ranges = {emu::read_write(c, span(bytes.c, strideC, sizeC), "C", sizeC)};
  if (alpha.maybeNonZero()) {
    ranges.push_back(emu::reads(a, span(bytes.a, strideA, sizeA), "A", sizeA));
    ranges.push_back(emu::reads(b, span(bytes.b, strideB, sizeB), "B", sizeB));
  }
  alpha.addRange(ranges);
  beta.addRange(ranges);
  if (p.typeA != kF32 || p.rounding == Rounding::kTf32) emu::count("cublas.tensor_core_products");
  auto body = [=] {
    for (int64_t i = 0; i < batchCount; i++)
      multiply(p, alpha.get(), static_cast<const char*>(a) + i * strideA * int64_t(sizeA),
               static_cast<const char*>(b) + i * strideB * int64_t(sizeB), beta.get(),
               static_cast<char*>(c) + i * strideC * int64_t(sizeC));
  };
  enqueue(call, h, kernel, withWorkspace(h, ranges), p.flops() * uint64_t(batchCount), false, body);
}

void enqueueBatched(const lib::Call& call, Handle& h, const char* kernel, const Product& p, const float* alphaPointer,
                    const void* const* a, const void* const* b, const float* betaPointer, void* const* c,
                    int batchCount) {
  ProductBytes bytes = checked(call, p);
  requireCount(call, batchCount, "batchCount");
  Scalar alpha(call, h, alphaPointer, "alpha"), beta(call, h, betaPointer, "beta");
  if (batchCount == 0 || bytes.c == 0) return;
  size_t pointers = sizeof(void*) * size_t(batchCount);
  std::vector<emu::Range> ranges = {emu::reads(a, pointers, "Aarray", 8), emu::reads(b, pointers, "Barray", 8),
                                    emu::reads(c, pointers, "Carray", 8)};
  alpha.addRange(ranges);
  beta.addRange(ranges);
  const char* function = call.function;
  auto body = [=] {
    for (int i = 0; i < batchCount; i++) {
      // Only now are the addresses known.
      bool right = emu::device_range(function, emu::read_write(c[i], bytes.c, "C", elementSize(p.typeC)));
      if (alpha.get() != 0) {
        right = emu::device_range(function, emu::reads(a[i], bytes.a, "A", elementSize(p.typeA))) && right;
        right = emu::device_range(function, emu::reads(b[i], bytes.b, "B", elementSize(p.typeB))) && right;
      }
      if (!right) {
        emu::error_async(700, function, "bad-pointer-in-batch", "matrix %d of the batch of %d", i, batchCount);
        return;
      }
      multiply(p, alpha.get(), a[i], b[i], beta.get(), c[i]);
    }
  };
  enqueue(call, h, kernel, withWorkspace(h, ranges), p.flops() * uint64_t(batchCount), false, body);
}

}  // namespace blas
