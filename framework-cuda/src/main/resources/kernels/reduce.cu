// Sums over axes, and the place of the largest element.
// No sum depends on which block or thread comes first: each thread sums in its own order, and partial sums lie in
// memory until a second launch adds them up.

// Axes innermost first: those that stay, and those summed over, with their steps in the input.
struct Reduction {
  Index kept_rank;
  Index kept[MAX_AXES];
  Index kept_step[MAX_AXES];
  Index summed_rank;
  Index summed[MAX_AXES];
  Index summed_step[MAX_AXES];
};

__device__ inline Index locate(Index rank, const Index* extent, const Index* step, Index i) {
  Index at = 0;
  for (int k = 0; k < (int)rank; k++) {
    at += i % extent[k] * step[k];
    i /= extent[k];
  }
  return at;
}

__device__ inline Index chunk_start(Index count, int chunk, int chunks) {
  Index each = (count + chunks - 1) / chunks;
  Index at = each * chunk;
  return at < count ? at : count;
}

// One thread for each result and chunk: neighbours read neighbours where the innermost axis stays.
// With one chunk the result is written as asked; with more, out is [chunks, results] of plain sums.
extern "C" __global__ void sum_by_threads(Reduction r, Index results, Index count, int chunks,
                                          float divisor, float beta, const float* x, float* out) {
  Index n = results * chunks;
  for (Index i = first(); i < n; i += stride()) {
    Index result = i % results;
    int chunk = (int)(i / results);
    const float* from = x + locate(r.kept_rank, r.kept, r.kept_step, result);
    float sum = 0.0f;
    Index end = chunk_start(count, chunk + 1, chunks);
    if (r.summed_rank == 1) {
      for (Index k = chunk_start(count, chunk, chunks); k < end; k++) sum += from[k * r.summed_step[0]];
    } else {
      for (Index k = chunk_start(count, chunk, chunks); k < end; k++)
        sum += from[locate(r.summed_rank, r.summed, r.summed_step, k)];
    }
    out[i] = chunks > 1 ? sum : accumulate(sum / divisor, beta, out, i);
  }
}

// One block for each result and chunk, for sums along the innermost axis.
extern "C" __global__ void __launch_bounds__(BLOCK) sum_by_blocks(
    Reduction r, Index results, Index count, int chunks, float divisor, float beta, const float* x,
    float* out) {
  __shared__ float part[BLOCK];
  Index n = results * chunks;
  for (Index i = blockIdx.x; i < n; i += gridDim.x) {
    Index result = i % results;
    int chunk = (int)(i / results);
    const float* from = x + locate(r.kept_rank, r.kept, r.kept_step, result);
    float sum = 0.0f;
    Index end = chunk_start(count, chunk + 1, chunks);
    Index k = chunk_start(count, chunk, chunks) + threadIdx.x;
    if (r.summed_rank == 1) {
      for (; k < end; k += blockDim.x) sum += from[k * r.summed_step[0]];
    } else {
      for (; k < end; k += blockDim.x) sum += from[locate(r.summed_rank, r.summed, r.summed_step, k)];
    }
    sum = block_sum(sum, part);
    if (threadIdx.x == 0) out[i] = chunks > 1 ? sum : accumulate(sum / divisor, beta, out, i);
  }
}

// An element and its place.
struct Largest {
  float value;
  int place;
};

// Whether b comes before a: NaN is larger than all, and of equal ones the first counts.
__device__ inline bool precedes(Largest b, Largest a) {
  bool nan_a = a.value != a.value, nan_b = b.value != b.value;
  if (nan_a != nan_b) return nan_b;
  return b.value > a.value || ((nan_a || b.value == a.value) && b.place < a.place);
}

template <int GROUP>
__device__ inline void arg_max(Index rows, int extent, Index inner, const float* x, int* y, Largest* part) {
  for (Index i = first_row<GROUP>(); i < rows; i += row_stride<GROUP>()) {
    const float* row = x + i / inner * extent * inner + i % inner;
    // A thread without elements has the first one, which changes nothing.
    Largest best = {row[0], 0};
    for (int k = threadIdx.x % GROUP; k < extent; k += GROUP) {
      Largest next = {row[k * inner], k};
      if (precedes(next, best)) best = next;
    }
    if (GROUP >= 32) {
      for (int k = 16; k > 0; k >>= 1) {
        Largest other = {__shfl_xor_sync(0xffffffffu, best.value, k), __shfl_xor_sync(0xffffffffu, best.place, k)};
        if (precedes(other, best)) best = other;
      }
    }
    if (GROUP == BLOCK) {
      if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = best;
      __syncthreads();
      for (int warp = 0; warp < BLOCK / 32; warp++)
        if (precedes(part[warp], best)) best = part[warp];
      __syncthreads();  // part is used again
    }
    if (threadIdx.x % GROUP == 0) y[i] = best.place;
  }
}

extern "C" __global__ void arg_max_by_threads(Index rows, int extent, Index inner, const float* x, int* y) {
  arg_max<1>(rows, extent, inner, x, y, nullptr);
}

extern "C" __global__ void arg_max_by_warps(Index rows, int extent, Index inner, const float* x, int* y) {
  arg_max<32>(rows, extent, inner, x, y, nullptr);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    arg_max_by_blocks(Index rows, int extent, Index inner, const float* x, int* y) {
  __shared__ Largest part[BLOCK / 32];
  arg_max<BLOCK>(rows, extent, inner, x, y, part);
}
