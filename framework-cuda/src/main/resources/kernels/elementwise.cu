// Functions of one and two numbers, copies and permutations.

extern "C" __global__ void unary_forward(
    int kind, float a, float b, Index n, const float* x, float* y) {
  for (Index i = first(); i < n; i += stride()) y[i] = activate(kind, a, b, x[i]);
}

// x and y are null where the derivative does not look at them.
__device__ inline float derivative(
    int kind, float a, float b, const float* x, const float* y, Index i) {
  switch (kind) {
    case UNARY_IDENTITY: return 1.0f;
    case UNARY_AFFINE: return a;
    case UNARY_EXP: return y[i];
    case UNARY_LOG: return 1.0f / x[i];
    case UNARY_SQRT: return 1.0f / (2.0f * y[i]);
    case UNARY_ABS: return x[i] > 0.0f ? 1.0f : x[i] < 0.0f ? -1.0f : x[i];
    case UNARY_SQUARE: return 2.0f * x[i];
    case UNARY_RECIPROCAL: return -y[i] * y[i];
    case UNARY_POW: return a == 0.0f ? 0.0f : a * powf(x[i], a - 1.0f);
    case UNARY_CLAMP: return a <= x[i] && x[i] <= b ? 1.0f : 0.0f;
    case UNARY_RELU: return y[i] > 0.0f ? 1.0f : 0.0f;
    case UNARY_LEAKY_RELU: return (a < 0.0f ? x[i] : y[i]) > 0.0f ? 1.0f : a;
    case UNARY_SIGMOID: return y[i] * (1.0f - y[i]);
    case UNARY_TANH: return 1.0f - y[i] * y[i];
    case UNARY_SCALED_TANH: return b * (a - y[i] * y[i] / a);
  }
  return NAN;
}

extern "C" __global__ void unary_backward(int kind, float a, float b, Index n, const float* x,
                                          const float* y, const float* dy, float beta, float* dx) {
  for (Index i = first(); i < n; i += stride())
    dx[i] = accumulate(dy[i] * derivative(kind, a, b, x, y, i), beta, dx, i);
}

__device__ inline float combine(int op, float a, float b) {
  switch (op) {
    case BINARY_ADD: return a + b;
    case BINARY_SUB: return a - b;
    case BINARY_MUL: return a * b;
    case BINARY_DIV: return a / b;
  }
  return NAN;
}

extern "C" __global__ void binary_flat(
    int op, Index n, const float* a, const float* b, float beta, float* out) {
  for (Index i = first(); i < n; i += stride())
    out[i] = accumulate(combine(op, a[i], b[i]), beta, out, i);
}

// The extents of a result, innermost first, and how far a step along each is in up to two operands.
struct Axes {
  Index rank;
  Index extent[MAX_AXES];
  Index a[MAX_AXES];
  Index b[MAX_AXES];
};

template <class I>
__device__ inline void locate(const Axes& axes, Index i, Index& a, Index& b) {
  I rest = (I)i;
  a = 0;
  b = 0;
  for (int k = 0; k < (int)axes.rank; k++) {
    I extent = (I)axes.extent[k];
    I at = rest % extent;
    rest /= extent;
    a += (Index)at * axes.a[k];
    b += (Index)at * axes.b[k];
  }
}

// Divisions of 32 bits are several times as fast as those of 64.
__device__ inline void locate(const Axes& axes, Index n, Index i, Index& a, Index& b) {
  if (n <= 0x7fffffffLL) locate<unsigned>(axes, i, a, b);
  else locate<unsigned long long>(axes, i, a, b);
}

extern "C" __global__ void binary_broadcast(
    int op, Axes axes, Index n, const float* a, const float* b, float beta, float* out) {
  for (Index i = first(); i < n; i += stride()) {
    Index at_a, at_b;
    locate(axes, n, i, at_a, at_b);
    out[i] = accumulate(combine(op, a[at_a], b[at_b]), beta, out, i);
  }
}

extern "C" __global__ void permute(Axes axes, Index n, const float* x, float beta, float* y) {
  for (Index i = first(); i < n; i += stride()) {
    Index from, unused;
    locate(axes, n, i, from, unused);
    y[i] = accumulate(x[from], beta, y, i);
  }
}

extern "C" __global__ void axpby(Index n, float alpha, const float* x, float beta, float* y) {
  for (Index i = first(); i < n; i += stride()) y[i] = accumulate(alpha * x[i], beta, y, i);
}

extern "C" __global__ void copy_block(Index rows, Index width, Index src_offset, Index src_stride,
                                      Index dst_offset, Index dst_stride, const float* src,
                                      float beta, float* dst) {
  Index n = rows * width;
  for (Index i = first(); i < n; i += stride()) {
    Index row = i / width, column = i % width;
    Index to = dst_offset + row * dst_stride + column;
    dst[to] = accumulate(src[src_offset + row * src_stride + column], beta, dst, to);
  }
}

// y = act(y + bias of the channel), channels being `inner` apart; bias may be null.
extern "C" __global__ void bias_activation(
    int kind, float a, float b, Index n, int channels, Index inner, const float* bias, float* y) {
  for (Index i = first(); i < n; i += stride()) {
    float shift = bias ? bias[i / inner % channels] : 0.0f;
    y[i] = activate(kind, a, b, y[i] + shift);
  }
}
