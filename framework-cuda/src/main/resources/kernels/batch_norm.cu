// What cuDNN's batch normalisation has not: given statistics, and gradients of which only some are wanted. Tensors are
// [outer, channels, inner]; gamma, shift and outputs that are not wanted are null.

#define FOR_EACH(i, count)                                                        \
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; \
       i += (long long)gridDim.x * blockDim.x)

// y = gamma * (x - mean) / sqrt(var + eps) + shift; saveInvStd = 1 / sqrt(var + eps).
extern "C" __global__ void batch_norm_infer(const float* x, const float* gamma, const float* shift, const float* mean,
                                            const float* var, float eps, float* y, float* saveInvStd,
                                            long long count, int channels, int inner) {
  FOR_EACH(i, count) {
    long long row = i / inner;
    int c = (int)(row % channels);
    float invStd = 1.0f / sqrtf(var[c] + eps);
    float normal = (x[i] - mean[c]) * invStd;
    y[i] = (gamma ? gamma[c] * normal : normal) + (shift ? shift[c] : 0.0f);
    if (saveInvStd && row < channels && i % inner == 0) saveInvStd[c] = invStd;
  }
}

// One block of 256 threads for each channel: dGamma = the sum of dy * (x - mean) * invStd, + betaGamma * dGamma;
// dShift = the sum of dy, + betaShift * dShift. The order of the sums depends on nothing but the extents.
extern "C" __global__ void __launch_bounds__(256)
    batch_norm_sums(const float* x, const float* dy, const float* mean, const float* invStd, float betaGamma,
                    float* dGamma, float betaShift, float* dShift, int outer, int channels, int inner) {
  __shared__ float sharedGamma[256];
  __shared__ float sharedShift[256];
  int c = blockIdx.x, t = threadIdx.x;
  long long count = (long long)outer * inner;
  float sumGamma = 0, sumShift = 0;
  for (long long i = t; i < count; i += 256) {
    long long at = (i / inner * channels + c) * inner + i % inner;
    float d = dy[at];
    sumShift += d;
    if (dGamma) sumGamma += d * (x[at] - mean[c]) * invStd[c];
  }
  sharedGamma[t] = sumGamma;
  sharedShift[t] = sumShift;
  __syncthreads();
  for (int half = 128; half > 0; half /= 2) {
    if (t < half) {
      sharedGamma[t] += sharedGamma[t + half];
      sharedShift[t] += sharedShift[t + half];
    }
    __syncthreads();
  }
  if (t == 0) {
    if (dGamma) dGamma[c] = sharedGamma[0] + (betaGamma == 0 ? 0.0f : betaGamma * dGamma[c]);
    if (dShift) dShift[c] = sharedShift[0] + (betaShift == 0 ? 0.0f : betaShift * dShift[c]);
  }
}

// dx = gamma * invStd * dy, + beta * dx: mean and variance do not depend on x.
extern "C" __global__ void batch_norm_input_gradient(const float* dy, const float* gamma, const float* invStd,
                                                     float beta, float* dx, long long count, int channels,
                                                     int inner) {
  FOR_EACH(i, count) {
    int c = (int)(i / inner % channels);
    float d = dy[i] * invStd[c];
    if (gamma) d *= gamma[c];
    dx[i] = beta == 0 ? d : d + beta * dx[i];
  }
}

// Takes over the parameters' gradients that cuDNN wrote together: each = its part of both, + beta * what it was.
extern "C" __global__ void batch_norm_take(const float* gamma, const float* shift, float betaGamma, float* dGamma,
                                           float betaShift, float* dShift, int channels) {
  FOR_EACH(c, channels) {
    if (dGamma) dGamma[c] = gamma[c] + (betaGamma == 0 ? 0.0f : betaGamma * dGamma[c]);
    if (dShift) dShift[c] = shift[c] + (betaShift == 0 ? 0.0f : betaShift * dShift[c]);
  }
}
