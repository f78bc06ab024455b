#include "cudnn/dense.h"

#include "math/numbers.h"

namespace dnn {

void Tensor::setPacked(int format) {
  int64_t step = 1;
  if (format == kNhwc) {
    strides[1] = 1;
    step = dims[1];
  }
  for (int i = rank - 1; i >= 0; i--) {
    if (format == kNhwc && i == 1) continue;
    strides[i] = step;
    step *= dims[i];
  }
}

bool Tensor::isPacked(int format) const {
  if (format == kNhwc && rank < 3) return false;
  Tensor packed = *this;
  packed.setPacked(format);
  for (int i = 0; i < rank; i++)
    if (dims[i] != 1 && strides[i] != packed.strides[i]) return false;
  return true;
}

std::string Tensor::text() const {
  const char* name = type == kFloat ? "float" : type == kHalf ? "half" : type == kBfloat16 ? "bfloat16" : "other";
  std::string s = std::string(name) + "[";
  for (int i = 0; i < rank; i++) s += (i ? "," : "") + std::to_string(dims[i]);
  s += "] strides [";
  for (int i = 0; i < rank; i++) s += (i ? "," : "") + std::to_string(strides[i]);
  return s + "]";
}

float elementAt(const Tensor& t, const void* p, int64_t offset) {
  if (t.type == kFloat) return static_cast<const float*>(p)[offset];
  uint16_t bits = static_cast<const uint16_t*>(p)[offset];
  return t.type == kHalf ? math::halfToFloat(bits) : math::bf16ToFloat(bits);
}

void setElement(const Tensor& t, void* p, int64_t offset, float value) {
  if (t.type == kFloat) static_cast<float*>(p)[offset] = value;
  else static_cast<uint16_t*>(p)[offset] = t.type == kHalf ? math::floatToHalf(value) : math::floatToBf16(value);
}

Input::Input(const Tensor& t, const void* p) {
  if (t.type == kFloat && t.isPacked(kNchw)) {
    data_ = static_cast<const float*>(p);
    return;
  }
  copy_.resize(t.count());
  forEach(t, [&](int64_t i, int64_t offset) { copy_[i] = elementAt(t, p, offset); });
  data_ = copy_.data();
}

Output::Output(const Tensor& t, void* p, float alpha, float beta) : tensor_(t), p_(p), alpha_(alpha), beta_(beta) {
  if (beta == 0 && t.type == kFloat && t.isPacked(kNchw)) {
    data_ = static_cast<float*>(p);
    return;
  }
  buffer_.resize(t.count());
  data_ = buffer_.data();
}

void Output::finish() {
  int64_t count = tensor_.count();
  if (buffer_.empty()) {
    if (alpha_ != 1)
      for (int64_t i = 0; i < count; i++) data_[i] *= alpha_;
    return;
  }
  forEach(tensor_, [&](int64_t i, int64_t offset) {
    float old = beta_ == 0 ? 0 : beta_ * elementAt(tensor_, p_, offset);
    setElement(tensor_, p_, offset, alpha_ * buffer_[i] + old);
  });
}

}  // namespace dnn
