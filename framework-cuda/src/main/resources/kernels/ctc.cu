// The connectionist temporal classification loss and its gradient, by the forward-backward recursion in the log domain.
//
// A block for each sequence, a thread for each place of the target: a blank, the first label, a blank, ..., a blank. Each
// row is kept relative to its largest number, and how far that lies from 0 in double precision, so that the digits of
// long sequences do not go into the size of their probability. Bound: one step after the other, each three barriers or so.

struct Ctc {
  int steps;
  int batch;
  int classes;
  int max_target;
  int blank;
  int zero_infinity;
};

// What one sequence of a call has.
struct Sequence {
  int n;
  int steps;
  int places;
  const int* labels;
};

__device__ inline Sequence sequence_of(const Ctc& c, int n, const int* targets, const int* input_lengths,
                                       const int* target_lengths) {
  return {n, input_lengths[n], 2 * target_lengths[n] + 1, targets + (Index)n * c.max_target};
}

__device__ inline int label(const Ctc& c, const Sequence& q, int place) {
  return place % 2 == 0 ? c.blank : q.labels[place / 2];
}

__device__ inline Index row_of(const Ctc& c, const Sequence& q, int t) { return ((Index)t * c.batch + q.n) * c.classes; }

// Whether a path may come to a place from the one before the last, without a blank between them.
__device__ inline bool skips(const Sequence& q, int place) {
  return place % 2 == 1 && place > 1 && q.labels[place / 2] != q.labels[place / 2 - 1];
}

// fmaxf leaves NaN out, and the sum does not: three that are -infinity, or NaN, come out of the logarithm as that.
__device__ inline float log_sum(float a, float b, float c) {
  float top = fmaxf(fmaxf(a, b), c);
  if (top == -INFINITY) top = 0.0f;
  return top + logf(expf(a - top) + expf(b - top) + expf(c - top));
}

// Makes the largest number of a block's row 0; returns what it was.
__device__ inline double centred(int places, float* row, float* part) {
  float top = -INFINITY;
  for (int s = threadIdx.x; s < places; s += BLOCK) top = fmaxf(top, row[s]);
  top = combined<BLOCK>(top, part, [](float a, float b) { return fmaxf(a, b); });
  if (isinf(top)) top = 0.0f;
  for (int s = threadIdx.x; s < places; s += BLOCK) row[s] -= top;
  __syncthreads();
  return top;
}

// alpha has `rows` rows of 2 max_target + 1 for each sequence, base a number for each of its steps.
extern "C" __global__ void __launch_bounds__(BLOCK)
    ctc_forward(Ctc c, int rows, const float* x, const int* targets, const int* input_lengths, const int* target_lengths,
                float* alpha, double* base, double* likelihood, float* losses) {
  __shared__ float part[BLOCK / 32];
  Index width = 2 * c.max_target + 1;
  for (int n = blockIdx.x; n < c.batch; n += gridDim.x) {
    Sequence q = sequence_of(c, n, targets, input_lengths, target_lengths);
    float* own = alpha + n * rows * width;
    double from = 0.0;
    for (int t = 0; t < q.steps; t++) {
      const float* old = own + (t + rows - 1) % rows * width;
      float* row = own + t % rows * width;
      const float* now = x + row_of(c, q, t);
      for (int s = threadIdx.x; s < q.places; s += BLOCK) {
        float before = s < 2 ? 0.0f : -INFINITY;
        if (t > 0)
          before = log_sum(old[s], s > 0 ? old[s - 1] : -INFINITY, skips(q, s) ? old[s - 2] : -INFINITY);
        row[s] = before + now[label(c, q, s)];
      }
      from += centred(q.places, row, part);
      if (threadIdx.x == 0) base[(Index)n * c.steps + t] = from;
    }
    if (threadIdx.x == 0) {
      double sum = q.places == 1 ? 0.0 : -INFINITY;
      if (q.steps > 0) {
        const float* last = own + (q.steps - 1) % rows * width + q.places - 1;
        double a = last[0], b = q.places > 1 ? last[-1] : -INFINITY;
        double top = fmax(a, b);
        if (isinf(top)) top = 0.0;
        sum = log(exp(a - top) + exp(b - top)) + top + from;
      }
      likelihood[n] = sum;
      losses[n] = c.zero_infinity && isinf(sum) ? 0.0f : (float)-sum;
    }
  }
}

// The part of the gradient that no path has to do with, and all of it where no path fits.
extern "C" __global__ void ctc_densities(Ctc c, const float* x, const int* input_lengths, const double* likelihood,
                                         float* gradient) {
  Index size = (Index)c.steps * c.batch * c.classes;
  for (Index i = first(); i < size; i += stride()) {
    int n = (int)(i / c.classes % c.batch);
    float value = 0.0f;
    if (i / c.classes / c.batch < input_lengths[n])
      value = !isinf(likelihood[n]) ? expf(x[i]) : c.zero_infinity ? 0.0f : NAN;
    gradient[i] = value;
  }
}

// For each label of a target the place that has it next, or 0, and whether it is the first that has it: so one thread
// adds up all places of a label, in their order.
__device__ inline void link(const Sequence& q, int* next, int* leads) {
  for (int s = threadIdx.x; s < q.places; s += BLOCK) {
    next[s] = 0;
    leads[s] = s % 2;
    for (int other = 1; s % 2 && other < q.places; other += 2) {
      if (q.labels[other / 2] != q.labels[s / 2]) continue;
      if (other < s) leads[s] = 0;
      if (other > s && next[s] == 0) next[s] = other;
    }
  }
}

// Takes from the gradient what share of all fitting paths goes through each class; after ctc_densities. beta has three
// rows for each sequence, chain two.
extern "C" __global__ void __launch_bounds__(BLOCK)
    ctc_backward(Ctc c, const float* x, const int* targets, const int* input_lengths, const int* target_lengths,
                 const float* alpha, const double* base, const double* likelihood, float* beta, int* chain,
                 float* gradient) {
  __shared__ float part[BLOCK / 32];
  __shared__ double sums[BLOCK];
  Index width = 2 * c.max_target + 1;
  for (int n = blockIdx.x; n < c.batch; n += gridDim.x) {
    if (isinf(likelihood[n])) continue;
    Sequence q = sequence_of(c, n, targets, input_lengths, target_lengths);
    float *old = beta + 3 * n * width, *row = old + width, *share = row + width;
    int *next = chain + 2 * n * width, *leads = next + width;
    link(q, next, leads);
    for (int s = threadIdx.x; s < q.places; s += BLOCK) old[s] = s >= q.places - 2 ? 0.0f : -INFINITY;
    double behind = 0.0;
    for (int t = q.steps - 1; t >= 0; t--) {
      const float* ahead = alpha + ((Index)n * c.steps + t) * width;
      const float* now = x + row_of(c, q, t);
      float* g = gradient + row_of(c, q, t);
      float shift = (float)(base[(Index)n * c.steps + t] + behind - likelihood[n]);
      double blanks = 0.0;
      for (int s = threadIdx.x; s < q.places; s += BLOCK) {
        share[s] = expf(ahead[s] + old[s] + shift);
        if (s % 2 == 0) blanks += share[s];
      }
      blanks = block_sum(blanks, sums);
      if (threadIdx.x == 0) g[c.blank] -= (float)blanks;
      for (int s = threadIdx.x; s < q.places; s += BLOCK) {
        if (leads[s]) {
          float all = 0.0f;
          for (int p = s; p; p = next[p]) all += share[p];
          g[label(c, q, s)] -= all;
        }
        bool one = s + 1 < q.places, two = s + 2 < q.places && skips(q, s + 2);
        row[s] = log_sum(old[s] + now[label(c, q, s)], one ? old[s + 1] + now[label(c, q, s + 1)] : -INFINITY,
                         two ? old[s + 2] + now[label(c, q, s + 2)] : -INFINITY);
      }
      behind += centred(q.places, row, part);
      float* swap = old;
      old = row;
      row = swap;
    }
  }
}

// What cuDNN's loss is told of a sequence: its own labels, or one that fits in place of those it may not see.
#define FATE_OWN 0
#define FATE_EMPTY 1
#define FATE_NEVER 2

__device__ inline int fate_of(const int* labels, int steps, int count) {
  int needed = count;
  for (int i = 1; i < count; i++) needed += labels[i] == labels[i - 1];
  return needed > steps ? FATE_NEVER : count == 0 ? FATE_EMPTY : FATE_OWN;
}

// The labels of all targets one behind the other, as cuDNN takes them, and how many there are of each. One block. Bound:
// reading the targets. Only for blank 0.
extern "C" __global__ void __launch_bounds__(BLOCK)
    ctc_pack(Ctc c, const int* targets, const int* input_lengths, const int* target_lengths, int* labels, int* counts,
             int* steps, int* fates) {
  __shared__ int ends[BLOCK];
  int t = threadIdx.x;
  Index from = 0;
  for (int base = 0; base < c.batch; base += BLOCK) {
    int n = base + t, count = 0, fate = FATE_NEVER;
    const int* own = targets + (Index)n * c.max_target;
    if (n < c.batch) {
      fate = fate_of(own, input_lengths[n], target_lengths[n]);
      count = fate == FATE_OWN ? target_lengths[n] : 1;
      counts[n] = count;
      steps[n] = input_lengths[n] > 0 ? input_lengths[n] : 1;
      fates[n] = fate;
    }
    ends[t] = count;
    __syncthreads();
    for (int k = 1; k < BLOCK; k <<= 1) {
      int before = t >= k ? ends[t - k] : 0;
      __syncthreads();
      ends[t] += before;
      __syncthreads();
    }
    int* to = labels + from + ends[t] - count;
    for (int i = 0; i < count; i++) to[i] = fate == FATE_OWN ? own[i] : 1;
    from += ends[BLOCK - 1];
    __syncthreads();  // ends may be used again
  }
}

// ln(sum(e^x)) of a row, for each thread of a warp.
__device__ inline double normaliser(int classes, const float* row) {
  float top = -INFINITY, sum = 0.0f;
  for (int k = threadIdx.x % 32; k < classes; k += 32) top = fmaxf(top, row[k]);
  top = combined<32>(top, (float*)0, [](float a, float b) { return fmaxf(a, b); });
  if (isinf(top)) top = 0.0f;
  for (int k = threadIdx.x % 32; k < classes; k += 32) sum += expf(row[k] - top);
  sum = combined<32>(sum, (float*)0, [](float a, float b) { return a + b; });
  return top + log((double)sum);
}

// Makes of cuDNN's loss and gradient, which are those of softmax(x), what ctc_forward and ctc_backward give: a block for
// each sequence, whose warps take its steps in turn. Bound: x is read twice, the gradient read and written.
extern "C" __global__ void __launch_bounds__(BLOCK)
    ctc_mend(Ctc c, const float* x, const int* input_lengths, const int* fates, double* norms, float* losses,
             float* gradient) {
  __shared__ double sums[BLOCK];
  for (int n = blockIdx.x; n < c.batch; n += gridDim.x) {
    Sequence q = {n, input_lengths[n], 0, 0};
    int fate = fates[n];
    double* norm = norms + (Index)n * c.steps;
    double loss = fate == FATE_OWN ? losses[n] : 0.0, sum = 0.0;
    for (int t = threadIdx.x / 32; t < q.steps; t += BLOCK / 32) {
      const float* row = x + row_of(c, q, t);
      double z = normaliser(c.classes, row);
      if (threadIdx.x % 32 == 0) {
        norm[t] = z;
        sum += fate == FATE_EMPTY ? (double)row[c.blank] : z;
      }
    }
    sum = block_sum(sum, sums);
    loss = fate == FATE_NEVER || sum == -INFINITY ? (double)INFINITY : loss - sum;
    bool never = isinf(loss), zero = never && c.zero_infinity;
    if (threadIdx.x == 0) losses[n] = zero ? 0.0f : (float)loss;
    Index size = gradient ? (Index)c.steps * c.classes : 0;
    for (Index i = threadIdx.x; i < size; i += BLOCK) {
      int t = (int)(i / c.classes), k = (int)(i % c.classes);
      Index at = row_of(c, q, t) + k;
      float value = 0.0f;
      if (t < q.steps && !zero) {
        float density = expf(x[at]);
        if (never || loss != loss) value = NAN;
        else if (fate == FATE_EMPTY) value = density - (k == c.blank ? 1.0f : 0.0f);
        else value = gradient[at] + (density - expf((float)(x[at] - norm[t])));
      }
      gradient[at] = value;
    }
  }
}
