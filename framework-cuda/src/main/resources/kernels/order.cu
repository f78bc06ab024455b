// Sorts, and running sums and products, along an axis of a tensor seen as [outer, extent, inner].

// An integer that is ordered as the number is: NaN is the largest, and both zeros are one.
__device__ inline unsigned ordered(float value, int descending) {
  unsigned bits = __float_as_uint(value);
  if (value != value) bits = 0x7fffffffu;
  if (value == 0.0f) bits = 0;
  unsigned key = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return descending ? ~key : key;
}

// Writes an element to its place in order, if that is wanted. A line is the elements along the axis.
__device__ inline void put(Index line, int e, Index rank, int extent, Index inner, int k, const float* x, float* values,
                           int* indices) {
  if (rank >= k) return;
  Index to = (line / inner * k + rank) * inner + line % inner;
  values[to] = x[(line / inner * extent + e) * inner + line % inner];
  indices[to] = e;
}

// For short lines: each element counts those before it.
extern "C" __global__ void sort_by_rank(Index n, int extent, Index inner, int k, int descending, const float* x,
                                        float* values, int* indices) {
  for (Index i = first(); i < n; i += stride()) {
    Index line = i / extent;
    int e = (int)(i % extent);
    const float* from = x + line / inner * extent * inner + line % inner;
    unsigned own = ordered(from[e * inner], descending);
    Index rank = 0;
    for (int other = 0; other < extent; other++) {
      unsigned key = ordered(from[other * inner], descending);
      rank += key < own || (key == own && other < e);
    }
    put(line, e, rank, extent, inner, k, x, values, indices);
  }
}

// Element i is the one at i % extent of line i / extent.
extern "C" __global__ void sort_keys(int n, int extent, Index inner, int descending, const float* x, int* keys,
                                     int* places) {
  for (Index i = first(); i < n; i += stride()) {
    Index line = i / extent;
    keys[i] = (int)ordered(x[(line / inner * extent + i % extent) * inner + line % inner], descending);
    places[i] = (int)i;
  }
}

extern "C" __global__ void sort_lines(int n, int extent, const int* places, int* keys) {
  for (Index i = first(); i < n; i += stride()) keys[i] = places[i] / extent;
}

extern "C" __global__ void sort_write(int n, int extent, Index inner, int k, const int* places, const float* x,
                                      float* values, int* indices) {
  for (Index i = first(); i < n; i += stride())
    put(i / extent, places[i] % extent, i % extent, extent, inner, k, x, values, indices);
}

struct Scan {
  int product;
  int reverse;
  int exclusive;
  int extent;
};

template <class T>
__device__ inline T chain(const Scan& s, T a, T b) {
  return s.product ? a * b : a + b;
}

// A thread for each line, in double precision because it adds up in one long chain.
extern "C" __global__ void scan_by_threads(Scan s, Index lines, Index inner, const float* x, float beta, float* y) {
  for (Index line = first(); line < lines; line += stride()) {
    Index base = line / inner * s.extent * inner + line % inner;
    double before = s.product ? 1.0 : 0.0;
    for (int k = 0; k < s.extent; k++) {
      Index at = base + (s.reverse ? s.extent - 1 - k : k) * inner;
      double after = chain(s, before, (double)x[at]);
      y[at] = accumulate((float)(s.exclusive ? before : after), beta, y, at);
      before = after;
    }
  }
}

// A block for each line whose elements are neighbours: as many elements at a time as there are threads.
extern "C" __global__ void __launch_bounds__(BLOCK)
    scan_by_blocks(Scan s, Index lines, const float* x, float beta, float* y) {
  __shared__ double part[2][BLOCK];
  int t = threadIdx.x;
  double nothing = s.product ? 1.0 : 0.0;
  for (Index line = blockIdx.x; line < lines; line += gridDim.x) {
    Index base = line * s.extent;
    double before = nothing;
    for (int start = 0; start < s.extent; start += BLOCK) {
      int k = start + t;
      Index at = base + (s.reverse ? s.extent - 1 - k : k);
      int now = 0;
      part[0][t] = k < s.extent ? (double)x[at] : nothing;
      __syncthreads();
      for (int step = 1; step < BLOCK; step *= 2) {
        part[1 - now][t] = t < step ? part[now][t] : chain(s, part[now][t - step], part[now][t]);
        now = 1 - now;
        __syncthreads();
      }
      double inclusive = chain(s, before, part[now][t]);
      double exclusive = t == 0 ? before : chain(s, before, part[now][t - 1]);
      if (k < s.extent) y[at] = accumulate((float)(s.exclusive ? exclusive : inclusive), beta, y, at);
      before = chain(s, before, part[now][BLOCK - 1]);
      __syncthreads();  // part is used again
    }
  }
}
