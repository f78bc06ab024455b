// Pooling of dense float planes, for the emulated cuDNN.
#pragma once

#include "math/conv.h"

namespace math {

struct PoolShape {
  int64_t planes;  // images times channels
  Spatial in, window, out, pad, stride;
  bool average, countPadding, propagateNan;
};

void poolForward(const PoolShape& s, const float* x, float* y);

// dx is overwritten. Of several equal maxima the first one gets the gradient.
void poolBackward(const PoolShape& s, const float* x, const float* dy, float* dx);

}  // namespace math
