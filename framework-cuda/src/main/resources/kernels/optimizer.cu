// Steps of optimizers in place, over all parameters at once. What changes from step to step is in device memory.

// Whether an optimizer's step is to change nothing.
__device__ inline bool skipped(const float* flag) { return flag && flag[0] != 0.0f; }

// The number in two words, the low one first.
__device__ inline unsigned long long number(const int* counter) {
  return (unsigned long long)(unsigned)counter[1] << 32 | (unsigned)counter[0];
}

// One thread: adds 1 to a number.
extern "C" __global__ void advance(int* counter, const float* skip) {
  if (threadIdx.x > 0 || skipped(skip)) return;
  unsigned long long next = number(counter) + 1;
  counter[0] = (int)(unsigned)next;
  counter[1] = (int)(unsigned)(next >> 32);
}

extern "C" __global__ void sgd(Index n, const float* hyper, const int* step, const float* skip,
                               float momentum, float one_less_dampening, float decay, int nesterov,
                               float* param, const float* grad, float* buffer) {
  if (skipped(skip)) return;
  float lr = hyper[SGD_LR];
  bool initial = step && number(step) == 1;
  for (Index i = first(); i < n; i += stride()) {
    float p = param[i];
    float g = grad[i] + decay * p;
    if (buffer) {
      // The first step does not look at the buffer, which may hold anything.
      float direction = initial ? g : momentum * buffer[i] + one_less_dampening * g;
      buffer[i] = direction;
      g = nesterov ? g + momentum * direction : direction;
    }
    param[i] = p - lr * g;
  }
}

// One thread: what a step's number makes of the learning rate and of the second moment.
extern "C" __global__ void adam_scales(const float* hyper, const int* step, double beta1, double beta2,
                                       float* scales) {
  if (threadIdx.x > 0) return;
  double t = (double)number(step);
  scales[0] = (float)((double)hyper[ADAM_LR] / (1.0 - pow(beta1, t)));
  scales[1] = (float)(1.0 / sqrt(1.0 - pow(beta2, t)));
}

extern "C" __global__ void adam(Index n, const float* hyper, const float* scales, const float* skip,
                                float beta1, float one_less_beta1, float beta2,
                                float one_less_beta2, float eps, float decay, int decoupled,
                                float* param, const float* grad, float* m, float* v) {
  if (skipped(skip)) return;
  float step_size = scales[0];
  float inv_sqrt_correction2 = scales[1];
  float decay_factor = hyper[ADAM_DECAY_FACTOR];
  for (Index i = first(); i < n; i += stride()) {
    float p = param[i];
    float g = grad[i];
    if (decoupled) p *= decay_factor;
    else g += decay * p;
    float m1 = beta1 * m[i] + one_less_beta1 * g;
    float v1 = beta2 * v[i] + one_less_beta2 * g * g;
    m[i] = m1;
    v[i] = v1;
    param[i] = p - step_size * m1 / (sqrtf(v1) * inv_sqrt_correction2 + eps);
  }
}

// In double precision, because the square of a float may be more than a float holds.
extern "C" __global__ void __launch_bounds__(BLOCK) sum_of_squares(
    Index n, const float* x, double* parts) {
  __shared__ double part[BLOCK];
  double sum = 0.0;
  for (Index i = first(); i < n; i += stride()) sum += (double)x[i] * (double)x[i];
  sum = block_sum(sum, part);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

// One block: the norm, and the factor by which to scale.
extern "C" __global__ void __launch_bounds__(BLOCK) clip_factor(
    int parts, const double* squares, float max_norm, float* norm, float* factor) {
  __shared__ double part[BLOCK];
  double sum = 0.0;
  for (int i = threadIdx.x; i < parts; i += blockDim.x) sum += squares[i];
  sum = block_sum(sum, part);
  if (threadIdx.x == 0) {
    double root = sqrt(sum);
    double f = max_norm / (root + 1e-6);
    norm[0] = (float)root;
    factor[0] = f > 1.0 ? 1.0f : (float)f;
  }
}

extern "C" __global__ void scale_by(Index n, const float* factor, float* x) {
  float f = factor[0];
  for (Index i = first(); i < n; i += stride()) x[i] *= f;
}
