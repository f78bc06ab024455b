#include "math/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace math {
namespace {

struct Window {
  Spatial from, to;
  float divisor;
};

Window windowAt(const PoolShape& s, int64_t d, int64_t h, int64_t w) {
  Spatial at = {d, h, w};
  Window r;
  int64_t live = 1;
  for (int i = 0; i < 3; i++) {
    int64_t start = at[i] * s.stride[i] - s.pad[i];
    r.from[i] = std::max<int64_t>(0, start);
    r.to[i] = std::min(s.in[i], start + s.window[i]);
    live *= std::max<int64_t>(0, r.to[i] - r.from[i]);
  }
  r.divisor = float(s.countPadding ? product(s.window) : std::max<int64_t>(1, live));
  return r;
}

template <typename Visit>
void forEachInput(const PoolShape& s, const Window& r, Visit visit) {
  for (int64_t z = r.from[0]; z < r.to[0]; z++)
    for (int64_t y = r.from[1]; y < r.to[1]; y++)
      for (int64_t x = r.from[2]; x < r.to[2]; x++) visit((z * s.in[1] + y) * s.in[2] + x);
}

int64_t argMax(const PoolShape& s, const Window& r, const float* x) {
  int64_t best = -1;
  forEachInput(s, r, [&](int64_t i) {
    if (best < 0) best = i;
    else if (std::isnan(x[best])) best = s.propagateNan ? best : i;
    else if (x[i] > x[best] || (s.propagateNan && std::isnan(x[i]))) best = i;
  });
  return best;
}

int64_t firstEqual(const PoolShape& s, const Window& r, const float* x, float y) {
  int64_t found = -1;
  forEachInput(s, r, [&](int64_t i) {
    if (found < 0 && (x[i] == y || (std::isnan(x[i]) && std::isnan(y)))) found = i;
  });
  return found;
}

template <typename Visit>
void forEachOutput(const PoolShape& s, Visit visit) {
  int64_t o = 0;
  for (int64_t d = 0; d < s.out[0]; d++)
    for (int64_t h = 0; h < s.out[1]; h++)
      for (int64_t w = 0; w < s.out[2]; w++, o++) visit(o, windowAt(s, d, h, w));
}

}  // namespace

void poolForward(const PoolShape& s, const float* x, float* y) {
  int64_t inSize = product(s.in), outSize = product(s.out);
  forEachOutput(s, [&](int64_t o, const Window& r) {
    for (int64_t p = 0; p < s.planes; p++) {
      const float* in = x + p * inSize;
      if (s.average) {
        float sum = 0;
        forEachInput(s, r, [&](int64_t i) { sum += in[i]; });
        y[p * outSize + o] = sum / r.divisor;
      } else {
        int64_t best = argMax(s, r, in);
        y[p * outSize + o] = best < 0 ? -std::numeric_limits<float>::infinity() : in[best];
      }
    }
  });
}

void poolBackward(const PoolShape& s, const float* x, const float* y, const float* dy, float* dx) {
  int64_t inSize = product(s.in), outSize = product(s.out);
  std::fill_n(dx, s.planes * inSize, 0.0f);
  forEachOutput(s, [&](int64_t o, const Window& r) {
    for (int64_t p = 0; p < s.planes; p++) {
      float g = dy[p * outSize + o];
      if (s.average) {
        forEachInput(s, r, [&](int64_t i) { dx[p * inSize + i] += g / r.divisor; });
      } else {
        int64_t chosen = firstEqual(s, r, x + p * inSize, y[p * outSize + o]);
        if (chosen >= 0) dx[p * inSize + chosen] += g;
      }
    }
  });
}

}  // namespace math
