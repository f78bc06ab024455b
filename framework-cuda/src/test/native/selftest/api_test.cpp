// cuDNN's layouts and types for convolutions, and what its recurrent layers refuse.
#include "device.h"
#include "math/numbers.h"

extern "C" {
int cudnnCreateFilterDescriptor(void**);
int cudnnSetFilterNdDescriptor(void*, int, int, int, const int*);
int cudnnDestroyFilterDescriptor(void*);
int cudnnCreateConvolutionDescriptor(void**);
int cudnnSetConvolutionNdDescriptor(void*, int, const int*, const int*, const int*, int, int);
int cudnnSetConvolutionMathType(void*, int);
int cudnnDestroyConvolutionDescriptor(void*);
int cudnnConvolutionForward(void*, const void*, void*, const void*, void*, const void*, void*, int, void*, size_t,
                            const void*, void*, void*);
int cudnnCreateRNNDescriptor(void**);
int cudnnSetRNNDescriptor_v8(void*, int, int, int, int, int, int, int, int, int, int, int, int, void*, unsigned);
int cudnnDestroyRNNDescriptor(void*);
int cudnnCreateRNNDataDescriptor(void**);
int cudnnSetRNNDataDescriptor(void*, int, int, int, int, int, const int*, const void*);
int cudnnDestroyRNNDataDescriptor(void*);
int cudnnGetRNNTempSpaceSizes(void*, void*, int, void*, size_t*, size_t*);
int cudnnGetRNNWeightSpaceSize(void*, void*, size_t*);
int cudnnRNNForward(void*, void*, int, const int*, void*, const void*, void*, void*, void*, const void*, void*, void*,
                    const void*, void*, size_t, const void*, size_t, void*, size_t, void*);
int cudnnRNNBackwardWeights_v8(void*, void*, int, const int*, void*, const void*, void*, const void*, void*,
                               const void*, size_t, void*, size_t, void*, size_t, void*);
int cuCtxSynchronize();
}

namespace {

using device::Array;
using device::Shape;

const float one = 1, zero = 0;

// A convolution of 2 x 4 x 6 x 5 by 3 x 4 x 3 x 3 in one layout and type; the result in the order N, C, H, W.
std::vector<float> convolution(void* dnn, bool channelsLast, int type) {
  int dims[] = {3, 4, 3, 3}, ones[] = {1, 1}, format = channelsLast ? 1 : 0;
  void *w = nullptr, *conv = nullptr;
  OK(cudnnCreateFilterDescriptor(&w));
  OK(cudnnSetFilterNdDescriptor(w, type, format, 4, dims));
  OK(cudnnCreateConvolutionDescriptor(&conv));
  OK(cudnnSetConvolutionNdDescriptor(conv, 2, ones, ones, ones, 1, 0));
  OK(cudnnSetConvolutionMathType(conv, 3));
  // Halves and bfloat16 of few bits are exact.
  auto arranged = [&](int n, int c, int plane, unsigned seed) {
    std::vector<float> v = check::randoms(size_t(n * c * plane), seed);
    for (float& x : v) x = std::round(x * 8) / 8;
    std::vector<float> out(v.size());
    for (int i = 0; i < int(v.size()); i++) {
      int p = i % plane, channel = i / plane % c, image = i / plane / c;
      out[channelsLast ? (image * plane + p) * c + channel : i] = v[i];
    }
    return out;
  };
  auto bits = [&](const std::vector<float>& v) {
    std::vector<uint16_t> out;
    for (float x : v) out.push_back(type == 2 ? math::floatToHalf(x) : math::floatToBf16(x));
    return out;
  };
  std::vector<float> x = arranged(2, 4, 30, 1), weights = arranged(3, 4, 9, 2), y;
  Shape xd({2, 4, 6, 5}, channelsLast, type), yd({2, 3, 6, 5}, channelsLast, type);
  auto go = [&](const Array& dx, const Array& dw, const Array& dy) {
    OK(cudnnConvolutionForward(dnn, &one, xd.get(), dx.get(), w, dw.get(), conv, 0, nullptr, 0, &zero, yd.get(),
                               dy.get()));
  };
  if (type == 0) {
    Array dx(x), dw(weights), dy(180 * 4);
    go(dx, dw, dy);
    y = dy.read();
  } else {
    Array dx(bits(x)), dw(bits(weights)), dy(180 * 2);
    go(dx, dw, dy);
    for (uint16_t h : dy.read<uint16_t>()) y.push_back(type == 2 ? math::halfToFloat(h) : math::bf16ToFloat(h));
  }
  OK(cudnnDestroyFilterDescriptor(w));
  OK(cudnnDestroyConvolutionDescriptor(conv));
  std::vector<float> ordered(180);
  for (int i = 0; i < 180; i++) {
    int p = i % 30, channel = i / 30 % 3, image = i / 90;
    ordered[i] = y[channelsLast ? (image * 30 + p) * 3 + channel : i];
  }
  return ordered;
}

struct Recurrent {
  void *rnn = nullptr, *x = nullptr, *y = nullptr;
  int lengths[2] = {3, 2};
  size_t weights = 0, work = 0, reserve = 0;

  Recurrent(void* dnn, unsigned flags) {
    OK(cudnnCreateRNNDescriptor(&rnn));
    OK(cudnnSetRNNDescriptor_v8(rnn, 0, 3, 2, 0, 0, 0, 0, 3, 4, 5, 5, 1, nullptr, flags));
    OK(cudnnCreateRNNDataDescriptor(&x));
    OK(cudnnCreateRNNDataDescriptor(&y));
    OK(cudnnSetRNNDataDescriptor(x, 0, 0, 3, 2, 4, lengths, nullptr));
    OK(cudnnSetRNNDataDescriptor(y, 0, 0, 3, 2, 5, lengths, nullptr));
    OK(cudnnGetRNNWeightSpaceSize(dnn, rnn, &weights));
    if (flags) OK(cudnnGetRNNTempSpaceSizes(dnn, rnn, 1, x, &work, &reserve));
  }
  ~Recurrent() {
    OK(cudnnDestroyRNNDescriptor(rnn));
    OK(cudnnDestroyRNNDataDescriptor(x));
    OK(cudnnDestroyRNNDataDescriptor(y));
  }
};

// A buffer that outlives the test: see broken().
template <typename T>
Array& leaked(const std::vector<T>& v) {
  return *new Array(v);
}

void recurrentErrors(void* dnn) {
  Recurrent r(dnn, 1), unpadded(dnn, 0);
  device::fails(cudnnGetRNNTempSpaceSizes(dnn, unpadded.rnn, 1, r.x, &r.work, &r.reserve), "wrong-layout",
                "unpacked sequences without padded I/O");
  OK(cudnnGetRNNTempSpaceSizes(dnn, r.rnn, 1, r.x, &r.work, &r.reserve));
  int rising[] = {2, 3};
  device::fails(cudnnSetRNNDataDescriptor(r.x, 0, 1, 3, 2, 4, rising, nullptr), "bad-sequence-length",
                "packed sequences that are not sorted");
  auto &x = leaked(std::vector<float>(24)), &y = leaked(std::vector<float>(30)),
       &weights = leaked(std::vector<float>(r.weights / 4)), &work = leaked(std::vector<float>(r.work / 4)),
       &reserve = leaked(std::vector<float>(r.reserve / 4)), &state = leaked(std::vector<float>(10));
  Shape right({1, 2, 5}), wrong({1, 2, 6});
  auto forward = [&](void* hDesc, size_t workBytes, size_t reserveBytes) {
    return cudnnRNNForward(dnn, r.rnn, 1, nullptr, r.x, x.get(), r.y, y.get(), hDesc, state.get(), nullptr, nullptr,
                           nullptr, nullptr, r.weights, weights.get(), workBytes, work.get(), reserveBytes,
                           reserve.get());
  };
  device::fails(forward(right.get(), r.work - 1, r.reserve), "workspace-too-small", "a short workspace");
  device::fails(forward(right.get(), r.work, r.reserve - 1), "workspace-too-small", "a short reserve space");
  device::fails(forward(wrong.get(), r.work, r.reserve), "shape-mismatch", "a state of another size");
  OK(forward(right.get(), r.work, r.reserve));
  OK(cuCtxSynchronize());
  OK(cudnnRNNBackwardWeights_v8(dnn, r.rnn, 0, nullptr, r.x, x.get(), right.get(), state.get(), r.y, y.get(),
                                r.weights, weights.get(), r.work, work.get(), r.reserve, reserve.get()));
  device::fails(cuCtxSynchronize(), "wrong-reserve-space", "weights before data");
}

void sequenceLengths(void* dnn) {
  Recurrent r(dnn, 1);
  auto &x = leaked(std::vector<float>(24)), &y = leaked(std::vector<float>(30)),
       &weights = leaked(std::vector<float>(r.weights / 4)), &work = leaked(std::vector<float>(r.work / 4)),
       &lengths = leaked(std::vector<int>{3, 3});
  OK(cudnnRNNForward(dnn, r.rnn, 0, static_cast<int*>(lengths.get()), r.x, x.get(), r.y, y.get(), nullptr, nullptr,
                     nullptr, nullptr, nullptr, nullptr, r.weights, weights.get(), r.work, work.get(), 0, nullptr));
  device::fails(cuCtxSynchronize(), "sequence-length-mismatch", "other lengths on the device");
}

// Runs a test whose last error breaks the context, so that its buffers cannot be given back; the emulator forgets them.
template <typename Test>
void broken(Test test) {
  emu_configure("log", 0);
  test((new device::Session())->dnn);
  emu_reset();
}

}  // namespace

int main() {
  {
    device::Session session;
    std::vector<float> expected = convolution(session.dnn, false, 0);
    check::close(convolution(session.dnn, true, 0), expected, 180, 1e-6, "NHWC");
    for (bool channelsLast : {false, true}) {
      check::close(convolution(session.dnn, channelsLast, 2), expected, 180, 2e-3, "half");
      check::close(convolution(session.dnn, channelsLast, 9), expected, 180, 2e-2, "bfloat16");
    }
  }
  broken(recurrentErrors);
  broken(sequenceLengths);
  return check::result("api_test");
}
