// Pooling where cuDNN has none, or another rule: maxima (first of equal ones, NaN wins), windows that reach beyond the
// border, adaptive windows. One thread for each element written; gradients are gathered, so that no atomics are needed
// and the result is the same each time.

struct Axis {
  int in, out, kernel, stride, pad, dilation, adaptive;

  // The first input of window i; it may be negative.
  __device__ int from(int i) const {
    return adaptive ? (int)((long long)i * in / out) : i * stride - pad;
  }

  // One more than the last input of window i; it may be beyond the image.
  __device__ int to(int i) const {
    return adaptive ? (int)(((long long)(i + 1) * in + out - 1) / out)
                    : i * stride - pad + dilation * (kernel - 1) + 1;
  }

  // The first window that an input may lie in.
  __device__ int firstWindow(int at) const {
    if (adaptive) return (int)((long long)at * out / in);
    int reach = at + pad - dilation * (kernel - 1);
    return reach <= 0 ? 0 : (reach + stride - 1) / stride;
  }

  // The last one.
  __device__ int lastWindow(int at) const {
    int last = adaptive ? (int)(((long long)(at + 1) * out - 1) / in) : (at + pad) / stride;
    return last < out - 1 ? last : out - 1;
  }

  // By how many elements along this axis a window's sum is divided: mode 1 counts padding, but not what lies beyond
  // it; mode 2 only what is inside of the image.
  __device__ int extent(int i, int mode) const {
    int first = from(i), last = to(i);
    if (mode == 1) return (last < in + pad ? last : in + pad) - first;
    return (last < in ? last : in) - (first > 0 ? first : 0);
  }
};

__device__ float divisor(const Axis& rows, const Axis& columns, int i, int j, int mode) {
  return mode == 0 ? 1.0f : (float)((long long)rows.extent(i, mode) * columns.extent(j, mode));
}

#define AXES                                                                                                    \
  int h, int w, int outH, int outW, int kernelH, int kernelW, int strideH, int strideW, int padH, int padW, \
      int dilationH, int dilationW, int adaptive
#define MAKE_AXES                                                      \
  const Axis rows = {h, outH, kernelH, strideH, padH, dilationH, adaptive}; \
  const Axis columns = {w, outW, kernelW, strideW, padW, dilationW, adaptive}
#define FOR_EACH(i, count)                                                                                       \
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; \
       i += (long long)gridDim.x * blockDim.x)

// y = the largest element of each window, reserve (may be null) = its place in the plane.
extern "C" __global__ void pool_max(const float* x, float* y, int* reserve, long long count, AXES) {
  MAKE_AXES;
  FOR_EACH(o, count) {
    int j = (int)(o % outW), i = (int)(o / outW % outH);
    const float* plane = x + o / outW / outH * h * w;
    int stepRow = adaptive ? 1 : dilationH, stepColumn = adaptive ? 1 : dilationW;
    int best = -1;
    float max = 0;
    for (int row = rows.from(i); row < rows.to(i); row += stepRow) {
      if (row < 0 || row >= h) continue;
      for (int column = columns.from(j); column < columns.to(j); column += stepColumn) {
        if (column < 0 || column >= w) continue;
        float value = plane[row * w + column];
        if (best < 0 || value > max || (isnan(value) && !isnan(max))) {
          best = row * w + column;
          max = value;
        }
      }
    }
    y[o] = max;
    if (reserve) reserve[o] = best;
  }
}

// dx = the sum of dy of those windows whose largest element it is, + beta * dx.
extern "C" __global__ void pool_max_backward(const int* reserve, const float* dy, float beta, float* dx,
                                             long long count, AXES) {
  MAKE_AXES;
  FOR_EACH(e, count) {
    int column = (int)(e % w), row = (int)(e / w % h);
    long long plane = e / w / h * outH * outW;
    float sum = 0;
    for (int i = rows.firstWindow(row); i <= rows.lastWindow(row); i++)
      for (int j = columns.firstWindow(column); j <= columns.lastWindow(column); j++) {
        long long o = plane + (long long)i * outW + j;
        if (reserve[o] == row * w + column) sum += dy[o];
      }
    dx[e] = beta == 0 ? sum : sum + beta * dx[e];
  }
}

// y = the sum of each window, divided as the mode says.
extern "C" __global__ void pool_sum(const float* x, float* y, int mode, long long count, AXES) {
  MAKE_AXES;
  FOR_EACH(o, count) {
    int j = (int)(o % outW), i = (int)(o / outW % outH);
    const float* plane = x + o / outW / outH * h * w;
    int firstRow = rows.from(i), lastRow = rows.to(i), firstColumn = columns.from(j), lastColumn = columns.to(j);
    if (firstRow < 0) firstRow = 0;
    if (lastRow > h) lastRow = h;
    if (firstColumn < 0) firstColumn = 0;
    if (lastColumn > w) lastColumn = w;
    float sum = 0;
    for (int row = firstRow; row < lastRow; row++)
      for (int column = firstColumn; column < lastColumn; column++) sum += plane[row * w + column];
    y[o] = sum / divisor(rows, columns, i, j, mode);
  }
}

// dx = the sum of dy / divisor of those windows that it lies in, + beta * dx.
extern "C" __global__ void pool_sum_backward(const float* dy, float beta, float* dx, int mode, long long count,
                                             AXES) {
  MAKE_AXES;
  FOR_EACH(e, count) {
    int column = (int)(e % w), row = (int)(e / w % h);
    const float* plane = dy + e / w / h * outH * outW;
    float sum = 0;
    for (int i = rows.firstWindow(row); i <= rows.lastWindow(row); i++)
      for (int j = columns.firstWindow(column); j <= columns.lastWindow(column); j++)
        sum += plane[(long long)i * outW + j] / divisor(rows, columns, i, j, mode);
    dx[e] = beta == 0 ? sum : sum + beta * dx[e];
  }
}
