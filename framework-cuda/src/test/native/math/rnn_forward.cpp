#include <algorithm>
#include <cmath>

#include "math/gemm.h"
#include "math/rnn_step.h"

namespace math {
namespace {

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// One cell: g holds the inputs' part of the gates and leaves with the activated gates; r is the recurrent part.
void cell(const RnnShape& s, float* g, const float* r, const float* hBefore, const float* cBefore, float* extra,
          float* h) {
  int64_t n = s.hidden;
  for (int64_t i = 0; i < n; i++) {
    switch (s.cell) {
      case Cell::kRelu:
        g[i] = h[i] = std::max(g[i] + r[i], 0.0f);
        break;
      case Cell::kTanh:
        g[i] = h[i] = std::tanh(g[i] + r[i]);
        break;
      case Cell::kLstm: {
        float in = sigmoid(g[i] + r[i]), forget = sigmoid(g[n + i] + r[n + i]),
              fresh = std::tanh(g[2 * n + i] + r[2 * n + i]), out = sigmoid(g[3 * n + i] + r[3 * n + i]);
        extra[i] = forget * cBefore[i] + in * fresh;
        h[i] = out * std::tanh(extra[i]);
        g[i] = in;
        g[n + i] = forget;
        g[2 * n + i] = fresh;
        g[3 * n + i] = out;
        break;
      }
      case Cell::kGru: {
        float reset = sigmoid(g[i] + r[i]), update = sigmoid(g[n + i] + r[n + i]);
        extra[i] = r[2 * n + i];
        float fresh = std::tanh(g[2 * n + i] + reset * extra[i]);
        h[i] = (1 - update) * fresh + update * hBefore[i];
        g[i] = reset;
        g[n + i] = update;
        g[2 * n + i] = fresh;
        break;
      }
    }
  }
}

void fillRows(float* out, int64_t count, const float* bias, int64_t width) {
  for (int64_t i = 0; i < count; i++) std::copy(bias, bias + width, out + i * width);
}

void direction(const RnnShape& s, int64_t pseudo, const float* weights, const float* x, const float* hx,
               const float* cx, float* hy, float* cy, float* trace) {
  int64_t in = s.inputOf(pseudo / s.directions), rows = s.rows(), cells = s.batch * s.hidden;
  float *gates = trace + s.gatesAt(pseudo), *extra = trace + s.extraAt(pseudo), *out = trace + s.outputAt(pseudo);
  const float* recurrent = weights + s.recurrentMatrix(pseudo);
  Walk walk(s, pseudo);
  std::vector<float> zeros(rows), part(s.batch * rows), hBefore(cells), cBefore(cells);
  auto biasOr0 = [&](int64_t at) { return at < 0 ? zeros.data() : weights + at; };
  fillRows(gates, s.steps * s.batch, biasOr0(s.inputBiasAt(pseudo)), rows);
  gemmRows(false, true, s.steps * s.batch, rows, in, 1, x, in, weights + s.inputMatrix(pseudo), in, 1, gates, rows,
           s.tf32);
  for (int64_t i = 0; i < s.steps; i++) {
    int64_t t = walk.step(i);
    gatherBefore(s, walk, t, out, hx, hBefore.data());
    if (s.cell == Cell::kLstm) gatherBefore(s, walk, t, extra, cx, cBefore.data());
    fillRows(part.data(), s.batch, biasOr0(s.recurrentBiasAt(pseudo)), rows);
    gemmRows(false, true, s.batch, rows, s.hidden, 1, hBefore.data(), s.hidden, recurrent, s.hidden, 1, part.data(),
             rows, s.tf32);
    for (int64_t b = 0; b < s.batch; b++) {
      int64_t at = t * s.batch + b;
      if (walk.valid(t, b))
        cell(s, gates + at * rows, &part[b * rows], &hBefore[b * s.hidden], &cBefore[b * s.hidden],
             extra + at * s.hidden, out + at * s.hidden);
      else std::fill_n(out + at * s.hidden, s.hidden, 0.0f);
    }
  }
  auto finalState = [&](const float* states, const float* initial, float* to) {
    for (int64_t b = 0; to && b < s.batch; b++) {
      int64_t at = walk.last(b);
      const float* from = at >= 0 ? states + at * s.hidden : initial ? initial + b * s.hidden : zeros.data();
      std::copy(from, from + s.hidden, to + b * s.hidden);
    }
  };
  finalState(out, hx, hy);
  if (s.cell == Cell::kLstm) finalState(extra, cx, cy);
}

}  // namespace

void rnnForward(const RnnShape& s, const float* weights, const float* x, const float* hx, const float* cx, float* y,
                float* hy, float* cy, float* trace, const DropoutFactors& factors) {
  int64_t cells = s.batch * s.hidden, wide = s.directions * s.hidden, places = s.steps * s.batch;
  auto offset = [](auto* p, int64_t at) { return p ? p + at : nullptr; };
  for (int64_t layer = 0; layer < s.layers; layer++) {
    const float* in = layer == 0 ? x : trace + s.layerInputAt(layer);
    for (int64_t d = 0; d < s.directions; d++) {
      int64_t pseudo = layer * s.directions + d;
      direction(s, pseudo, weights, in, offset(hx, pseudo * cells), offset(cx, pseudo * cells),
                offset(hy, pseudo * cells), offset(cy, pseudo * cells), trace);
      float* to = layer + 1 == s.layers ? y : trace + s.layerInputAt(layer + 1);
      const float* from = trace + s.outputAt(pseudo);
      for (int64_t i = 0; i < places; i++)
        std::copy_n(from + i * s.hidden, s.hidden, to + i * wide + d * s.hidden);
    }
    if (layer + 1 < s.layers && !factors.empty()) {
      float* to = trace + s.layerInputAt(layer + 1);
      for (int64_t i = 0; i < places * wide; i++) to[i] *= factors[layer * places * wide + i];
    }
  }
}

}  // namespace math
