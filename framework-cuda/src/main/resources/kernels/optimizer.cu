// Steps of optimizers in place, over all parameters at once. What changes from step to step is in device memory.

extern "C" __global__ void sgd(Index n, const float* hyper, float momentum, float one_less_dampening,
                               float decay, int nesterov, float* param, const float* grad,
                               float* buffer) {
  float lr = hyper[SGD_LR];
  bool initial = hyper[SGD_FIRST] == 1.0f;
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

extern "C" __global__ void adam(Index n, const float* hyper, float beta1, float one_less_beta1,
                                float beta2, float one_less_beta2, float eps, float decay,
                                int decoupled, float* param, const float* grad, float* m,
                                float* v) {
  float step_size = hyper[ADAM_STEP_SIZE];
  float inv_sqrt_correction2 = hyper[ADAM_INV_SQRT_CORRECTION2];
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
