// The emulated cuDNN 9: status codes, enumerations, descriptors and checks that its functions share.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "lib/call.h"

#define CUDNN_API extern "C" __attribute__((visibility("default")))

namespace dnn {

enum Status {
  kSuccess = 0,
  kNotInitialized = 1001,
  kBadParam = 2000,
  kNullPointer = 2002,
  kMisaligned = 2003,
  kNotFinalized = 2004,
  kSizeInsufficient = 2006,
  kShapeMismatch = 2008,
  kNotSupported = 3000,
  kUnsupportedShape = 3002,
  kUnsupportedType = 3003,
  kUnsupportedLayout = 3004,
  kInternalError = 4000,
  kExecutionFailed = 5000
};

enum DataType { kFloat = 0, kHalf = 2, kInt32 = 4, kBfloat16 = 9 };
enum Format { kNchw = 0, kNhwc = 1 };
enum MathType { kDefaultMath = 0, kTensorOpMath = 1, kTensorOpMathAllowConversion = 2, kFmaMath = 3 };

constexpr int kMaxDims = 8;

struct Handle {
  static constexpr const char* kKind = "cudnn handle";
  CUstream stream = nullptr;
};

// A tensor's shape and strides, in elements.
struct Tensor {
  static constexpr const char* kKind = "cudnn tensor descriptor";
  bool filled = false;
  int type = kFloat, rank = 0;
  std::array<int64_t, kMaxDims> dims{}, strides{};

  int64_t count() const {
    int64_t n = 1;
    for (int i = 0; i < rank; i++) n *= dims[i];
    return n;
  }
  // The elements from the first to the last one, gaps included.
  int64_t span() const {
    int64_t last = 0;
    for (int i = 0; i < rank; i++) last += (dims[i] - 1) * strides[i];
    return last + 1;
  }
  size_t elementSize() const { return type == kHalf || type == kBfloat16 ? 2 : 4; }
  size_t bytes() const { return size_t(span()) * elementSize(); }
  void setPacked(int format);
  // Whether the elements lie as setPacked(format) lays them; strides of axes of length 1 do not matter.
  bool isPacked(int format) const;
  bool sameDims(const Tensor& other) const {
    return rank == other.rank && std::equal(dims.begin(), dims.begin() + rank, other.dims.begin());
  }
  std::string text() const;
};

struct Filter {
  static constexpr const char* kKind = "cudnn filter descriptor";
  bool filled = false;
  int format = kNchw;
  Tensor tensor;  // K, C, spatial; strides by the format
};

struct Activation {
  static constexpr const char* kKind = "cudnn activation descriptor";
  bool filled = false;
  int mode = 0, nan = 0;
  double coefficient = 0, swishBeta = 1;
};

class Call : public lib::Call {
 public:
  explicit Call(const lib::Call& call) : lib::Call(call.function) {}

  template <typename T>
  T& object(const void* handle) const {
    void* payload = emu::check_handle(function, T::kKind, handle);
    reported(payload != nullptr, kBadParam);
    return *static_cast<T*>(payload);
  }

  // A copy of a descriptor that has been set; work that runs later must not see later changes.
  template <typename T>
  T descriptor(const void* handle, const char* name) const {
    require(handle != nullptr, kNullPointer, "null-pointer", "%s is null", name);
    T& value = object<T>(handle);
    require(value.filled, kNotFinalized, "unfilled-descriptor", "%s (%s) was created but never set", name, T::kKind);
    return value;
  }

  void notNull(const void* p, const char* name) const {
    require(p != nullptr, kNullPointer, "null-pointer", "%s is null", name);
  }

  // alpha and beta: single precision on the host for every type here, read at the call.
  float scalar(const void* p, const char* name) const {
    notNull(p, name);
    return *static_cast<const float*>(p);
  }

  void sameDims(const Tensor& a, const char* nameA, const Tensor& b, const char* nameB) const {
    require(a.sameDims(b), kShapeMismatch, "shape-mismatch", "%s is %s, but %s is %s", nameA, a.text().c_str(), nameB,
            b.text().c_str());
  }

  void sameType(const Tensor& a, const char* nameA, const Tensor& b, const char* nameB) const {
    require(a.type == b.type, kBadParam, "data-type-mismatch", "%s is %s, but %s is %s", nameA, a.text().c_str(),
            nameB, b.text().c_str());
  }

  void floating(const Tensor& t, const char* name) const {
    require(t.type == kFloat || t.type == kHalf || t.type == kBfloat16, kUnsupportedType, "unsupported-data-type",
            "%s is %s", name, t.text().c_str());
    require(t.type != kBfloat16 || emu::setting("compute.major", 9) >= 8, kNotSupported, "unsupported-data-type",
            "%s is %s, which needs compute capability 8", name, t.text().c_str());
  }

  void workspace(const void* p, size_t given, size_t needed) const {
    require(given >= needed, kSizeInsufficient, "workspace-too-small", "%zu bytes of workspace given, %zu needed",
            given, needed);
    require(needed == 0 || p != nullptr, kNullPointer, "null-workspace", "the workspace is null, %zu bytes are needed",
            needed);
  }

  void enqueue(const Handle& h, const char* kernel, std::vector<emu::Range> ranges, uint64_t flops, bool inPlace,
               std::function<void()> body) const {
    lib::Call::enqueue(h.stream, kernel, std::move(ranges), flops, inPlace, kBadParam, kExecutionFailed,
                       std::move(body));
  }
};

inline emu::Range reads(const Tensor& t, const void* p, const char* name) {
  return emu::reads(p, t.bytes(), name, t.elementSize());
}
inline emu::Range writes(const Tensor& t, void* p, const char* name) {
  return emu::writes(p, t.bytes(), name, t.elementSize());
}

// Runs a function that computes: with a context and a handle.
template <typename Body>
int run(const char* function, void* handle, Body body) {
  return lib::withContext(function, kNotInitialized, [&](lib::Call& c) {
    Call call(c);
    body(call, call.object<Handle>(handle));
  });
}

// Runs a function that only works on descriptors.
template <typename Body>
int describe(const char* function, Body body) {
  return lib::withoutContext(function, [&](lib::Call& c) {
    Call call(c);
    body(call);
  });
}

template <typename T>
int create(const char* function, void** handle) {
  return describe(function, [&](Call& call) {
    call.notNull(handle, "the descriptor");
    *handle = emu::create_handle(T::kKind, new T(), false);
  });
}

template <typename T>
int destroy(const char* function, void* handle) {
  auto body = [&](Call& call) {
    void* payload = emu::destroy_handle(call.function, T::kKind, handle);
    call.reported(payload != nullptr, kBadParam);
    delete static_cast<T*>(payload);
  };
  return lib::releasing(handle, [&] { return describe(function, body); });
}

template <typename T>
void store(T* place, T value) {
  if (place) *place = value;
}

inline bool usesTf32(int mathType, int dataType) {
  return dataType == kFloat && mathType != kFmaMath && emu::setting("compute.major", 9) >= 8;
}

// Tensor cores take 16-bit inputs only where the math type names them.
inline bool usesTensorCores(int mathType, int dataType) {
  return usesTf32(mathType, dataType) ||
         (dataType != kFloat && (mathType == kTensorOpMath || mathType == kTensorOpMathAllowConversion));
}

}  // namespace dnn
