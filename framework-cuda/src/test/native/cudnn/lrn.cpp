// Local response normalisation across channels: y = x / (k + alpha / n * sum of x^2 over n channels)^beta.
#include <cmath>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

struct Lrn {
  static constexpr const char* kKind = "cudnn LRN descriptor";
  bool filled = false;
  unsigned n = 5;
  double alpha = 1e-4, beta = 0.75, k = 2;
};

// The channels' window around c: (n - 1) / 2 behind and the rest ahead, so that an even window leans forward.
struct Window {
  int64_t from, to;
  Window(const Lrn& l, int64_t c, int64_t channels) {
    int64_t behind = (int64_t(l.n) - 1) / 2, ahead = int64_t(l.n) - behind - 1;
    from = std::max<int64_t>(0, c - behind);
    to = std::min(channels, c + ahead + 1);
  }
};

void bases(const Lrn& l, const Tensor& t, int64_t image, int64_t at, const float* x, std::vector<double>& out) {
  int64_t channels = t.dims[1], plane = t.count() / t.dims[0] / channels;
  for (int64_t c = 0; c < channels; c++) {
    Window w(l, c, channels);
    double sum = 0;
    for (int64_t i = w.from; i < w.to; i++) {
      double v = x[(image * channels + i) * plane + at];
      sum += v * v;
    }
    out[c] = l.k + l.alpha / l.n * sum;
  }
}

void forward(const Lrn& l, const Tensor& t, const float* x, float* y) {
  int64_t channels = t.dims[1], plane = t.count() / t.dims[0] / channels;
  std::vector<double> base(channels);
  for (int64_t n = 0; n < t.dims[0]; n++)
    for (int64_t p = 0; p < plane; p++) {
      bases(l, t, n, p, x, base);
      for (int64_t c = 0; c < channels; c++) {
        int64_t i = (n * channels + c) * plane + p;
        y[i] = float(x[i] * std::pow(base[c], -l.beta));
      }
    }
}

void backward(const Lrn& l, const Tensor& t, const float* x, const float* y, const float* dy, float* dx) {
  int64_t channels = t.dims[1], plane = t.count() / t.dims[0] / channels;
  std::vector<double> base(channels), ratio(channels);
  for (int64_t n = 0; n < t.dims[0]; n++)
    for (int64_t p = 0; p < plane; p++) {
      bases(l, t, n, p, x, base);
      auto index = [&](int64_t c) { return (n * channels + c) * plane + p; };
      for (int64_t c = 0; c < channels; c++) ratio[c] = double(dy[index(c)]) * y[index(c)] / base[c];
      for (int64_t c = 0; c < channels; c++) {
        // Channel j counts c in its sum where c lies in j's window: the mirrored window of c.
        int64_t behind = (int64_t(l.n) - 1) / 2, ahead = int64_t(l.n) - behind - 1;
        double sum = 0;
        for (int64_t j = std::max<int64_t>(0, c - ahead); j < std::min(channels, c + behind + 1); j++)
          sum += ratio[j];
        int64_t i = index(c);
        dx[i] = float(dy[i] * std::pow(base[c], -l.beta) - 2 * l.alpha * l.beta / l.n * x[i] * sum);
      }
    }
}

Lrn checked(const Call& call, const void* d, int mode, const Tensor& x, const Tensor& y) {
  Lrn l = call.descriptor<Lrn>(d, "normDesc");
  call.require(mode == 0, kBadParam, "unknown-enum-value", "%d is no cudnnLRNMode_t", mode);
  call.floating(x, "x");
  call.sameDims(x, "x", y, "y");
  call.sameType(x, "x", y, "y");
  call.require(x.rank >= 4, kNotSupported, "unsupported-rank", "x is %s", x.text().c_str());
  return l;
}

}  // namespace

CUDNN_API int cudnnCreateLRNDescriptor(void** d) {
  return describe("cudnnCreateLRNDescriptor", [&](Call& call) {
    call.notNull(d, "normDesc");
    // As documented, a new descriptor holds AlexNet's values.
    Lrn* l = new Lrn();
    l->filled = true;
    *d = emu::create_handle(Lrn::kKind, l, false);
  });
}

CUDNN_API int cudnnDestroyLRNDescriptor(void* d) { return destroy<Lrn>("cudnnDestroyLRNDescriptor", d); }

CUDNN_API int cudnnSetLRNDescriptor(void* d, unsigned n, double alpha, double beta, double k) {
  return describe("cudnnSetLRNDescriptor", [&](Call& call) {
    Lrn& l = call.object<Lrn>(d);
    call.require(n >= 1 && n <= 16 && beta >= 0.01 && k >= 1e-5, kBadParam, "bad-normalisation",
                 "n %u (1 to 16), beta %g (at least 0.01), k %g (at least 1e-5)", n, beta, k);
    l = {true, n, alpha, beta, k};
  });
}

CUDNN_API int cudnnGetLRNDescriptor(void* d, unsigned* n, double* alpha, double* beta, double* k) {
  return describe("cudnnGetLRNDescriptor", [&](Call& call) {
    Lrn l = call.descriptor<Lrn>(d, "normDesc");
    store(n, l.n);
    store(alpha, l.alpha);
    store(beta, l.beta);
    store(k, l.k);
  });
}

CUDNN_API int cudnnLRNCrossChannelForward(void* handle, void* d, int mode, const void* alphaPointer, void* xDesc,
                                          const void* x, const void* betaPointer, void* yDesc, void* y) {
  return run("cudnnLRNCrossChannelForward", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    Lrn l = checked(call, d, mode, xt, yt);
    call.enqueue(h, "cudnn_lrn_forward", {reads(xt, x, "x"), writes(yt, y, "y")}, uint64_t(xt.count()) * 2 * l.n,
                 false, [=] {
                   Output out(yt, y, alpha, beta);
                   forward(l, xt, Input(xt, x).data(), out.data());
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnLRNCrossChannelBackward(void* handle, void* d, int mode, const void* alphaPointer, void* yDesc,
                                           const void* y, void* dyDesc, const void* dy, void* xDesc, const void* x,
                                           const void* betaPointer, void* dxDesc, void* dx) {
  return run("cudnnLRNCrossChannelBackward", handle, [&](Call& call, Handle& h) {
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc"), dyt = call.descriptor<Tensor>(dyDesc, "dyDesc"),
           xt = call.descriptor<Tensor>(xDesc, "xDesc"), dxt = call.descriptor<Tensor>(dxDesc, "dxDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    Lrn l = checked(call, d, mode, xt, yt);
    call.sameDims(xt, "x", dyt, "dy");
    call.sameDims(xt, "x", dxt, "dx");
    call.enqueue(h, "cudnn_lrn_backward",
                 {reads(yt, y, "y"), reads(dyt, dy, "dy"), reads(xt, x, "x"), writes(dxt, dx, "dx")},
                 uint64_t(xt.count()) * 4 * l.n, false, [=] {
                   Output out(dxt, dx, alpha, beta);
                   backward(l, xt, Input(xt, x).data(), Input(yt, y).data(), Input(dyt, dy).data(), out.data());
                   out.finish();
                 });
  });
}
