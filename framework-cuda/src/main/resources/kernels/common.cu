// Put in front of every kernel file, behind the enumerations that are made from Java's.

typedef long long Index;

// The element of this thread, and how far it is to its next one: all kernels walk in strides of the grid.
__device__ inline Index first() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline Index stride() { return (Index)gridDim.x * blockDim.x; }

// What was there counts only where beta does not say that it is to be overwritten, NaN and all.
__device__ inline float accumulate(float value, float beta, const float* old, Index i) {
  return beta == 0.0f ? value : value + beta * old[i];
}

// Whether four elements at a time can be read and written there; null can.
__device__ inline bool aligned(const float* p) { return ((unsigned long long)p & 15) == 0; }

// Four elements; of null they are 0.
__device__ inline float4 four(const float* p, Index i) {
  return p ? ((const float4*)p)[i] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
}

// out = f(a, b, c) + beta * out for each of n elements; operands may be null, and out may be one of them. Four elements
// at a time where all of them lie so that it is possible.
template <class F>
__device__ inline void map(Index n, const float* a, const float* b, const float* c, float beta, float* out, F f) {
  Index done = 0;
  if (aligned(a) && aligned(b) && aligned(c) && aligned(out)) {
    done = n / 4 * 4;
    for (Index i = first(); i < n / 4; i += stride()) {
      float4 p = four(a, i), q = four(b, i), r = four(c, i);
      float4 v = make_float4(f(p.x, q.x, r.x), f(p.y, q.y, r.y), f(p.z, q.z, r.z), f(p.w, q.w, r.w));
      if (beta != 0.0f) {
        float4 old = four(out, i);
        v = make_float4(v.x + beta * old.x, v.y + beta * old.y, v.z + beta * old.z, v.w + beta * old.w);
      }
      ((float4*)out)[i] = v;
    }
  }
  for (Index i = done + first(); i < n; i += stride())
    out[i] = accumulate(f(a ? a[i] : 0.0f, b ? b[i] : 0.0f, c ? c[i] : 0.0f), beta, out, i);
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
    case UNARY_ERF: return erff(x);
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

// Rows are walked by groups of threads: one thread, a warp, or a block.
template <int GROUP>
__device__ inline Index first_row() {
  return GROUP == BLOCK ? (Index)blockIdx.x : first() / GROUP;
}

template <int GROUP>
__device__ inline Index row_stride() {
  return GROUP == BLOCK ? (Index)gridDim.x : stride() / GROUP;
}

// What f makes of the values of a group, for each thread of it, in an order that is always the same. f does not mind
// which of two values comes first; part has room for a value of each warp.
template <int GROUP, class T, class F>
__device__ inline T combined(T value, T* part, F f) {
  if (GROUP >= 32)
    for (int k = 16; k > 0; k >>= 1) value = f(value, __shfl_xor_sync(0xffffffffu, value, k));
  if (GROUP == BLOCK) {
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = value;
    __syncthreads();
    value = part[0];
    for (int warp = 1; warp < BLOCK / 32; warp++) value = f(value, part[warp]);
    __syncthreads();  // part may be used again
  }
  return value;
}
