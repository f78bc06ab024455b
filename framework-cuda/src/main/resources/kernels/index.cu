// Elements by their numbers along an axis, and sums of what comes to one place. For the sums the indices are sorted, equal
// ones staying in their order, so that the elements of each sum lie together and are added in an order that is always the
// same: no float is added by an atomic. It costs a few passes over the indices for the sort and one over the elements.

#define RUN 32  // sorted indices that are summed by one thread for each column

// One of the indices that are not of the axis, in found[1..3], by the first thread that sees one; found[0] says that there is.
extern "C" __global__ void find_outside(const int* indices, Index n, int extent, int operation, int* found) {
  for (Index i = first(); i < n; i += stride()) {
    int index = indices[i];
    if ((index < 0 || index >= extent) && atomicCAS(found, 0, 1) == 0) {
      found[1] = operation;
      found[2] = index;
      found[3] = extent;
    }
  }
}

// What is not of the axis gives NaN, so that it cannot be taken for a result. A tensor is [outer, extent, inner], what is
// picked is [outer, count, inner].
extern "C" __global__ void gather(const int* indices, const float* x, float beta, float* y, Index n, int extent, int count,
                                  Index inner, int shared) {
  for (Index i = first(); i < n; i += stride()) {
    Index row = i / inner;
    int index = indices[shared ? row % count : i];
    Index from = (row / count * extent + index) * inner + i % inner;
    y[i] = accumulate(index >= 0 && index < extent ? x[from] : NAN, beta, y, i);
  }
}

// The place that each index stands for, one beyond the last where there is none: along the axis where indices are shared,
// and else in the whole tensor.
extern "C" __global__ void index_keys(const int* indices, int* keys, int* places, int n, int extent, int count, Index inner,
                                      int shared, int none) {
  for (Index i = first(); i < n; i += stride()) {
    int index = indices[i];
    Index row = i / inner;
    Index place = shared ? index : (row / count * extent + index) * inner + i % inner;
    keys[i] = index >= 0 && index < extent ? (int)place : none;
    places[i] = (int)i;
  }
}

// What is summed: a column of elements for each outer and inner place, [outer, count, inner], going to [outer, extent,
// inner].
struct Columns {
  Index count;
  Index extent;
  Index inner;
  Index columns;
};

__device__ inline Index locate(const Columns& c, Index column, Index extent, Index along) {
  return (column / c.inner * extent + along) * c.inner + column % c.inner;
}

// The sum of one column's elements from a sorted index on, to the end of its run or of what is equal.
__device__ inline float run_sum(const int* keys, const int* places, const float* src, Index from, int n, const Columns& c,
                                Index column) {
  Index end = (from / RUN + 1) * RUN < n ? (from / RUN + 1) * RUN : n;
  int key = keys[from];
  float sum = 0.0f;
  for (Index k = from; k < end && keys[k] == key; k++) sum += src[locate(c, column, c.count, places[k])];
  return sum;
}

// What belongs to a place that began in a run before. carries is [runs, columns]; others stay unwritten, and unread.
extern "C" __global__ void scatter_carries(const int* keys, const int* places, const float* src, float* carries, int n,
                                           int runs, Columns c, int none) {
  Index all = (Index)runs * c.columns;
  for (Index i = first(); i < all; i += stride()) {
    Index from = i / c.columns * RUN;
    if (from == 0 || keys[from] == none || keys[from] != keys[from - 1]) continue;
    carries[i] = run_sum(keys, places, src, from, n, c, i % c.columns);
  }
}

// The first of equal indices adds up what is in its run, then the carries of those that follow.
extern "C" __global__ void scatter_sums(const int* keys, const int* places, const float* src, const float* carries,
                                        float beta, float* y, int n, Columns c, int none) {
  Index all = (Index)n * c.columns;
  for (Index i = first(); i < all; i += stride()) {
    Index from = i / c.columns, column = i % c.columns;
    int key = keys[from];
    if (key == none || (from > 0 && keys[from - 1] == key)) continue;
    float sum = run_sum(keys, places, src, from, n, c, column);
    for (Index run = from / RUN + 1; run * RUN < n && keys[run * RUN] == key; run++)
      sum += carries[run * c.columns + column];
    Index at = locate(c, column, c.extent, key);
    y[at] = accumulate(sum, beta, y, at);
  }
}
