// Vector operations of the emulated cuBLAS: Saxpy, Sscal, Scopy, Sdot, Snrm2, Sasum.
#include <cmath>

#include "cublas/cublas.h"

using namespace blas;

namespace {

// A vector with an increment; a negative one runs backwards, as in the reference BLAS.
struct Vector {
  const float* p;
  int64_t n, step;

  Vector(const lib::Call& call, const float* pointer, int count, int increment, const char* name)
      : p(pointer), n(count), step(increment) {
    requireCount(call, count, "n");
    call.require(increment != 0, kInvalidValue, "zero-increment", "the increment of %s is 0", name);
  }

  size_t bytes() const { return n == 0 ? 0 : (size_t(std::abs(step)) * size_t(n - 1) + 1) * 4; }
  const float& operator[](int64_t i) const { return p[step > 0 ? i * step : (i - n + 1) * step]; }
  float& writable(int64_t i) const { return const_cast<float&>((*this)[i]); }
};

// Queues a reduction to one number; with host pointers the call waits for it, as the real one does.
void reduce(const lib::Call& call, Handle& h, const char* kernel, std::vector<emu::Range> ranges, uint64_t flops,
            float* result, std::function<float()> compute) {
  call.require(result != nullptr, kInvalidValue, "null-pointer", "result is null");
  if (h.devicePointers) {
    ranges.push_back(emu::writes(result, 4, "result"));
    enqueue(call, h, kernel, ranges, flops, false, [=] { *result = compute(); });
    return;
  }
  call.require(!emu::is_capturing(h.stream), kExecutionFailed, "illegal-in-capture",
               "a result on the host makes the call wait, which a stream that is being captured cannot");
  enqueue(call, h, kernel, ranges, flops, false, [=] { *result = compute(); });
  call.reported(emu::synchronize(h.stream, call.function) == 0, kExecutionFailed);
}

}  // namespace

CUBLAS_API int cublasSaxpy_v2(void* handle, int n, const float* alphaPointer, const float* x, int incx, float* y,
                              int incy) {
  return run("cublasSaxpy_v2", handle, [&](lib::Call& call, Handle& h) {
    Scalar alpha(call, h, alphaPointer, "alpha");
    Vector from(call, x, n, incx, "x"), to(call, y, n, incy, "y");
    std::vector<emu::Range> ranges = {emu::reads(x, from.bytes(), "x"), emu::read_write(y, to.bytes(), "y")};
    alpha.addRange(ranges);
    enqueue(call, h, "cublas_saxpy", ranges, 2 * uint64_t(n), true, [=] {
      for (int64_t i = 0; i < from.n; i++) to.writable(i) += alpha.get() * from[i];
    });
  });
}

CUBLAS_API int cublasSscal_v2(void* handle, int n, const float* alphaPointer, float* x, int incx) {
  return run("cublasSscal_v2", handle, [&](lib::Call& call, Handle& h) {
    Scalar alpha(call, h, alphaPointer, "alpha");
    Vector to(call, x, n, incx, "x");
    std::vector<emu::Range> ranges = {emu::read_write(x, to.bytes(), "x")};
    alpha.addRange(ranges);
    enqueue(call, h, "cublas_sscal", ranges, uint64_t(n), false, [=] {
      for (int64_t i = 0; i < to.n; i++) to.writable(i) *= alpha.get();
    });
  });
}

CUBLAS_API int cublasScopy_v2(void* handle, int n, const float* x, int incx, float* y, int incy) {
  return run("cublasScopy_v2", handle, [&](lib::Call& call, Handle& h) {
    Vector from(call, x, n, incx, "x"), to(call, y, n, incy, "y");
    enqueue(call, h, "cublas_scopy", {emu::reads(x, from.bytes(), "x"), emu::writes(y, to.bytes(), "y")}, 0, false,
            [=] {
              for (int64_t i = 0; i < from.n; i++) to.writable(i) = from[i];
            });
  });
}

CUBLAS_API int cublasSdot_v2(void* handle, int n, const float* x, int incx, const float* y, int incy, float* result) {
  return run("cublasSdot_v2", handle, [&](lib::Call& call, Handle& h) {
    Vector a(call, x, n, incx, "x"), b(call, y, n, incy, "y");
    reduce(call, h, "cublas_sdot", {emu::reads(x, a.bytes(), "x"), emu::reads(y, b.bytes(), "y")}, 2 * uint64_t(n),
           result, [=] {
             double sum = 0;
             for (int64_t i = 0; i < a.n; i++) sum += double(a[i]) * b[i];
             return float(sum);
           });
  });
}

CUBLAS_API int cublasSnrm2_v2(void* handle, int n, const float* x, int incx, float* result) {
  return run("cublasSnrm2_v2", handle, [&](lib::Call& call, Handle& h) {
    Vector a(call, x, n, incx, "x");
    reduce(call, h, "cublas_snrm2", {emu::reads(x, a.bytes(), "x")}, 2 * uint64_t(n), result, [=] {
      double sum = 0;
      for (int64_t i = 0; i < a.n; i++) sum += double(a[i]) * a[i];
      return float(std::sqrt(sum));
    });
  });
}

CUBLAS_API int cublasSasum_v2(void* handle, int n, const float* x, int incx, float* result) {
  return run("cublasSasum_v2", handle, [&](lib::Call& call, Handle& h) {
    Vector a(call, x, n, incx, "x");
    reduce(call, h, "cublas_sasum", {emu::reads(x, a.bytes(), "x")}, uint64_t(n), result, [=] {
      double sum = 0;
      for (int64_t i = 0; i < a.n; i++) sum += std::fabs(double(a[i]));
      return float(sum);
    });
  });
}
