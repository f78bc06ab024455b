// Matrix-vector product and matrix addition: Sgemv, Sgeam.
#include "cublas/cublas.h"

using namespace blas;

CUBLAS_API int cublasSgemv_v2(void* handle, int trans, int m, int n, const float* alphaPointer, const float* a,
                              int lda, const float* x, int incx, const float* betaPointer, float* y, int incy) {
  return run("cublasSgemv_v2", handle, [&](lib::Call& call, Handle& h) {
    bool transposed = isTransposed(call, trans, "trans");
    requireCount(call, m, "m");
    requireCount(call, n, "n");
    call.require(incx > 0 && incy > 0, incx == 0 || incy == 0 ? kInvalidValue : kNotSupported, "zero-increment",
                 "incx = %d, incy = %d: the emulated gemv takes positive increments", incx, incy);
    size_t bytes = matrixBytes(call, m, n, lda, 4, "A");
    int64_t inner = transposed ? m : n, outer = transposed ? n : m;
    Scalar alpha(call, h, alphaPointer, "alpha"), beta(call, h, betaPointer, "beta");
    if (m == 0 || n == 0) return;
    std::vector<emu::Range> ranges = {
        emu::reads(a, bytes, "A"), emu::reads(x, (size_t(incx) * size_t(inner - 1) + 1) * 4, "x"),
        emu::read_write(y, (size_t(incy) * size_t(outer - 1) + 1) * 4, "y")};
    alpha.addRange(ranges);
    beta.addRange(ranges);
    enqueue(call, h, "cublas_sgemv", ranges, 2 * uint64_t(m) * uint64_t(n), false, [=] {
      std::vector<double> sums(outer);
      for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++)
          sums[transposed ? j : i] += double(a[j * lda + i]) * x[(transposed ? i : j) * incx];
      for (int64_t i = 0; i < outer; i++) {
        float old = beta.get() == 0 ? 0 : beta.get() * y[i * incy];
        y[i * incy] = alpha.get() * float(sums[i]) + old;
      }
    });
  });
}

CUBLAS_API int cublasSgeam(void* handle, int transa, int transb, int m, int n, const float* alphaPointer,
                           const float* a, int lda, const float* betaPointer, const float* b, int ldb, float* c,
                           int ldc) {
  return run("cublasSgeam", handle, [&](lib::Call& call, Handle& h) {
    bool ta = isTransposed(call, transa, "transa"), tb = isTransposed(call, transb, "transb");
    requireCount(call, m, "m");
    requireCount(call, n, "n");
    Scalar alpha(call, h, alphaPointer, "alpha"), beta(call, h, betaPointer, "beta");
    size_t bytesA = matrixBytes(call, ta ? n : m, ta ? m : n, lda, 4, "A");
    size_t bytesB = matrixBytes(call, tb ? n : m, tb ? m : n, ldb, 4, "B");
    size_t bytesC = matrixBytes(call, m, n, ldc, 4, "C");
    call.require((c != a || (!ta && lda == ldc)) && (c != b || (!tb && ldb == ldc)), kInvalidValue,
                 "overlapping-buffers", "in place needs no transposition and the same leading dimension");
    std::vector<emu::Range> ranges = {emu::writes(c, bytesC, "C")};
    // A matrix whose factor is 0 may be null.
    if (alpha.maybeNonZero()) ranges.push_back(emu::reads(a, bytesA, "A"));
    if (beta.maybeNonZero()) ranges.push_back(emu::reads(b, bytesB, "B"));
    alpha.addRange(ranges);
    beta.addRange(ranges);
    enqueue(call, h, "cublas_sgeam", ranges, 2 * uint64_t(m) * uint64_t(n), true, [=] {
      float fa = alpha.get(), fb = beta.get();
      for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < m; i++) {
          float left = fa == 0 ? 0 : fa * (ta ? a[i * lda + j] : a[j * lda + i]);
          float right = fb == 0 ? 0 : fb * (tb ? b[i * ldb + j] : b[j * ldb + i]);
          c[j * ldc + i] = left + right;
        }
    });
  });
}
