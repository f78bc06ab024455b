// Activations: descriptor, forward, backward.
#include <cmath>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum Mode { kSigmoid, kRelu, kTanh, kClippedRelu, kElu, kIdentity, kSwish };

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

float forward(const Activation& a, float x) {
  float c = float(a.coefficient), swish = float(a.swishBeta);
  if (std::isnan(x) && a.nan == 1) return x;
  switch (a.mode) {
    case kSigmoid:
      return sigmoid(x);
    case kRelu:
      return std::fmax(x, 0.0f);
    case kTanh:
      return std::tanh(x);
    case kClippedRelu:
      return std::fmin(std::fmax(x, 0.0f), c);
    case kElu:
      return x > 0 ? x : c * std::expm1(x);
    case kSwish:
      return x * sigmoid(swish * x);
    default:
      return x;
  }
}

// The derivative, from the output where the function allows it, as the real library does.
float derivative(const Activation& a, float x, float y) {
  float c = float(a.coefficient), swish = float(a.swishBeta);
  switch (a.mode) {
    case kSigmoid:
      return y * (1 - y);
    case kRelu:
      return x > 0 ? 1 : 0;
    case kTanh:
      return 1 - y * y;
    case kClippedRelu:
      return x > 0 && x < c ? 1 : 0;
    case kElu:
      return x > 0 ? 1 : y + c;
    case kSwish: {
      float s = sigmoid(swish * x);
      return s + swish * x * s * (1 - s);
    }
    default:
      return 1;
  }
}

Activation checked(const Call& call, const void* d) {
  Activation a = call.descriptor<Activation>(d, "activationDesc");
  call.require(a.mode != kIdentity, kNotSupported, "activation-not-supported",
               "IDENTITY exists in the fused convolution only");
  return a;
}

}  // namespace

CUDNN_API int cudnnCreateActivationDescriptor(void** d) {
  return create<Activation>("cudnnCreateActivationDescriptor", d);
}

CUDNN_API int cudnnDestroyActivationDescriptor(void* d) {
  return destroy<Activation>("cudnnDestroyActivationDescriptor", d);
}

CUDNN_API int cudnnSetActivationDescriptor(void* d, int mode, int nan, double coefficient) {
  return describe("cudnnSetActivationDescriptor", [&](Call& call) {
    Activation& a = call.object<Activation>(d);
    call.require(mode >= 0 && mode <= kSwish, kBadParam, "unknown-enum-value", "%d is no cudnnActivationMode_t", mode);
    call.require(nan == 0 || nan == 1, kBadParam, "unknown-enum-value", "%d is no cudnnNanPropagation_t", nan);
    a.mode = mode;
    a.nan = nan;
    a.coefficient = coefficient;
    a.filled = true;
  });
}

CUDNN_API int cudnnGetActivationDescriptor(void* d, int* mode, int* nan, double* coefficient) {
  return describe("cudnnGetActivationDescriptor", [&](Call& call) {
    Activation a = call.descriptor<Activation>(d, "activationDesc");
    store(mode, a.mode);
    store(nan, a.nan);
    store(coefficient, a.coefficient);
  });
}

CUDNN_API int cudnnSetActivationDescriptorSwishBeta(void* d, double beta) {
  return describe("cudnnSetActivationDescriptorSwishBeta",
                  [&](Call& call) { call.object<Activation>(d).swishBeta = beta; });
}

CUDNN_API int cudnnGetActivationDescriptorSwishBeta(void* d, double* beta) {
  return describe("cudnnGetActivationDescriptorSwishBeta", [&](Call& call) {
    call.notNull(beta, "swish_beta");
    *beta = call.object<Activation>(d).swishBeta;
  });
}

CUDNN_API int cudnnActivationForward(void* handle, void* d, const void* alphaPointer, void* xDesc, const void* x,
                                     const void* betaPointer, void* yDesc, void* y) {
  return run("cudnnActivationForward", handle, [&](Call& call, Handle& h) {
    Activation a = checked(call, d);
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    call.floating(xt, "x");
    call.sameDims(xt, "x", yt, "y");
    call.sameType(xt, "x", yt, "y");
    call.require(x != y || xt.strides == yt.strides, kBadParam, "overlapping-buffers",
                 "in place needs the same strides: x %s, y %s", xt.text().c_str(), yt.text().c_str());
    call.enqueue(h, "cudnn_activation_forward", {reads(xt, x, "x"), writes(yt, y, "y")}, uint64_t(xt.count()), true,
                 [=] {
                   Input in(xt, x);
                   Output out(yt, y, alpha, beta);
                   for (int64_t i = 0; i < xt.count(); i++) out[i] = forward(a, in[i]);
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnActivationBackward(void* handle, void* d, const void* alphaPointer, void* yDesc, const void* y,
                                      void* dyDesc, const void* dy, void* xDesc, const void* x,
                                      const void* betaPointer, void* dxDesc, void* dx) {
  return run("cudnnActivationBackward", handle, [&](Call& call, Handle& h) {
    Activation a = checked(call, d);
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc"), dyt = call.descriptor<Tensor>(dyDesc, "dyDesc"),
           xt = call.descriptor<Tensor>(xDesc, "xDesc"), dxt = call.descriptor<Tensor>(dxDesc, "dxDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    call.floating(yt, "y");
    const Tensor* others[] = {&dyt, &xt, &dxt};
    const char* names[] = {"dy", "x", "dx"};
    for (int i = 0; i < 3; i++) {
      call.sameDims(yt, "y", *others[i], names[i]);
      call.sameType(yt, "y", *others[i], names[i]);
    }
    call.require(dy != dx || dyt.strides == dxt.strides, kBadParam, "overlapping-buffers",
                 "in place needs the same strides: dy %s, dx %s", dyt.text().c_str(), dxt.text().c_str());
    call.enqueue(h, "cudnn_activation_backward",
                 {reads(yt, y, "y"), reads(dyt, dy, "dy"), reads(xt, x, "x"), writes(dxt, dx, "dx")},
                 3 * uint64_t(xt.count()), true, [=] {
                   Input in(xt, x), result(yt, y), gradient(dyt, dy);
                   Output out(dxt, dx, alpha, beta);
                   for (int64_t i = 0; i < xt.count(); i++) out[i] = gradient[i] * derivative(a, in[i], result[i]);
                   out.finish();
                 });
  });
}
