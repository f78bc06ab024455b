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
    for (Index k = chunk_start(count, chunk, chunks) + threadIdx.x; k < end; k += blockDim.x)
      sum += from[locate(r.summed_rank, r.summed, r.summed_step, k)];
    sum = block_sum(sum, part);
    if (threadIdx.x == 0) out[i] = chunks > 1 ? sum : accumulate(sum / divisor, beta, out, i);
  }
}

extern "C" __global__ void arg_max(Index outer, int extent, Index inner, const float* x, int* y) {
  Index n = outer * inner;
  for (Index i = first(); i < n; i += stride()) {
    const float* row = x + i / inner * extent * inner + i % inner;
    int best = 0;
    float largest = row[0];
    for (int k = 1; k < extent && largest == largest; k++) {
      float v = row[k * inner];
      if (v > largest || v != v) {
        largest = v;
        best = k;
      }
    }
    y[i] = best;
  }
}
