// Softmax: fast (without the maximum's subtraction), accurate, and its logarithm; over an instance or its channels.
#include <cmath>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kFast = 0, kAccurate = 1, kLog = 2, kInstance = 0, kChannel = 1 };

// How the groups that are normalised lie in the dense tensor.
struct Groups {
  int64_t outer, length, inner;

  Groups(const Tensor& t, int mode) : outer(t.dims[0]), length(1), inner(1) {
    length = mode == kChannel ? t.dims[1] : t.count() / t.dims[0];
    inner = t.count() / outer / length;
  }

  template <typename Visit>
  void forEach(Visit visit) const {
    for (int64_t o = 0; o < outer; o++)
      for (int64_t i = 0; i < inner; i++) visit(o * length * inner + i);
  }
};

void check(const Call& call, int algo, int mode, const Tensor& a, const char* nameA, const Tensor& b,
           const char* nameB) {
  call.require(algo >= 0 && algo <= 2, kBadParam, "unknown-enum-value", "%d is no cudnnSoftmaxAlgorithm_t", algo);
  call.require(mode == 0 || mode == 1, kBadParam, "unknown-enum-value", "%d is no cudnnSoftmaxMode_t", mode);
  call.floating(a, nameA);
  call.sameDims(a, nameA, b, nameB);
  call.sameType(a, nameA, b, nameB);
}

void forward(const Groups& g, int algo, const float* x, float* y) {
  g.forEach([&](int64_t start) {
    float max = algo == kFast ? 0 : -INFINITY;
    if (algo != kFast)
      for (int64_t i = 0; i < g.length; i++) max = std::fmax(max, x[start + i * g.inner]);
    double sum = 0;
    for (int64_t i = 0; i < g.length; i++) sum += std::exp(x[start + i * g.inner] - max);
    float logSum = float(std::log(sum)), scale = float(1 / sum);
    for (int64_t i = 0; i < g.length; i++) {
      int64_t at = start + i * g.inner;
      float shifted = x[at] - max;
      y[at] = algo == kLog ? shifted - logSum : std::exp(shifted) * scale;
    }
  });
}

void backward(const Groups& g, int algo, const float* y, const float* dy, float* dx) {
  g.forEach([&](int64_t start) {
    double sum = 0;
    for (int64_t i = 0; i < g.length; i++) {
      int64_t at = start + i * g.inner;
      sum += algo == kLog ? dy[at] : double(dy[at]) * y[at];
    }
    for (int64_t i = 0; i < g.length; i++) {
      int64_t at = start + i * g.inner;
      dx[at] = algo == kLog ? dy[at] - std::exp(y[at]) * float(sum) : y[at] * (dy[at] - float(sum));
    }
  });
}

}  // namespace

CUDNN_API int cudnnSoftmaxForward(void* handle, int algo, int mode, const void* alphaPointer, void* xDesc,
                                  const void* x, const void* betaPointer, void* yDesc, void* y) {
  return run("cudnnSoftmaxForward", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    check(call, algo, mode, xt, "x", yt, "y");
    call.enqueue(h, "cudnn_softmax_forward", {reads(xt, x, "x"), writes(yt, y, "y")}, 4 * uint64_t(xt.count()), true,
                 [=] {
                   Input in(xt, x);
                   Output out(yt, y, alpha, beta);
                   forward(Groups(xt, mode), algo, in.data(), out.data());
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnSoftmaxBackward(void* handle, int algo, int mode, const void* alphaPointer, void* yDesc,
                                   const void* y, void* dyDesc, const void* dy, const void* betaPointer, void* dxDesc,
                                   void* dx) {
  return run("cudnnSoftmaxBackward", handle, [&](Call& call, Handle& h) {
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc"), dyt = call.descriptor<Tensor>(dyDesc, "dyDesc"),
           dxt = call.descriptor<Tensor>(dxDesc, "dxDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    check(call, algo, mode, yt, "y", dyt, "dy");
    check(call, algo, mode, yt, "y", dxt, "dx");
    call.enqueue(h, "cudnn_softmax_backward", {reads(yt, y, "y"), reads(dyt, dy, "dy"), writes(dxt, dx, "dx")},
                 4 * uint64_t(yt.count()), true, [=] {
                   Input result(yt, y), gradient(dyt, dy);
                   Output out(dxt, dx, alpha, beta);
                   backward(Groups(yt, mode), algo, result.data(), gradient.data(), out.data());
                   out.finish();
                 });
  });
}
