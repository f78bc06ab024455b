// Tensors of any layout and floating type, seen as dense arrays of float in the order of their axes.
#pragma once

#include <vector>

#include "cudnn/cudnn.h"

namespace dnn {

float elementAt(const Tensor& t, const void* p, int64_t offset);
void setElement(const Tensor& t, void* p, int64_t offset, float value);

// Calls visit(index in the order of the axes, offset) for each element.
template <typename Visit>
void forEach(const Tensor& t, Visit visit) {
  std::array<int64_t, kMaxDims> at{};
  int64_t offset = 0, count = t.count();
  for (int64_t i = 0; i < count; i++) {
    visit(i, offset);
    for (int axis = t.rank - 1; axis >= 0; axis--) {
      offset += t.strides[axis];
      if (++at[axis] < t.dims[axis]) break;
      offset -= t.strides[axis] * t.dims[axis];
      at[axis] = 0;
    }
  }
}

// An input: as it lies where it is dense and single precision, else a copy.
class Input {
 public:
  Input(const Tensor& t, const void* p);
  const float* data() const { return data_; }
  float operator[](int64_t i) const { return data_[i]; }

 private:
  std::vector<float> copy_;
  const float* data_;
};

// An output: alpha * (what is put into data()) + beta * (what is there) after finish(). With beta 0 what is there
// is never read. data() may be the output itself, so an operation that works in place must read before it writes.
class Output {
 public:
  Output(const Tensor& t, void* p, float alpha, float beta);
  float* data() { return data_; }
  float& operator[](int64_t i) { return data_[i]; }
  void finish();

 private:
  Tensor tensor_;
  void* p_;
  float alpha_, beta_;
  std::vector<float> buffer_;
  float* data_;
};

}  // namespace dnn
