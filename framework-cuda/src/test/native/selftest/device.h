// A device with cuDNN and cuBLAS handles for the native self-tests of the emulated libraries.
#pragma once

#include <initializer_list>

#include "check.h"
#include "emu/emulator.h"

extern "C" {
int cuInit(unsigned);
int cuDeviceGet(int*, int);
int cuCtxCreate_v2(CUcontext*, unsigned, int);
int cuCtxDestroy_v2(CUcontext);
int cuMemAlloc_v2(CUdeviceptr*, size_t);
int cuMemFree_v2(CUdeviceptr);
int cuMemcpyHtoD_v2(CUdeviceptr, const void*, size_t);
int cuMemcpyDtoH_v2(void*, CUdeviceptr, size_t);

int cudnnCreate(void**);
int cudnnDestroy(void*);
int cudnnCreateTensorDescriptor(void**);
int cudnnSetTensorNdDescriptor(void*, int, int, const int*, const int*);
int cudnnDestroyTensorDescriptor(void*);
int cublasCreate_v2(void**);
int cublasDestroy_v2(void*);
}

namespace device {

inline void ok(int code, const char* what) { check::that(code == 0, std::string(what) + " returned " + std::to_string(code)); }

#define OK(call) device::ok(call, #call)

struct Session {
  CUcontext context = nullptr;
  void *dnn = nullptr, *blas = nullptr;
  Session() {
    int d = 0;
    OK(cuInit(0));
    OK(cuDeviceGet(&d, 0));
    OK(cuCtxCreate_v2(&context, 0, d));
    OK(cudnnCreate(&dnn));
    OK(cublasCreate_v2(&blas));
  }
  ~Session() {
    OK(cudnnDestroy(dnn));
    OK(cublasDestroy_v2(blas));
    OK(cuCtxDestroy_v2(context));
    check::that(emu_report_leaks() == 0, "nothing is left behind");
  }
};

// Floats (or any other bytes) on the device.
class Array {
 public:
  explicit Array(size_t bytes) : bytes_(bytes) { OK(cuMemAlloc_v2(&p_, bytes)); }
  template <typename T>
  explicit Array(const std::vector<T>& v) : Array(v.size() * sizeof(T)) {
    OK(cuMemcpyHtoD_v2(p_, v.data(), bytes_));
  }
  Array(const Array&) = delete;
  ~Array() { OK(cuMemFree_v2(p_)); }
  void* get() const { return reinterpret_cast<void*>(p_); }
  float* floats() const { return static_cast<float*>(get()); }
  template <typename T = float>
  std::vector<T> read() const {
    std::vector<T> v(bytes_ / sizeof(T));
    OK(cuMemcpyDtoH_v2(v.data(), p_, bytes_));
    return v;
  }

 private:
  size_t bytes_;
  CUdeviceptr p_ = 0;
};

class Shape {
 public:
  Shape(std::vector<int> dims, bool channelsLast = false, int type = 0) {
    OK(cudnnCreateTensorDescriptor(&d_));
    std::vector<int> strides(dims.size());
    int step = 1;
    if (channelsLast) {
      strides[1] = 1;
      step = dims[1];
    }
    for (int i = int(dims.size()) - 1; i >= 0; i--) {
      if (channelsLast && i == 1) continue;
      strides[size_t(i)] = step;
      step *= dims[size_t(i)];
    }
    OK(cudnnSetTensorNdDescriptor(d_, type, int(dims.size()), dims.data(), strides.data()));
  }
  Shape(const Shape&) = delete;
  ~Shape() { OK(cudnnDestroyTensorDescriptor(d_)); }
  void* get() const { return d_; }

 private:
  void* d_ = nullptr;
};

// Whether the call failed, and the emulator named the error so.
inline void fails(int code, const std::string& name, const std::string& what) {
  check::that(code != 0, what + " must fail");
  std::string errors = emu_last_errors();
  check::that(errors.find(name + "|") != std::string::npos, what + " must be called " + name + ", not: " + errors);
  emu_clear_errors();
}

}  // namespace device
