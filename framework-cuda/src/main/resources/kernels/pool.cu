// Pooling by windows that may reach beyond the image, and by such as follow from the output's extent. One thread for
// each element written; gradients are gathered, so that nothing is added in an order that could change.

struct Axis {
  int in, out, kernel, step, pad, dilation, adaptive;

  __device__ int distance() const { return adaptive ? 1 : dilation; }

  // The first place of window i; it may be negative.
  __device__ int from(int i) const { return adaptive ? (int)((Index)i * in / out) : i * step - pad; }

  // One more than the last place of window i; it may be beyond the image.
  __device__ int to(int i) const {
    return adaptive ? (int)(((Index)(i + 1) * in + out - 1) / out) : i * step - pad + dilation * (kernel - 1) + 1;
  }

  // The first place of the window inside the image.
  __device__ int firstInside(int i) const {
    int start = from(i), d = distance();
    return start >= 0 ? start : start + (-start + d - 1) / d * d;
  }

  __device__ int end(int i) const {
    int last = to(i);
    return last < in ? last : in;
  }

  // The first window that a place may be in.
  __device__ int firstWindow(int at) const {
    if (adaptive) return (int)((Index)at * out / in);
    int reach = at + pad - dilation * (kernel - 1);
    return reach <= 0 ? 0 : (reach + step - 1) / step;
  }

  // The last one.
  __device__ int lastWindow(int at) const {
    int last = adaptive ? (int)(((Index)(at + 1) * out - 1) / in) : (at + pad) / step;
    return last < out - 1 ? last : out - 1;
  }

  // What a sum is divided by, along this axis.
  __device__ int extent(int mode, int i) const {
    int first = from(i), last = to(i);
    if (mode == POOL_AVERAGE) return (last < in + pad ? last : in + pad) - first;
    return (last < in ? last : in) - (first > 0 ? first : 0);
  }
};

__device__ inline float divisor(const Axis& rows, const Axis& columns, int mode, int i, int j) {
  return mode == POOL_SUM ? 1.0f : (float)((Index)rows.extent(mode, i) * columns.extent(mode, j));
}

// reserve, where it is not null, keeps the place of the largest element within its plane.
extern "C" __global__ void pool_max(Axis rows, Axis columns, Index n, const float* x, float* y, int* reserve) {
  for (Index o = first(); o < n; o += stride()) {
    int j = (int)(o % columns.out), i = (int)(o / columns.out % rows.out);
    const float* plane = x + o / columns.out / rows.out * rows.in * columns.in;
    float largest = -INFINITY;
    int best = -1;
    for (int r = rows.firstInside(i); r < rows.end(i); r += rows.distance())
      for (int c = columns.firstInside(j); c < columns.end(j); c += columns.distance()) {
        float v = plane[r * columns.in + c];
        // The first one counts, whatever it is; NaN is larger than all, and the first NaN stays.
        if (best < 0 || v > largest || (v != v && largest == largest)) {
          largest = v;
          best = r * columns.in + c;
        }
      }
    y[o] = largest;
    if (reserve) reserve[o] = best;
  }
}

extern "C" __global__ void pool_sum(int mode, Axis rows, Axis columns, Index n, const float* x, float* y) {
  for (Index o = first(); o < n; o += stride()) {
    int j = (int)(o % columns.out), i = (int)(o / columns.out % rows.out);
    const float* plane = x + o / columns.out / rows.out * rows.in * columns.in;
    float sum = 0.0f;
    for (int r = rows.firstInside(i); r < rows.end(i); r++)
      for (int c = columns.firstInside(j); c < columns.end(j); c++) sum += plane[r * columns.in + c];
    y[o] = sum / divisor(rows, columns, mode, i, j);
  }
}

// reserve is null unless the largest elements were taken.
extern "C" __global__ void pool_backward(int mode, Axis rows, Axis columns, Index n, const int* reserve,
                                         const float* dy, float beta, float* dx) {
  for (Index e = first(); e < n; e += stride()) {
    int c = (int)(e % columns.in), r = (int)(e / columns.in % rows.in);
    Index plane = e / columns.in / rows.in * rows.out * columns.out;
    float sum = 0.0f;
    for (int i = rows.firstWindow(r); i <= rows.lastWindow(r); i++)
      for (int j = columns.firstWindow(c); j <= columns.lastWindow(c); j++) {
        Index o = plane + (Index)i * columns.out + j;
        // Only a maximum's windows have gaps, and what is in a gap is nobody's maximum.
        if (!reserve) sum += dy[o] / divisor(rows, columns, mode, i, j);
        else if (reserve[o] == r * columns.in + c) sum += dy[o];
      }
    dx[e] = accumulate(sum, beta, dx, e);
  }
}

// The windows of a plane along an axis: those of Axis, or random ones, which a sample of [0, 1) moves.
struct PlaneAxis {
  Axis axis;  // adaptive is 2 for random windows
  float sample;

  // The first place of random window i.
  __device__ int random(int i) const {
    int last = axis.in - axis.kernel;
    if (i == axis.out - 1) return last;
    float step = (float)last / (float)(axis.out - 1);
    int at = (int)(((float)i + sample) * step) - (int)(sample * step);
    return at < 0 ? 0 : at < last ? at : last;  // whatever the sample is
  }

  __device__ int from(int i) const { return axis.adaptive == 2 ? random(i) : axis.firstInside(i); }
  __device__ int to(int i) const { return axis.adaptive == 2 ? random(i) + axis.kernel : axis.end(i); }
};

// The largest elements of windows over three axes and their places within their planes. samples is null where no windows
// are random; else a plane has one for each of the last axes that have such.
extern "C" __global__ void max_pool(Axis depth, Axis rows, Axis columns, int random, Index n, const float* samples,
                                    const float* x, float* y, int* places) {
  for (Index o = first(); o < n; o += stride()) {
    int k = (int)(o % columns.out), j = (int)(o / columns.out % rows.out);
    int i = (int)(o / columns.out / rows.out % depth.out);
    Index plane = o / columns.out / rows.out / depth.out;
    const float* in = x + plane * depth.in * rows.in * columns.in;
    const float* drawn = samples ? samples + plane * random : 0;
    PlaneAxis deep = {depth, random > 2 ? drawn[random - 3] : 0.0f};
    PlaneAxis down = {rows, random > 1 ? drawn[random - 2] : 0.0f};
    PlaneAxis across = {columns, random > 0 ? drawn[random - 1] : 0.0f};
    int left = across.from(k), right = across.to(k);
    float largest = -INFINITY;
    int best = -1;
    for (int d = deep.from(i); d < deep.to(i); d += depth.distance())
      for (int r = down.from(j); r < down.to(j); r += rows.distance())
        for (int c = left; c < right; c += columns.distance()) {
          int at = (d * rows.in + r) * columns.in + c;
          float v = in[at];
          if (best < 0 || v > largest || (v != v && largest == largest)) {
            largest = v;
            best = at;
          }
        }
    y[o] = largest;
    places[o] = best;
  }
}
