// Pooling: descriptors, forward, backward.
#include "math/pool.h"

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kMax = 0, kAverageWithPadding = 1, kAverageWithoutPadding = 2, kMaxDeterministic = 3 };

struct Pooling {
  static constexpr const char* kKind = "cudnn pooling descriptor";
  bool filled = false;
  int mode = 0, nan = 0, spatial = 0;
  std::array<int64_t, 3> window{}, pad{}, stride{};
};

void set(const Call& call, void* d, int mode, int nan, int spatial, const int* window, const int* pad,
         const int* stride) {
  Pooling& p = call.object<Pooling>(d);
  call.require(mode >= 0 && mode <= 3, kBadParam, "unknown-enum-value", "%d is no cudnnPoolingMode_t", mode);
  call.require(nan == 0 || nan == 1, kBadParam, "unknown-enum-value", "%d is no cudnnNanPropagation_t", nan);
  call.require(spatial == 2 || spatial == 3, kNotSupported, "unsupported-rank", "%d spatial axes", spatial);
  for (int i = 0; i < spatial; i++) {
    call.require(window[i] > 0 && pad[i] >= 0 && stride[i] > 0, kBadParam, "bad-pooling",
                 "axis %d: window %d, padding %d, stride %d", i, window[i], pad[i], stride[i]);
    call.require(pad[i] < window[i], kBadParam, "bad-pooling", "axis %d: the padding %d is not below the window %d", i,
                 pad[i], window[i]);
    p.window[i] = window[i];
    p.pad[i] = pad[i];
    p.stride[i] = stride[i];
  }
  p.mode = mode;
  p.nan = nan;
  p.spatial = spatial;
  p.filled = true;
}

std::vector<int64_t> outputDims(const Call& call, const Pooling& p, const Tensor& x) {
  call.require(x.rank == p.spatial + 2, kShapeMismatch, "rank-mismatch", "%d spatial axes, x is %s", p.spatial,
               x.text().c_str());
  std::vector<int64_t> dims = {x.dims[0], x.dims[1]};
  for (int i = 0; i < p.spatial; i++) {
    int64_t room = x.dims[i + 2] + 2 * p.pad[i] - p.window[i];
    call.require(room >= 0, kBadParam, "window-larger-than-input", "axis %d: x is %s, the window %lld", i,
                 x.text().c_str(), (long long)p.window[i]);
    dims.push_back(room / p.stride[i] + 1);
  }
  return dims;
}

math::PoolShape shapeOf(const Call& call, const Pooling& p, const Tensor& x, const Tensor& y) {
  std::vector<int64_t> dims = outputDims(call, p, x);
  call.floating(x, "x");
  call.sameType(x, "x", y, "y");
  call.require(y.rank == x.rank && std::equal(dims.begin(), dims.end(), y.dims.begin()), kShapeMismatch,
               "shape-mismatch", "this pooling of x %s does not give y %s", x.text().c_str(), y.text().c_str());
  math::PoolShape s;
  s.planes = x.dims[0] * x.dims[1];
  s.in = s.window = s.out = s.stride = {1, 1, 1};
  s.pad = {0, 0, 0};
  for (int i = 0, at = 3 - p.spatial; i < p.spatial; i++, at++) {
    s.in[at] = x.dims[i + 2];
    s.out[at] = y.dims[i + 2];
    s.window[at] = p.window[i];
    s.pad[at] = p.pad[i];
    s.stride[at] = p.stride[i];
  }
  s.average = p.mode == kAverageWithPadding || p.mode == kAverageWithoutPadding;
  s.countPadding = p.mode == kAverageWithPadding;
  s.propagateNan = p.nan == 1;
  return s;
}

uint64_t flops(const math::PoolShape& s) { return uint64_t(s.planes * math::product(s.out) * math::product(s.window)); }

}  // namespace

CUDNN_API int cudnnCreatePoolingDescriptor(void** d) { return create<Pooling>("cudnnCreatePoolingDescriptor", d); }
CUDNN_API int cudnnDestroyPoolingDescriptor(void* d) { return destroy<Pooling>("cudnnDestroyPoolingDescriptor", d); }

CUDNN_API int cudnnSetPooling2dDescriptor(void* d, int mode, int nan, int windowH, int windowW, int padH, int padW,
                                          int strideH, int strideW) {
  return describe("cudnnSetPooling2dDescriptor", [&](Call& call) {
    int window[] = {windowH, windowW}, pad[] = {padH, padW}, stride[] = {strideH, strideW};
    set(call, d, mode, nan, 2, window, pad, stride);
  });
}

CUDNN_API int cudnnSetPoolingNdDescriptor(void* d, int mode, int nan, int spatial, const int* window, const int* pad,
                                          const int* stride) {
  return describe("cudnnSetPoolingNdDescriptor", [&](Call& call) {
    call.notNull(window, "windowDimA");
    call.notNull(pad, "paddingA");
    call.notNull(stride, "strideA");
    set(call, d, mode, nan, spatial, window, pad, stride);
  });
}

CUDNN_API int cudnnGetPooling2dDescriptor(void* d, int* mode, int* nan, int* windowH, int* windowW, int* padH,
                                          int* padW, int* strideH, int* strideW) {
  return describe("cudnnGetPooling2dDescriptor", [&](Call& call) {
    Pooling p = call.descriptor<Pooling>(d, "poolingDesc");
    store(mode, p.mode);
    store(nan, p.nan);
    store(windowH, int(p.window[0]));
    store(windowW, int(p.window[1]));
    store(padH, int(p.pad[0]));
    store(padW, int(p.pad[1]));
    store(strideH, int(p.stride[0]));
    store(strideW, int(p.stride[1]));
  });
}

CUDNN_API int cudnnGetPooling2dForwardOutputDim(void* d, void* xDesc, int* n, int* c, int* h, int* w) {
  return describe("cudnnGetPooling2dForwardOutputDim", [&](Call& call) {
    std::vector<int64_t> dims =
        outputDims(call, call.descriptor<Pooling>(d, "poolingDesc"), call.descriptor<Tensor>(xDesc, "inputDesc"));
    call.require(dims.size() == 4, kBadParam, "rank-mismatch", "the pooling has %zu axes", dims.size());
    int* out[] = {n, c, h, w};
    for (int i = 0; i < 4; i++) store(out[i], int(dims[i]));
  });
}

CUDNN_API int cudnnGetPoolingNdForwardOutputDim(void* d, void* xDesc, int rank, int* out) {
  return describe("cudnnGetPoolingNdForwardOutputDim", [&](Call& call) {
    std::vector<int64_t> dims =
        outputDims(call, call.descriptor<Pooling>(d, "poolingDesc"), call.descriptor<Tensor>(xDesc, "inputDesc"));
    call.require(rank == int(dims.size()), kBadParam, "rank-mismatch", "the pooling has %zu axes", dims.size());
    call.notNull(out, "outputTensorDimA");
    for (int i = 0; i < rank; i++) out[i] = int(dims[i]);
  });
}

CUDNN_API int cudnnPoolingForward(void* handle, void* d, const void* alphaPointer, void* xDesc, const void* x,
                                  const void* betaPointer, void* yDesc, void* y) {
  return run("cudnnPoolingForward", handle, [&](Call& call, Handle& h) {
    Pooling p = call.descriptor<Pooling>(d, "poolingDesc");
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    math::PoolShape s = shapeOf(call, p, xt, yt);
    call.enqueue(h, "cudnn_pool_forward", {reads(xt, x, "x"), writes(yt, y, "y")}, flops(s), false, [=] {
      Output out(yt, y, alpha, beta);
      math::poolForward(s, Input(xt, x).data(), out.data());
      out.finish();
    });
  });
}

CUDNN_API int cudnnPoolingBackward(void* handle, void* d, const void* alphaPointer, void* yDesc, const void* y,
                                   void* dyDesc, const void* dy, void* xDesc, const void* x, const void* betaPointer,
                                   void* dxDesc, void* dx) {
  return run("cudnnPoolingBackward", handle, [&](Call& call, Handle& h) {
    Pooling p = call.descriptor<Pooling>(d, "poolingDesc");
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc"), dyt = call.descriptor<Tensor>(dyDesc, "dyDesc"),
           xt = call.descriptor<Tensor>(xDesc, "xDesc"), dxt = call.descriptor<Tensor>(dxDesc, "dxDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    math::PoolShape s = shapeOf(call, p, xt, yt);
    call.sameDims(yt, "y", dyt, "dy");
    call.sameDims(xt, "x", dxt, "dx");
    call.sameType(yt, "y", dyt, "dy");
    call.sameType(xt, "x", dxt, "dx");
    call.enqueue(h, "cudnn_pool_backward",
                 {reads(yt, y, "y"), reads(dyt, dy, "dy"), reads(xt, x, "x"), writes(dxt, dx, "dx")}, flops(s), false,
                 [=] {
                   Output out(dxt, dx, alpha, beta);
                   math::poolBackward(s, Input(xt, x).data(), Input(yt, y).data(), Input(dyt, dy).data(), out.data());
                   out.finish();
                 });
  });
}
