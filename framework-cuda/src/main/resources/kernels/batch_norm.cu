// What cuDNN's batch normalisation has not: given statistics, gradients of which only some are wanted, and very many
// images. Tensors are [outer, channels, inner]; gamma, shift and outputs that are not wanted are null.

// y = gamma * (x - mean) / sqrt(var + eps) + shift; saveInvStd = 1 / sqrt(var + eps).
extern "C" __global__ void batch_norm_infer(const float* x, const float* gamma, const float* shift, const float* mean,
                                            const float* var, float eps, float* y, float* saveInvStd, Index n,
                                            int channels, int inner) {
  for (Index i = first(); i < n; i += stride()) {
    Index row = i / inner;
    int c = (int)(row % channels);
    float invStd = 1.0f / sqrtf(var[c] + eps);
    float normal = (x[i] - mean[c]) * invStd;
    y[i] = (gamma ? gamma[c] * normal : normal) + (shift ? shift[c] : 0.0f);
    if (saveInvStd && row < channels && i % inner == 0) saveInvStd[c] = invStd;
  }
}

// What a running statistic becomes; one that is overwritten is not read.
__device__ inline float run_on(float value, float momentum, const float* running, int c) {
  return momentum == 1.0f ? value : momentum * value + (1.0f - momentum) * running[c];
}

// One block for each channel: its mean and 1 / sqrt(variance + eps), by two passes; the running variance is the unbiased
// one. The order of the sums depends on nothing but the extents.
extern "C" __global__ void __launch_bounds__(BLOCK)
    batch_norm_statistics(const float* x, float eps, float momentum, float* runningMean, float* runningVar,
                          float* saveMean, float* saveInvStd, int outer, int channels, int inner) {
  __shared__ float part[BLOCK];
  int c = blockIdx.x;
  Index count = (Index)outer * inner;
  float sum = 0.0f, squares = 0.0f, rest = 0.0f;
  for (Index i = threadIdx.x; i < count; i += blockDim.x) sum += x[(i / inner * channels + c) * inner + i % inner];
  float mean = block_sum(sum, part) / count;
  for (Index i = threadIdx.x; i < count; i += blockDim.x) {
    float d = x[(i / inner * channels + c) * inner + i % inner] - mean;
    squares += d * d;
    rest += d;
  }
  // The mean was rounded, and so the rest is not quite 0.
  squares = block_sum(squares, part);
  rest = block_sum(rest, part);
  squares -= rest * rest / count;
  if (threadIdx.x == 0) {
    saveMean[c] = mean;
    saveInvStd[c] = 1.0f / sqrtf(squares / count + eps);
    if (runningMean) runningMean[c] = run_on(mean, momentum, runningMean, c);
    if (runningVar) runningVar[c] = run_on(squares / (count > 1 ? count - 1 : 1), momentum, runningVar, c);
  }
}

// y = gamma * (x - mean) * invStd + shift.
extern "C" __global__ void batch_norm_normalize(const float* x, const float* gamma, const float* shift,
                                                const float* mean, const float* invStd, float* y, Index n,
                                                int channels, int inner) {
  for (Index i = first(); i < n; i += stride()) {
    int c = (int)(i / inner % channels);
    float normal = (x[i] - mean[c]) * invStd[c];
    y[i] = (gamma ? gamma[c] * normal : normal) + (shift ? shift[c] : 0.0f);
  }
}

// One block for each channel: dGamma = the sum of dy * (x - mean) * invStd, + betaGamma * dGamma; dShift = the sum of
// dy, + betaShift * dShift. The order of the sums depends on nothing but the extents.
extern "C" __global__ void __launch_bounds__(BLOCK)
    batch_norm_sums(const float* x, const float* dy, const float* mean, const float* invStd, float betaGamma,
                    float* dGamma, float betaShift, float* dShift, int outer, int channels, int inner) {
  __shared__ float part[BLOCK];
  int c = blockIdx.x;
  Index count = (Index)outer * inner;
  float sumGamma = 0.0f, sumShift = 0.0f;
  for (Index i = threadIdx.x; i < count; i += blockDim.x) {
    Index at = (i / inner * channels + c) * inner + i % inner;
    float d = dy[at];
    sumShift += d;
    if (dGamma) sumGamma += d * (x[at] - mean[c]) * invStd[c];
  }
  sumGamma = block_sum(sumGamma, part);
  sumShift = block_sum(sumShift, part);
  if (threadIdx.x == 0) {
    if (dGamma) dGamma[c] = accumulate(sumGamma, betaGamma, dGamma, c);
    if (dShift) dShift[c] = accumulate(sumShift, betaShift, dShift, c);
  }
}

// dx = gamma * invStd * dy, + beta * dx: mean and variance do not depend on x.
extern "C" __global__ void batch_norm_input_gradient(const float* dy, const float* gamma, const float* invStd,
                                                     float beta, float* dx, Index n, int channels, int inner) {
  for (Index i = first(); i < n; i += stride()) {
    int c = (int)(i / inner % channels);
    float d = dy[i] * invStd[c];
    if (gamma) d *= gamma[c];
    dx[i] = accumulate(d, beta, dx, i);
  }
}

// dx = gamma * invStd * (dy - (the sum of dy + normal * the sum of dy * normal) / count), + beta * dx: mean and variance
// are the batch's own.
extern "C" __global__ void batch_norm_batch_gradient(const float* x, const float* dy, const float* gamma,
                                                     const float* mean, const float* invStd, const float* gammaSum,
                                                     const float* shiftSum, float perCount, float beta, float* dx,
                                                     Index n, int channels, int inner) {
  for (Index i = first(); i < n; i += stride()) {
    int c = (int)(i / inner % channels);
    float normal = (x[i] - mean[c]) * invStd[c];
    float d = (dy[i] - (shiftSum[c] + normal * gammaSum[c]) * perCount) * invStd[c];
    if (gamma) d *= gamma[c];
    dx[i] = accumulate(d, beta, dx, i);
  }
}

// Hands on the parameters' gradients that are in scratch memory, each with a beta of its own.
extern "C" __global__ void batch_norm_hand_on(const float* gamma, const float* shift, float betaGamma, float* dGamma,
                                              float betaShift, float* dShift, int channels) {
  for (Index c = first(); c < channels; c += stride()) {
    if (dGamma) dGamma[c] = accumulate(gamma[c], betaGamma, dGamma, c);
    if (dShift) dShift[c] = accumulate(shift[c], betaShift, dShift, c);
  }
}
