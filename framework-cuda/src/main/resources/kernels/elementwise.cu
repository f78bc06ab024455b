// Functions of one and two numbers, copies and permutations.

extern "C" __global__ void unary_forward(
    int kind, float a, float b, Index n, const float* x, float* y) {
  map(n, x, nullptr, nullptr, 0.0f, y, [=](float v, float, float) { return activate(kind, a, b, v); });
}

// What the derivative does not look at may be anything.
__device__ inline float derivative(int kind, float a, float b, float x, float y) {
  switch (kind) {
    case UNARY_IDENTITY: return 1.0f;
    case UNARY_AFFINE: return a;
    case UNARY_EXP: return y;
    case UNARY_LOG: return 1.0f / x;
    case UNARY_SQRT: return 1.0f / (2.0f * y);
    case UNARY_ABS: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
    case UNARY_SQUARE: return 2.0f * x;
    case UNARY_RECIPROCAL: return -y * y;
    case UNARY_POW: return a == 0.0f ? 0.0f : a * powf(x, a - 1.0f);
    case UNARY_CLAMP: return a <= x && x <= b ? 1.0f : 0.0f;
    case UNARY_RELU: return y > 0.0f ? 1.0f : 0.0f;
    case UNARY_LEAKY_RELU: return (a < 0.0f ? x : y) > 0.0f ? 1.0f : a;
    case UNARY_SIGMOID: return y * (1.0f - y);
    case UNARY_TANH: return 1.0f - y * y;
    case UNARY_SCALED_TANH: return b * (a - y * y / a);
    case UNARY_ERF: {
      // What rounding the square loses is a relative error of the exponential, so it is made up for.
      float square = x * x;
      return square > 200.0f ? 0.0f : 1.12837917f * expf(-square) * (1.0f + fmaf(-x, x, square));
    }
  }
  return NAN;
}

// Whether a derivative of 0 leaves the gradient out, which else would make NaN of an infinite one.
__device__ inline bool chooses(int kind, float a) {
  return kind == UNARY_RELU || kind == UNARY_CLAMP || (kind == UNARY_POW && a == 0.0f);
}

// x and y are null where the derivative does not look at them.
extern "C" __global__ void unary_backward(int kind, float a, float b, Index n, const float* x,
                                          const float* y, const float* dy, float beta, float* dx) {
  bool choice = chooses(kind, a);
  map(n, x, y, dy, beta, dx, [=](float in, float out, float d) {
    float slope = derivative(kind, a, b, in, out);
    return choice && slope == 0.0f ? 0.0f : d * slope;
  });
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
  map(n, a, b, nullptr, beta, out, [=](float p, float q, float) { return combine(op, p, q); });
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

// Axis 0 is the one along which neighbours are written, axis 1 the one along which they are read (its a is 1); b are the
// steps in the output. A tile of both axes goes through shared memory, so that neighbouring threads do both.
extern "C" __global__ void __launch_bounds__(BLOCK)
    permute_tiles(Axes axes, Index tiles, const float* x, float beta, float* y) {
  __shared__ float tile[TILE][TILE + 1];  // one more, so that columns lie in different banks
  int lane = threadIdx.x % TILE, line = threadIdx.x / TILE;
  Index width = axes.extent[0], height = axes.extent[1];
  Index across = (width + TILE - 1) / TILE, down = (height + TILE - 1) / TILE;
  for (Index t = blockIdx.x; t < tiles; t += gridDim.x) {
    Index left = t % across * TILE, top = t / across % down * TILE;
    Index rest = t / across / down, from = 0, to = 0;
    for (int k = 2; k < (int)axes.rank; k++) {
      Index at = rest % axes.extent[k];
      rest /= axes.extent[k];
      from += at * axes.a[k];
      to += at * axes.b[k];
    }
    for (int i = line; i < TILE; i += BLOCK / TILE)
      if (left + i < width && top + lane < height) tile[i][lane] = x[from + (left + i) * axes.a[0] + top + lane];
    __syncthreads();
    for (int i = line; i < TILE; i += BLOCK / TILE) {
      if (top + i < height && left + lane < width) {
        Index at = to + (top + i) * axes.b[1] + left + lane;
        y[at] = accumulate(tile[lane][i], beta, y, at);
      }
    }
    __syncthreads();
  }
}

extern "C" __global__ void axpby(Index n, float alpha, const float* x, float beta, float* y) {
  map(n, x, nullptr, nullptr, beta, y, [=](float v, float, float) { return alpha * v; });
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

// b are the steps in what is written.
extern "C" __global__ void strided_copy(Axes axes, Index n, Index src_offset, Index dst_offset, const float* src, float beta,
                                        float* dst) {
  for (Index i = first(); i < n; i += stride()) {
    Index from, to;
    locate(axes, n, i, from, to);
    to += dst_offset;
    dst[to] = accumulate(src[src_offset + from], beta, dst, to);
  }
}

extern "C" __global__ void triangle(Index n, int rows, int cols, int diagonal, int upper, const float* x, float beta,
                                    float* y) {
  for (Index i = first(); i < n; i += stride()) {
    Index right = i % cols - i / cols % rows;
    bool keeps = upper ? right >= diagonal : right <= diagonal;
    y[i] = accumulate(keeps ? x[i] : 0.0f, beta, y, i);
  }
}
