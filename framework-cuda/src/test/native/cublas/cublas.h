// The emulated cuBLAS: types, status codes and checks shared by its functions.
#pragma once

#include "lib/call.h"

#define CUBLAS_API extern "C" __attribute__((visibility("default")))

namespace blas {

enum Status {
  kSuccess = 0,
  kNotInitialized = 1,
  kAllocFailed = 3,
  kInvalidValue = 7,
  kArchMismatch = 8,
  kMappingError = 11,
  kExecutionFailed = 13,
  kInternalError = 14,
  kNotSupported = 15,
  kLicenseError = 16
};

enum MathMode { kDefaultMath = 0, kTensorOpMath = 1, kPedanticMath = 2, kTf32Math = 3, kNoReducedReduction = 16 };

struct Handle {
  CUstream stream = nullptr;
  void* workspace = nullptr;
  size_t workspaceBytes = 0;
  int mathMode = kDefaultMath;
  int atomics = 0;
  int smCountTarget = 0;
  bool devicePointers = false;

  bool allowsTf32() const {
    return ((mathMode & 15) == kTf32Math || (mathMode & 15) == kTensorOpMath) && emu::setting("compute.major", 9) >= 8;
  }
};

constexpr const char* kHandleKind = "cublas handle";

inline Handle& handleOf(const lib::Call& call, const void* handle) {
  void* payload = emu::check_handle(call.function, kHandleKind, handle);
  call.reported(payload != nullptr, kNotInitialized);
  return *static_cast<Handle*>(payload);
}

template <typename Body>
int run(const char* function, void* handle, Body body) {
  return lib::withContext(function, kNotInitialized, [&](lib::Call& call) { body(call, handleOf(call, handle)); });
}

// A scalar argument: a value of the host taken at the call, or a place on the device read when the work runs.
class Scalar {
 public:
  Scalar(const lib::Call& call, const Handle& handle, const float* pointer, const char* name)
      : device_(handle.devicePointers), pointer_(pointer), name_(name) {
    call.require(pointer != nullptr, kInvalidValue, "null-pointer", "%s is null", name);
    if (!device_) value_ = *pointer;
  }

  float get() const { return device_ ? *pointer_ : value_; }

  void addRange(std::vector<emu::Range>& ranges) const {
    if (device_) ranges.push_back(emu::reads(pointer_, 4, name_));
  }

  // False where the value is known now to be 0, so that what it multiplies is not read.
  bool maybeNonZero() const { return device_ || value_ != 0; }

 private:
  bool device_;
  const float* pointer_;
  const char* name_;
  float value_ = 0;
};

inline void requireCount(const lib::Call& call, int n, const char* name) {
  call.require(n >= 0, kInvalidValue, "negative-size", "%s = %d", name, n);
}

// Whether an operation flag means 'transposed'; conjugation is nothing for real numbers.
inline bool isTransposed(const lib::Call& call, int operation, const char* name) {
  call.require(operation >= 0 && operation <= 2, kInvalidValue, "unknown-enum-value", "%s = %d is no cublasOperation_t",
               name, operation);
  return operation != 0;
}

// The bytes of a column-major matrix; checks its leading dimension.
inline size_t matrixBytes(const lib::Call& call, int64_t rows, int64_t columns, int64_t ld, size_t element,
                          const char* name) {
  call.require(ld >= (rows > 1 ? rows : 1), kInvalidValue, "wrong-leading-dimension",
               "the leading dimension of %s is %lld, but it has %lld rows", name, (long long)ld, (long long)rows);
  return rows == 0 || columns == 0 ? 0 : (size_t(ld) * size_t(columns - 1) + size_t(rows)) * element;
}

inline void enqueue(const lib::Call& call, const Handle& handle, const char* kernel, std::vector<emu::Range> ranges,
                    uint64_t flops, bool inPlace, std::function<void()> body) {
  call.enqueue(handle.stream, kernel, std::move(ranges), flops, inPlace, kInvalidValue, kExecutionFailed,
               std::move(body));
}

}  // namespace blas
