// Local response normalisation across the channels of [outer, channels, inner], for what cuDNN has not: windows that are
// even (PyTorch's lean back, cuDNN's ahead) or large, and factors below its limits.

// The sum over a window of channels of what is at one place: of squares, or of the numbers themselves.
__device__ inline float window(const float* x, bool squares, Index i, int channels, Index inner, int behind, int ahead) {
  int c = (int)(i / inner % channels);
  int from = c < behind ? -c : -behind;
  int to = channels - 1 - c < ahead ? channels - 1 - c : ahead;
  float sum = 0.0f;
  for (int d = from; d <= to; d++) {
    float v = x[i + d * inner];
    sum += squares ? v * v : v;
  }
  return sum;
}

extern "C" __global__ void lrn_forward(const float* x, float* y, Index n, int channels, Index inner, int behind,
                                       int ahead, float factor, float exponent, float k) {
  for (Index i = first(); i < n; i += stride()) {
    float base = k + factor * window(x, true, i, channels, inner, behind, ahead);
    y[i] = x[i] * powf(base, -exponent);
  }
}

// How much each output changes with its base, but for a factor.
extern "C" __global__ void lrn_ratios(const float* x, const float* y, const float* dy, float* ratios, Index n,
                                      int channels, Index inner, int behind, int ahead, float factor, float k) {
  for (Index i = first(); i < n; i += stride()) {
    float base = k + factor * window(x, true, i, channels, inner, behind, ahead);
    ratios[i] = dy[i] * y[i] / base;
  }
}

// A channel is in the windows of those that have it behind or ahead of them: the window turned round.
extern "C" __global__ void lrn_gradient(const float* x, const float* dy, const float* ratios, float beta, float* dx,
                                        Index n, int channels, Index inner, int behind, int ahead, float factor,
                                        float exponent, float k) {
  for (Index i = first(); i < n; i += stride()) {
    float base = k + factor * window(x, true, i, channels, inner, behind, ahead);
    float others = window(ratios, false, i, channels, inner, ahead, behind);
    dx[i] = accumulate(dy[i] * powf(base, -exponent) - 2.0f * factor * exponent * x[i] * others, beta, dx, i);
  }
}
