// Normalisation of rows by their own statistics. Tensors are [rows, channels, inner]; gamma and shift have one element
// for each group and channel, those of row r beginning at r % groups * channels. What is not there or not wanted is null.

// One block for each row. The mean is found first; what is left of it after rounding is found with the variance.
extern "C" __global__ void __launch_bounds__(BLOCK)
    norm_forward(const float* x, const float* gamma, const float* shift, float* y, float* save_mean,
                 float* save_inv_std, float eps, int centered, Index rows, int groups, int channels, int inner) {
  __shared__ float part[BLOCK];
  int width = channels * inner;
  for (Index r = blockIdx.x; r < rows; r += gridDim.x) {
    const float* row = x + r * width;
    float mean = 0.0f;
    if (centered) {
      float sum = 0.0f;
      for (int j = threadIdx.x; j < width; j += blockDim.x) sum += row[j];
      mean = block_sum(sum, part) / width;
    }
    float squares = 0.0f, rest = 0.0f;
    for (int j = threadIdx.x; j < width; j += blockDim.x) {
      float d = row[j] - mean;
      squares += d * d;
      rest += d;
    }
    float var = block_sum(squares, part) / width;
    float lost = 0.0f;
    if (centered) {
      lost = block_sum(rest, part) / width;
      var -= lost * lost;
    }
    float inv_std = 1.0f / sqrtf((var < 0.0f ? 0.0f : var) + eps);
    int first_parameter = (int)(r % groups) * channels;
    for (int j = threadIdx.x; j < width; j += blockDim.x) {
      int p = first_parameter + j / inner;
      float normal = (row[j] - mean - lost) * inv_std;
      y[r * width + j] = (gamma ? gamma[p] * normal : normal) + (shift ? shift[p] : 0.0f);
    }
    if (threadIdx.x == 0) {
      if (save_mean) save_mean[r] = mean + lost;
      save_inv_std[r] = inv_std;
    }
  }
}

// One block for each row: dx = invStd * (g - the mean of g - normal * the mean of g * normal), g being gamma * dy and
// normal (x - mean) * invStd; + beta * dx. Without centring the mean of g is not subtracted.
extern "C" __global__ void __launch_bounds__(BLOCK)
    norm_input_gradient(const float* x, const float* gamma, const float* mean, const float* inv_std, const float* dy,
                        float beta, float* dx, int centered, Index rows, int groups, int channels, int inner) {
  __shared__ float part[BLOCK];
  int width = channels * inner;
  for (Index r = blockIdx.x; r < rows; r += gridDim.x) {
    Index start = r * width;
    int first_parameter = (int)(r % groups) * channels;
    float centre = mean ? mean[r] : 0.0f;
    float scale = inv_std[r];
    float sum = 0.0f, dot = 0.0f;
    for (int j = threadIdx.x; j < width; j += blockDim.x) {
      float g = dy[start + j] * (gamma ? gamma[first_parameter + j / inner] : 1.0f);
      sum += g;
      dot += g * (x[start + j] - centre) * scale;
    }
    dot = block_sum(dot, part) / width;
    sum = centered ? block_sum(sum, part) / width : 0.0f;
    for (int j = threadIdx.x; j < width; j += blockDim.x) {
      float g = dy[start + j] * (gamma ? gamma[first_parameter + j / inner] : 1.0f);
      float normal = (x[start + j] - centre) * scale;
      dx[start + j] = accumulate(scale * (g - sum - normal * dot), beta, dx, start + j);
    }
  }
}

// The parameters' gradients where each element of a row has a parameter of its own: sums over the columns of a matrix
// [count, parameters]. A block has 32 columns and a chunk of the matrix's rows. With one chunk the gradients are written
// as asked; with more, parts is [chunks, 2, parameters] of plain sums.
extern "C" __global__ void __launch_bounds__(BLOCK)
    norm_parameters_by_columns(const float* x, const float* mean, const float* inv_std, const float* dy,
                               float beta_gamma, float* d_gamma, float beta_shift, float* d_shift, float* parts,
                               Index count, int chunks, int groups, int channels) {
  __shared__ float part[BLOCK];
  const int lanes = 32, sharers = BLOCK / 32;
  int lane = threadIdx.x % lanes, sharer = threadIdx.x / lanes;
  int parameters = groups * channels;
  int tiles = (parameters + lanes - 1) / lanes;
  Index each = (count + chunks - 1) / chunks;
  for (int b = blockIdx.x; b < tiles * chunks; b += gridDim.x) {
    int p = b % tiles * lanes + lane, chunk = b / tiles;
    Index from = each * chunk, to = from + each < count ? from + each : count;
    float of_gamma = 0.0f, of_shift = 0.0f;
    if (p < parameters) {
      for (Index k = from + sharer; k < to; k += sharers) {
        Index at = k * parameters + p, row = k * groups + p / channels;
        float d = dy[at];
        of_shift += d;
        of_gamma += d * (x[at] - (mean ? mean[row] : 0.0f)) * inv_std[row];
      }
    }
    for (int which = 0; which < 2; which++) {
      part[threadIdx.x] = which == 0 ? of_gamma : of_shift;
      __syncthreads();
      if (sharer == 0 && p < parameters) {
        float sum = 0.0f;
        for (int k = 0; k < sharers; k++) sum += part[k * lanes + lane];
        float* out = which == 0 ? d_gamma : d_shift;
        if (chunks > 1) {
          parts[(2 * (Index)chunk + which) * parameters + p] = sum;
        } else if (out) {
          out[p] = accumulate(sum, which == 0 ? beta_gamma : beta_shift, out, p);
        }
      }
      __syncthreads();
    }
  }
}

// Adds up the chunks, in their order.
extern "C" __global__ void norm_parameters_total(const float* parts, int chunks, int parameters, float beta_gamma,
                                                 float* d_gamma, float beta_shift, float* d_shift) {
  for (Index p = first(); p < parameters; p += stride()) {
    float of_gamma = 0.0f, of_shift = 0.0f;
    for (int k = 0; k < chunks; k++) {
      of_gamma += parts[2 * (Index)k * parameters + p];
      of_shift += parts[(2 * (Index)k + 1) * parameters + p];
    }
    if (d_gamma) d_gamma[p] = accumulate(of_gamma, beta_gamma, d_gamma, p);
    if (d_shift) d_shift[p] = accumulate(of_shift, beta_shift, d_shift, p);
  }
}

// The parameters' gradients where neighbours share a parameter: one block for each.
extern "C" __global__ void __launch_bounds__(BLOCK)
    norm_parameters_by_blocks(const float* x, const float* mean, const float* inv_std, const float* dy,
                              float beta_gamma, float* d_gamma, float beta_shift, float* d_shift, Index count,
                              int groups, int channels, int inner) {
  __shared__ float part[BLOCK];
  int parameters = groups * channels;
  for (int p = blockIdx.x; p < parameters; p += gridDim.x) {
    float of_gamma = 0.0f, of_shift = 0.0f;
    for (Index i = threadIdx.x; i < count * inner; i += blockDim.x) {
      Index k = i / inner, row = k * groups + p / channels;
      Index at = (k * parameters + p) * inner + i % inner;
      float d = dy[at];
      of_shift += d;
      of_gamma += d * (x[at] - (mean ? mean[row] : 0.0f)) * inv_std[row];
    }
    of_gamma = block_sum(of_gamma, part);
    of_shift = block_sum(of_shift, part);
    if (threadIdx.x == 0) {
      if (d_gamma) d_gamma[p] = accumulate(of_gamma, beta_gamma, d_gamma, p);
      if (d_shift) d_shift[p] = accumulate(of_shift, beta_shift, d_shift, p);
    }
  }
}
