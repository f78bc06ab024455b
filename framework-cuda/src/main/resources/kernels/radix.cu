// A stable sort of integer keys by digits: three launches for each digit, whose work is a few passes over the keys. Places
// go along with their keys. No result depends on which thread comes first.

#define DIGITS 16           // values of a digit that is sorted by
#define ITEMS 16            // keys that a thread sorts, neighbours
#define SORTED (BLOCK * ITEMS)  // keys that a block sorts

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
