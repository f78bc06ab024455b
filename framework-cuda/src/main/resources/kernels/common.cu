// Put in front of every kernel file, behind the enumerations that are made from Java's.

typedef long long Index;

// The element of this thread, and how far it is to its next one: all kernels walk in strides of the grid.
__device__ inline Index first() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline Index stride() { return (Index)gridDim.x * blockDim.x; }

// What was there counts only where beta does not say that it is to be overwritten, NaN and all.
__device__ inline float accumulate(float value, float beta, const float* old, Index i) {
  return beta == 0.0f ? value : value + beta * old[i];
}

__device__ inline float activate(int kind, float a, float b, float x) {
  switch (kind) {
    case UNARY_IDENTITY: return x;
    case UNARY_AFFINE: return a * x + b;
    case UNARY_EXP: return expf(x);
    case UNARY_LOG: return logf(x);
    case UNARY_SQRT: return sqrtf(x);
    case UNARY_ABS: return fabsf(x);
    case UNARY_SQUARE: return x * x;
    case UNARY_RECIPROCAL: return 1.0f / x;
    case UNARY_POW: return powf(x, a);
    case UNARY_CLAMP: {  // comparisons, because fminf and fmaxf lose NaN
      float low = x < a ? a : x;
      return low > b ? b : low;
    }
    case UNARY_RELU: return x > 0.0f || x != x ? x : 0.0f;
    case UNARY_LEAKY_RELU: return x > 0.0f ? x : a * x;
    case UNARY_SIGMOID: return 1.0f / (1.0f + expf(-x));
    case UNARY_TANH: return tanhf(x);
    case UNARY_SCALED_TANH: return a * tanhf(b * x);
  }
  return NAN;
}

// The sum over a block of a power of two of threads, for every thread; in an order that is always the same.
template <class T>
__device__ inline T block_sum(T value, T* part) {
  int t = threadIdx.x;
  part[t] = value;
  __syncthreads();
  for (int k = blockDim.x / 2; k > 0; k >>= 1) {
    if (t < k) part[t] += part[t + k];
    __syncthreads();
  }
  T sum = part[0];
  __syncthreads();  // part may be used again
  return sum;
}
