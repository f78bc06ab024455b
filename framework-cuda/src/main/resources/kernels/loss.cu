// Losses with their gradients. A mean over rows is not known before all rows are, so that there are three steps:
// what each row gives, the sums (one block, always in the same order), and the gradient.

__device__ inline Index row_start(Index row, int classes, Index inner) {
  return row / inner * classes * inner + row % inner;
}

// The target's share of a class, with its weight and its part of the smoothing.
__device__ inline float class_share(const int* targets, const float* probabilities, Index row,
                                    Index at, int c, int classes, const float* weight,
                                    float smoothing) {
  float w = weight ? weight[c] : 1.0f;
  float target = targets ? (targets[row] == c ? 1.0f : 0.0f) : probabilities[at];
  return ((1.0f - smoothing) * target + smoothing / (float)classes) * w;
}

// Leaves of each row its largest logit, its logarithm of the sum of exponentials, the sum of its shares, and what it
// counts in a weighted mean.
template <int GROUP>
__device__ inline void cross_entropy_rows(
    Index rows, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, float* row_max,
    float* row_log_sum, float* row_share, float* row_weight, float* row_loss, float* part) {
  auto plus = [](float a, float b) { return a + b; };
  int lane = threadIdx.x % GROUP;
  for (Index row = first_row<GROUP>(); row < rows; row += row_stride<GROUP>()) {
    if (targets && targets[row] == ignore_index) {
      if (lane == 0) row_max[row] = row_log_sum[row] = row_share[row] = row_weight[row] = row_loss[row] = 0.0f;
      continue;
    }
    Index start = row_start(row, classes, inner);
    // NaN is not the maximum of fmaxf, but it is in the sum, and so in the loss.
    float largest = -INFINITY;
    for (int c = lane; c < classes; c += GROUP) largest = fmaxf(largest, logits[start + c * inner]);
    largest = combined<GROUP>(largest, part, [](float a, float b) { return fmaxf(a, b); });
    float sum = 0.0f;
    for (int c = lane; c < classes; c += GROUP) sum += expf(logits[start + c * inner] - largest);
    float log_sum = logf(combined<GROUP>(sum, part, plus));
    float loss = 0.0f, total = 0.0f;
    for (int c = lane; c < classes; c += GROUP) {
      Index at = start + c * inner;
      float share = class_share(targets, probabilities, row, at, c, classes, weight, smoothing);
      // As PyTorch's: a share of 0 of minus infinity is NaN, unless the class is one that the index does not name.
      float log_p = logits[at] - largest - log_sum;
      if (!targets) {
        loss -= share * log_p;
      } else {
        float w = weight ? weight[c] : 1.0f;
        if (targets[row] == c) loss -= (1.0f - smoothing) * w * log_p;
        if (smoothing != 0.0f) loss -= smoothing / (float)classes * w * log_p;
      }
      total += share;
    }
    loss = combined<GROUP>(loss, part, plus);
    total = combined<GROUP>(total, part, plus);
    if (lane == 0) {
      row_max[row] = largest;
      row_log_sum[row] = log_sum;
      row_share[row] = total;
      row_weight[row] = targets && weight ? weight[targets[row]] : 1.0f;
      row_loss[row] = loss;
    }
  }
}

extern "C" __global__ void cross_entropy_rows_by_threads(
    Index rows, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, float* row_max,
    float* row_log_sum, float* row_share, float* row_weight, float* row_loss) {
  cross_entropy_rows<1>(rows, classes, inner, ignore_index, smoothing, logits, targets, probabilities, weight, row_max,
                         row_log_sum, row_share, row_weight, row_loss, nullptr);
}

extern "C" __global__ void cross_entropy_rows_by_warps(
    Index rows, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, float* row_max,
    float* row_log_sum, float* row_share, float* row_weight, float* row_loss) {
  cross_entropy_rows<32>(rows, classes, inner, ignore_index, smoothing, logits, targets, probabilities, weight, row_max,
                         row_log_sum, row_share, row_weight, row_loss, nullptr);
}

extern "C" __global__ void __launch_bounds__(BLOCK) cross_entropy_rows_by_blocks(
    Index rows, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, float* row_max,
    float* row_log_sum, float* row_share, float* row_weight, float* row_loss) {
  __shared__ float part[BLOCK / 32];
  cross_entropy_rows<BLOCK>(rows, classes, inner, ignore_index, smoothing, logits, targets, probabilities, weight, row_max,
                         row_log_sum, row_share, row_weight, row_loss, part);
}

// One block: the loss, and what it was divided by.
extern "C" __global__ void __launch_bounds__(BLOCK) cross_entropy_total(
    Index rows, int mean, const float* row_weight, const float* row_loss, float* divisor,
    float* loss) {
  __shared__ float part[BLOCK];
  float weights = 0.0f, losses = 0.0f;
  for (Index row = threadIdx.x; row < rows; row += blockDim.x) {
    weights += row_weight[row];
    losses += row_loss[row];
  }
  weights = block_sum(weights, part);
  losses = block_sum(losses, part);
  if (threadIdx.x == 0) {
    float d = mean ? weights : 1.0f;
    divisor[0] = d;
    loss[0] = losses / d;
  }
}

__device__ inline void cross_entropy_gradient(
    Index n, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, const float* row_max,
    const float* row_log_sum, const float* row_share, float d, float* grad) {
  for (Index at = first(); at < n; at += stride()) {
    int c = (int)(at / inner % classes);
    Index row = at / inner / classes * inner + at % inner;
    float g = 0.0f;
    if (!targets || targets[row] != ignore_index) {
      float share = class_share(targets, probabilities, row, at, c, classes, weight, smoothing);
      g = row_share[row] * expf(logits[at] - row_max[row] - row_log_sum[row]) - share;
    }
    // What counts for nothing keeps a gradient of 0, even where the divisor is 0 too.
    grad[at] = g == 0.0f ? 0.0f : g / d;
  }
}

// divisor is null where the losses stay as they are.
extern "C" __global__ void cross_entropy_gradient_of_rows(
    Index n, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, const float* row_max,
    const float* row_log_sum, const float* row_share, const float* divisor, float* grad) {
  cross_entropy_gradient(n, classes, inner, ignore_index, smoothing, logits, targets, probabilities, weight, row_max,
                         row_log_sum, row_share, divisor ? divisor[0] : 1.0f, grad);
}

// Where rows are few each block adds them up for itself, which saves the launch of cross_entropy_total.
extern "C" __global__ void __launch_bounds__(BLOCK) cross_entropy_total_and_gradient(
    Index n, int classes, Index inner, int ignore_index, float smoothing, const float* logits,
    const int* targets, const float* probabilities, const float* weight, const float* row_max,
    const float* row_log_sum, const float* row_share, Index rows, int mean, const float* row_weight,
    const float* row_loss, float* loss, float* grad) {
  __shared__ float part[BLOCK];
  float weights = 0.0f, losses = 0.0f;
  for (Index row = threadIdx.x; row < rows; row += blockDim.x) {
    weights += row_weight[row];
    losses += row_loss[row];
  }
  float d = mean ? block_sum(weights, part) : 1.0f;
  losses = block_sum(losses, part);
  if (blockIdx.x == 0 && threadIdx.x == 0) loss[0] = losses / d;
  cross_entropy_gradient(n, classes, inner, ignore_index, smoothing, logits, targets, probabilities, weight, row_max,
                         row_log_sum, row_share, d, grad);
}

__device__ inline float at_least(float x, float low) { return x < low ? low : x; }

__device__ inline void pointwise(int kind, float x, float t, float w, float p, float& loss, float& grad) {
  float d = x - t;
  switch (kind) {
    case LOSS_MSE:
      loss = w * d * d;
      grad = w * 2.0f * d;
      return;
    case LOSS_L1:
      loss = w * fabsf(d);
      grad = w * (d > 0.0f ? 1.0f : d < 0.0f ? -1.0f : d);
      return;
    case LOSS_BCE:
      loss = -w * (t * at_least(logf(x), -100.0f) + (1.0f - t) * at_least(log1pf(-x), -100.0f));
      // The logarithms' bound is not differentiated; the denominator is bounded instead.
      grad = w * d / at_least(x * (1.0f - x), 1e-12f);
      return;
    case LOSS_BCE_WITH_LOGITS: {
      float softplus = (x < 0.0f ? -x : 0.0f) + log1pf(expf(-fabsf(x)));
      float q = 1.0f + (p - 1.0f) * t;
      loss = w * ((1.0f - t) * x + q * softplus);
      grad = w * ((1.0f - t) - q / (1.0f + expf(x)));
      return;
    }
  }
  loss = grad = NAN;
}

// each: one loss per element, or null; parts: one sum per block, or null.
extern "C" __global__ void __launch_bounds__(BLOCK) pointwise_loss(
    int kind, Index n, float divisor, const float* x, const float* target, const float* weight,
    const float* pos_weight, float* each, float* parts, float* grad) {
  __shared__ float part[BLOCK];
  float sum = 0.0f;
  for (Index i = first(); i < n; i += stride()) {
    float loss, g;
    pointwise(kind, x[i], target[i], weight ? weight[i] : 1.0f, pos_weight ? pos_weight[i] : 1.0f, loss, g);
    sum += loss;
    if (each) each[i] = loss;
    if (grad) grad[i] = g / divisor;
  }
  if (!parts) return;
  sum = block_sum(sum, part);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

extern "C" __global__ void __launch_bounds__(BLOCK) pointwise_total(
    int count, float divisor, const float* parts, float* loss) {
  __shared__ float part[BLOCK];
  float sum = 0.0f;
  for (int i = threadIdx.x; i < count; i += blockDim.x) sum += parts[i];
  sum = block_sum(sum, part);
  if (threadIdx.x == 0) loss[0] = sum / divisor;
}
