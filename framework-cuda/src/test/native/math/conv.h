// Convolution of dense float tensors (N, C, depth, height, width), for the emulated cuDNN.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace math {

using Spatial = std::array<int64_t, 3>;

inline int64_t product(const Spatial& s) { return s[0] * s[1] * s[2]; }

struct ConvShape {
  int64_t images, inChannels, outChannels, groups;
  Spatial in, filter, out, pad, stride, dilation;
  bool flip;  // true convolution: the filter is applied mirrored
  bool tf32;

  int64_t inSize() const { return product(in); }
  int64_t outSize() const { return product(out); }
  int64_t groupIn() const { return inChannels / groups; }
  int64_t groupOut() const { return outChannels / groups; }
  int64_t taps() const { return groupIn() * product(filter); }
  int64_t flops() const { return 2 * images * outChannels * outSize() * taps(); }
};

// y = conv(x, w); y is overwritten.
void convForward(const ConvShape& s, const float* x, const float* w, float* y);

// dx = gradient of the input; dx is overwritten. The order says in which sequence groups of output channels are
// added up (null: ascending), so that an algorithm without a fixed order of summation can be imitated.
void convBackwardData(const ConvShape& s, const float* w, const float* dy, float* dx,
                      const std::vector<int64_t>* order);

// dw = gradient of the filter; dw is overwritten. The order is that in which the images are added up.
void convBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw,
                        const std::vector<int64_t>* order);

}  // namespace math
