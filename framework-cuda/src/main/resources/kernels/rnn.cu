// What a step of a recurrent layer does besides matrix products: one thread for each number of the state. And how
// parameters get into cuDNN's order and back.

// Where a step's numbers are, and what they are; in the order of RnnKernels.
struct RnnStep {
  int kind, t, batch, hidden, width, outStride, outOffset;

  // Whether a sequence has ended before this step, and keeps its state.
  __device__ bool over(const int* lengths, int row) const { return lengths && t >= lengths[row]; }

  __device__ Index output(int row, int j) const { return ((Index)t * batch + row) * outStride + outOffset + j; }
};

__device__ inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

// gates has the input's product, and gets the gates; candidate is a GRU's, the cells are an LSTM's.
extern "C" __global__ void rnn_forward(RnnStep s, Index n, const int* lengths, float* gates, const float* recurrent,
                                       const float* biasIh, const float* biasHh, const float* before, float* after,
                                       const float* cellBefore, float* cellAfter, float* candidate, float* y) {
  for (Index e = first(); e < n; e += stride()) {
    int row = (int)(e / s.hidden), j = (int)(e % s.hidden), h = s.hidden;
    if (s.over(lengths, row)) {
      after[e] = before[e];
      if (s.kind == RNN_LSTM) cellAfter[e] = cellBefore[e];
      y[s.output(row, j)] = 0.0f;
      continue;
    }
    float* g = gates + (Index)row * s.width + j;
    const float* r = recurrent + (Index)row * s.width + j;
    float a[4], out = 0.0f;
    int summed = s.kind == RNN_GRU ? 2 : s.width / h;
    for (int k = 0; k < summed; k++) {
      a[k] = g[k * h] + r[k * h];
      if (biasIh) a[k] = a[k] + biasIh[k * h + j] + biasHh[k * h + j];
    }
    switch (s.kind) {
      case RNN_TANH: out = tanhf(a[0]); break;
      case RNN_RELU: out = activate(UNARY_RELU, 0.0f, 0.0f, a[0]); break;
      case RNN_LSTM: {
        float in = sigmoid(a[0]), forget = sigmoid(a[1]), fresh = tanhf(a[2]), o = sigmoid(a[3]);
        float c = forget * cellBefore[e] + in * fresh;
        g[0] = in;
        g[h] = forget;
        g[2 * h] = fresh;
        g[3 * h] = o;
        cellAfter[e] = c;
        out = o * tanhf(c);
        break;
      }
      case RNN_GRU: {
        float reset = sigmoid(a[0]), z = sigmoid(a[1]);
        float inner = r[2 * h] + (biasHh ? biasHh[2 * h + j] : 0.0f);
        float fresh = tanhf(g[2 * h] + (biasIh ? biasIh[2 * h + j] : 0.0f) + reset * inner);
        g[0] = reset;
        g[h] = z;
        g[2 * h] = fresh;
        candidate[e] = inner;
        out = (1.0f - z) * fresh + z * before[e];
        break;
      }
    }
    after[e] = out;
    y[s.output(row, j)] = out;
  }
}

// gates and candidate get their gradients; dh and dc those of the states before, without what goes through the product.
extern "C" __global__ void rnn_backward(RnnStep s, Index n, const int* lengths, float* gates, const float* before,
                                        const float* after, const float* cellBefore, const float* cellAfter,
                                        float* candidate, const float* dy, float* dh, float* dc) {
  for (Index e = first(); e < n; e += stride()) {
    int row = (int)(e / s.hidden), j = (int)(e % s.hidden), h = s.hidden;
    float* g = gates + (Index)row * s.width + j;
    if (s.over(lengths, row)) {
      for (int k = 0; k < s.width / h; k++) g[k * h] = 0.0f;
      if (s.kind == RNN_GRU) candidate[e] = 0.0f;
      continue;
    }
    float up = dh[e] + dy[s.output(row, j)], rest = 0.0f;
    switch (s.kind) {
      case RNN_TANH: g[0] = up * (1.0f - after[e] * after[e]); break;
      case RNN_RELU: g[0] = after[e] > 0.0f ? up : 0.0f; break;
      case RNN_LSTM: {
        float in = g[0], forget = g[h], fresh = g[2 * h], o = g[3 * h], t = tanhf(cellAfter[e]);
        float down = dc[e] + up * o * (1.0f - t * t);
        g[0] = down * fresh * in * (1.0f - in);
        g[h] = down * cellBefore[e] * forget * (1.0f - forget);
        g[2 * h] = down * in * (1.0f - fresh * fresh);
        g[3 * h] = up * t * o * (1.0f - o);
        dc[e] = down * forget;
        break;
      }
      case RNN_GRU: {
        float reset = g[0], z = g[h], fresh = g[2 * h];
        float dn = up * (1.0f - z) * (1.0f - fresh * fresh);
        g[0] = dn * candidate[e] * reset * (1.0f - reset);
        g[h] = up * (before[e] - fresh) * z * (1.0f - z);
        g[2 * h] = dn;
        candidate[e] = dn * reset;
        rest = up * z;
        break;
      }
    }
    dh[e] = rest;
  }
}

// A run of numbers: to = from + beta * to.
struct Part {
  const float* from;
  float* to;
  Index count;
  float beta;
  int unused;
};

struct Parts {
  Part part[RNN_PARTS];
};

// Moves parameters into cuDNN's order and gradients out of it. Runs may have one destination: each of its numbers is
// one thread's, which takes the runs in their order.
extern "C" __global__ void rnn_copy(Parts parts) {
  for (int k = 0; k < RNN_PARTS; k++) {
    const float* from = parts.part[k].from;
    float* to = parts.part[k].to;
    float beta = parts.part[k].beta;
    for (Index e = first(); e < parts.part[k].count; e += stride()) to[e] = accumulate(from[e], beta, to, e);
  }
}
