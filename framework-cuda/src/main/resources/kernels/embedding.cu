// Rows of a table by their numbers, and the table's gradient. For the gradient the indices are sorted, equal ones staying
// in their order, so that the elements of each row's sum lie together and are added in an order that is always the same:
// no float is added by an atomic. It costs a few passes over the indices for the sort and one over the gradients.

#define DIGITS 16           // values of a digit that is sorted by
#define ITEMS 16            // indices that a thread sorts, neighbours
#define SORTED (BLOCK * ITEMS)  // indices that a block sorts
#define RUN 32              // sorted indices that are summed by one thread for each column

// What is no row of the table gives NaN, so that it cannot be taken for a result.
extern "C" __global__ void embedding_rows(const int* indices, const float* table, float* y, Index n, int width,
                                          int rows) {
  for (Index i = first(); i < n; i += stride()) {
    int row = indices[i / width];
    y[i] = row >= 0 && row < rows ? table[(Index)row * width + i % width] : NAN;
  }
}

// The row that each index stands for; one beyond the last for those that give no gradient.
extern "C" __global__ void embedding_keys(const int* indices, int* keys, int* places, int n, int rows, int padding) {
  for (Index i = first(); i < n; i += stride()) {
    int row = indices[i];
    keys[i] = row >= 0 && row < rows && row != padding ? row : rows;
    places[i] = (int)i;
  }
}

__device__ inline int digit(int key, int shift) { return (key >> shift) & (DIGITS - 1); }

// One block for each SORTED keys: how often each digit is there. counts is [DIGITS, blocks].
extern "C" __global__ void __launch_bounds__(BLOCK) radix_count(const int* keys, int n, int shift, int* counts) {
  __shared__ int count[DIGITS];
  if (threadIdx.x < DIGITS) count[threadIdx.x] = 0;
  __syncthreads();
  Index start = (Index)blockIdx.x * SORTED;
  for (int k = threadIdx.x; k < SORTED && start + k < n; k += blockDim.x)
    atomicAdd(&count[digit(keys[start + k], shift)], 1);
  __syncthreads();
  if (threadIdx.x < DIGITS) counts[threadIdx.x * gridDim.x + blockIdx.x] = count[threadIdx.x];
}

// One block: each count becomes the sum of those before it.
extern "C" __global__ void __launch_bounds__(BLOCK) radix_scan(int* counts, int n) {
  __shared__ int part[BLOCK];
  int each = (n + BLOCK - 1) / BLOCK;
  int from = each * (int)threadIdx.x;
  int to = from + each < n ? from + each : n;
  int sum = 0;
  for (int i = from; i < to; i++) sum += counts[i];
  part[threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    int before = 0;
    for (int t = 0; t < BLOCK; t++) {
      int own = part[t];
      part[t] = before;
      before += own;
    }
  }
  __syncthreads();
  int before = part[threadIdx.x];
  for (int i = from; i < to; i++) {
    int own = counts[i];
    counts[i] = before;
    before += own;
  }
}

// One block for each SORTED keys: puts them where their digit's turn is, equal digits in their order.
extern "C" __global__ void __launch_bounds__(BLOCK)
    radix_scatter(const int* keys, const int* places, int n, int shift, const int* starts, int* sorted_keys,
                  int* sorted_places) {
  __shared__ int rank[DIGITS * BLOCK];
  __shared__ int part[BLOCK];
  int t = threadIdx.x;
  for (int d = 0; d < DIGITS; d++) rank[d * BLOCK + t] = 0;
  Index from = (Index)blockIdx.x * SORTED + t * ITEMS;
  for (int k = 0; k < ITEMS && from + k < n; k++) rank[digit(keys[from + k], shift) * BLOCK + t]++;
  __syncthreads();
  // Counts of the threads become sums of the threads before, for each digit by BLOCK / DIGITS threads.
  const int sharers = BLOCK / DIGITS, each = DIGITS;
  int* run = rank + t / sharers * BLOCK + t % sharers * each;
  int sum = 0;
  for (int k = 0; k < each; k++) sum += run[k];
  part[t] = sum;
  __syncthreads();
  int before = starts[t / sharers * gridDim.x + blockIdx.x];
  for (int k = t - t % sharers; k < t; k++) before += part[k];
  for (int k = 0; k < each; k++) {
    int own = run[k];
    run[k] = before;
    before += own;
  }
  __syncthreads();
  for (int k = 0; k < ITEMS && from + k < n; k++) {
    int key = keys[from + k];
    int to = rank[digit(key, shift) * BLOCK + t]++;
    sorted_keys[to] = key;
    sorted_places[to] = places[from + k];
  }
}

// The sum of one column's gradients from a sorted index on, to the end of its run or of what is equal.
__device__ inline float run_sum(const int* keys, const int* places, const float* dy, Index from, int n, int width,
                                Index column) {
  Index end = (from / RUN + 1) * RUN < n ? (from / RUN + 1) * RUN : n;
  int key = keys[from];
  float sum = 0.0f;
  for (Index k = from; k < end && keys[k] == key; k++) sum += dy[(Index)places[k] * width + column];
  return sum;
}

// What belongs to a row that began in a run before. carries is [runs, width]; others stay unwritten, and unread.
extern "C" __global__ void embedding_carries(const int* keys, const int* places, const float* dy, float* carries,
                                             int n, int runs, int width, int rows) {
  Index all = (Index)runs * width;
  for (Index i = first(); i < all; i += stride()) {
    Index from = i / width * RUN;
    if (from == 0 || keys[from] == rows || keys[from] != keys[from - 1]) continue;
    carries[i] = run_sum(keys, places, dy, from, n, width, i % width);
  }
}

// The first of equal indices adds up what is in its run, then the carries of those that follow.
extern "C" __global__ void embedding_gradient(const int* keys, const int* places, const float* dy,
                                              const float* carries, float beta, float* d_table, int n, int width,
                                              int rows) {
  Index all = (Index)n * width;
  for (Index i = first(); i < all; i += stride()) {
    Index from = i / width, column = i % width;
    int key = keys[from];
    if (key == rows || (from > 0 && keys[from - 1] == key)) continue;
    float sum = run_sum(keys, places, dy, from, n, width, column);
    for (Index run = from / RUN + 1; run * RUN < n && keys[run * RUN] == key; run++)
      sum += carries[run * width + column];
    Index at = (Index)key * width + column;
    d_table[at] = accumulate(sum, beta, d_table, at);
  }
}
