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

// dx is overwritten. The gradient of a maximum goes to the first input of its window that equals y, and is lost where
// none does.
void poolBackward(const PoolShape& s, const float* x, const float* y, const float* dy, float* dx);

}  // namespace math
