#include "cudnn/dropout.h"

#include <cstring>

#include "cudnn/dense.h"

namespace dnn {
namespace {

// What the states on the device begin with.
struct States {
  uint64_t magic, seed, drawn;
};

constexpr uint64_t kMagic = 0x64726f706f757421ull;

uint64_t mixed(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

size_t reserveBytes(const Tensor& x) { return size_t((x.count() + 7) / 8 + 15) / 16 * 16; }

void set(const Call& call, Dropout& d, float rate, void* states, size_t bytes, unsigned long long seed) {
  call.require(rate >= 0 && rate <= 1, kBadParam, "bad-dropout", "the rate is %g", double(rate));
  call.require(states == nullptr || bytes >= kStatesBytes, kSizeInsufficient, "workspace-too-small",
               "%zu bytes of states given, %zu needed", bytes, kStatesBytes);
  d = {true, rate, states, bytes, seed};
}

}  // namespace

void drawMask(const char* function, const Dropout& d, int64_t n, uint8_t* bits) {
  States s;
  std::memcpy(&s, d.states, sizeof s);
  if (s.magic != kMagic) {
    emu::error_async(719, function, "uninitialised-states",
                     "the dropout states were never set by cudnnSetDropoutDescriptor");
    return;
  }
  std::memset(bits, 0, size_t((n + 7) / 8));
  for (int64_t i = 0; i < n; i++) {
    double uniform = double(mixed(s.seed + 0x9e3779b97f4a7c15ull * (s.drawn + uint64_t(i) + 1)) >> 11) * 0x1p-53;
    if (uniform >= d.rate) bits[i / 8] = uint8_t(bits[i / 8] | 1u << (i % 8));
  }
  s.drawn += uint64_t(n);
  std::memcpy(d.states, &s, sizeof s);
}

}  // namespace dnn

using namespace dnn;

CUDNN_API int cudnnCreateDropoutDescriptor(void** d) { return create<Dropout>("cudnnCreateDropoutDescriptor", d); }
CUDNN_API int cudnnDestroyDropoutDescriptor(void* d) { return destroy<Dropout>("cudnnDestroyDropoutDescriptor", d); }

CUDNN_API int cudnnDropoutGetStatesSize(void* handle, size_t* size) {
  return run("cudnnDropoutGetStatesSize", handle, [&](Call& call, Handle&) {
    call.notNull(size, "sizeInBytes");
    *size = kStatesBytes;
  });
}

CUDNN_API int cudnnDropoutGetReserveSpaceSize(void* xDesc, size_t* size) {
  return describe("cudnnDropoutGetReserveSpaceSize", [&](Call& call) {
    call.notNull(size, "sizeInBytes");
    *size = reserveBytes(call.descriptor<Tensor>(xDesc, "xdesc"));
  });
}

CUDNN_API int cudnnSetDropoutDescriptor(void* d, void* handle, float rate, void* states, size_t bytes,
                                        unsigned long long seed) {
  return run("cudnnSetDropoutDescriptor", handle, [&](Call& call, Handle& h) {
    Dropout& value = call.object<Dropout>(d);
    set(call, value, rate, states, bytes, seed);
    if (states == nullptr) return;  // a rate without states, for inference
    call.enqueue(h, "cudnn_dropout_init", {statesRange(value)}, 0, false, [=] {
      States s = {kMagic, seed, 0};
      std::memset(states, 0, kStatesBytes);
      std::memcpy(states, &s, sizeof s);
    });
  });
}

CUDNN_API int cudnnRestoreDropoutDescriptor(void* d, void* handle, float rate, void* states, size_t bytes,
                                            unsigned long long seed) {
  return run("cudnnRestoreDropoutDescriptor", handle, [&](Call& call, Handle&) {
    Dropout& value = call.object<Dropout>(d);
    call.notNull(states, "states");
    set(call, value, rate, states, bytes, seed);
    call.reported(emu::device_range(call.function, statesRange(value)), kBadParam);
  });
}

CUDNN_API int cudnnGetDropoutDescriptor(void* d, void* handle, float* rate, void** states, unsigned long long* seed) {
  return run("cudnnGetDropoutDescriptor", handle, [&](Call& call, Handle&) {
    Dropout value = call.descriptor<Dropout>(d, "dropoutDesc");
    store(rate, value.rate);
    store(states, value.states);
    store(seed, value.seed);
  });
}

CUDNN_API int cudnnDropoutForward(void* handle, void* d, void* xDesc, const void* x, void* yDesc, void* y,
                                  void* reserve, size_t reserveSize) {
  return run("cudnnDropoutForward", handle, [&](Call& call, Handle& h) {
    Dropout value = call.descriptor<Dropout>(d, "dropoutDesc");
    Tensor xt = call.descriptor<Tensor>(xDesc, "xdesc"), yt = call.descriptor<Tensor>(yDesc, "ydesc");
    call.floating(xt, "x");
    call.sameDims(xt, "x", yt, "y");
    call.sameType(xt, "x", yt, "y");
    call.notNull(value.states, "the descriptor's states");
    size_t needed = reserveBytes(xt);
    call.workspace(reserve, reserveSize, needed);
    const char* function = call.function;
    call.enqueue(h, "cudnn_dropout_forward",
                 {reads(xt, x, "x"), writes(yt, y, "y"), emu::writes(reserve, needed, "reserveSpace", 1),
                  statesRange(value)},
                 uint64_t(xt.count()), true, [=] {
                   uint8_t* bits = static_cast<uint8_t*>(reserve);
                   drawMask(function, value, xt.count(), bits);
                   Input in(xt, x);
                   Output out(yt, y, 1, 0);
                   float scale = value.rate < 1 ? 1 / (1 - value.rate) : 0;
                   for (int64_t i = 0; i < xt.count(); i++) out[i] = kept(bits, i) ? in[i] * scale : 0;
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnDropoutBackward(void* handle, void* d, void* dyDesc, const void* dy, void* dxDesc, void* dx,
                                   void* reserve, size_t reserveSize) {
  return run("cudnnDropoutBackward", handle, [&](Call& call, Handle& h) {
    Dropout value = call.descriptor<Dropout>(d, "dropoutDesc");
    Tensor dyt = call.descriptor<Tensor>(dyDesc, "dydesc"), dxt = call.descriptor<Tensor>(dxDesc, "dxdesc");
    call.floating(dyt, "dy");
    call.sameDims(dyt, "dy", dxt, "dx");
    call.sameType(dyt, "dy", dxt, "dx");
    size_t needed = reserveBytes(dyt);
    call.workspace(reserve, reserveSize, needed);
    call.enqueue(h, "cudnn_dropout_backward",
                 {reads(dyt, dy, "dy"), writes(dxt, dx, "dx"), emu::reads(reserve, needed, "reserveSpace", 1)},
                 uint64_t(dyt.count()), true, [=] {
                   const uint8_t* bits = static_cast<const uint8_t*>(reserve);
                   Input in(dyt, dy);
                   Output out(dxt, dx, 1, 0);
                   float scale = value.rate < 1 ? 1 / (1 - value.rate) : 0;
                   for (int64_t i = 0; i < dyt.count(); i++) out[i] = kept(bits, i) ? in[i] * scale : 0;
                   out.finish();
                 });
  });
}
