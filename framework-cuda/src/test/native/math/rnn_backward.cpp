#include <algorithm>
#include <cmath>

#include "math/gemm.h"
#include "math/rnn_step.h"

namespace math {
namespace {

// One cell: dh and dc are the gradients of its states; the gates g become their gradients (before activation), extra
// of a GRU becomes the gradient of n's recurrent part. dc leaves as the gradient of the cell state before, dh as what
// reaches the hidden state before directly.
void cell(const RnnShape& s, float* g, float* extra, const float* hBefore, const float* cBefore, float* dh,
          float* dc) {
  int64_t n = s.hidden;
  for (int64_t i = 0; i < n; i++) {
    switch (s.cell) {
      case Cell::kRelu:
        g[i] = g[i] > 0 ? dh[i] : 0;
        dh[i] = 0;
        break;
      case Cell::kTanh:
        g[i] = dh[i] * (1 - g[i] * g[i]);
        dh[i] = 0;
        break;
      case Cell::kLstm: {
        float in = g[i], forget = g[n + i], fresh = g[2 * n + i], out = g[3 * n + i], tanhC = std::tanh(extra[i]);
        float total = dc[i] + dh[i] * out * (1 - tanhC * tanhC);
        g[i] = total * fresh * in * (1 - in);
        g[n + i] = total * cBefore[i] * forget * (1 - forget);
        g[2 * n + i] = total * in * (1 - fresh * fresh);
        g[3 * n + i] = dh[i] * tanhC * out * (1 - out);
        dc[i] = total * forget;
        dh[i] = 0;
        break;
      }
      case Cell::kGru: {
        float reset = g[i], update = g[n + i], fresh = g[2 * n + i], rest = extra[i];
        float dFresh = dh[i] * (1 - update) * (1 - fresh * fresh);
        g[i] = dFresh * rest * reset * (1 - reset);
        g[n + i] = dh[i] * (hBefore[i] - fresh) * update * (1 - update);
        g[2 * n + i] = dFresh;
        extra[i] = dFresh * reset;
        dh[i] = dh[i] * update;
        break;
      }
    }
  }
}

// The gradients of the recurrent part of the gates at one step: as those of the inputs' part, apart from a GRU's n.
void recurrentGradients(const RnnShape& s, const float* gates, const float* extra, float* out) {
  std::copy_n(gates, s.batch * s.rows(), out);
  if (s.cell != Cell::kGru) return;
  for (int64_t b = 0; b < s.batch; b++)
    std::copy_n(extra + b * s.hidden, s.hidden, out + b * s.rows() + 2 * s.hidden);
}

void direction(const RnnShape& s, int64_t pseudo, const float* weights, const float* dy, const float* hx,
               const float* cx, const float* dhy, const float* dcy, float* dx, float* dhx, float* dcx, float* trace) {
  int64_t in = s.inputOf(pseudo / s.directions), rows = s.rows(), cells = s.batch * s.hidden;
  int64_t wide = s.directions * s.hidden, d = pseudo % s.directions;
  float *gates = trace + s.gatesAt(pseudo), *extra = trace + s.extraAt(pseudo);
  const float* out = trace + s.outputAt(pseudo);
  Walk walk(s, pseudo);
  std::vector<float> dh(cells), dc(cells), hBefore(cells), cBefore(cells), part(s.batch * rows), step(cells);
  if (dhy) std::copy_n(dhy, cells, dh.begin());
  if (dcy) std::copy_n(dcy, cells, dc.begin());
  for (int64_t i = s.steps - 1; i >= 0; i--) {
    int64_t t = walk.step(i);
    gatherBefore(s, walk, t, out, hx, hBefore.data());
    if (s.cell == Cell::kLstm) gatherBefore(s, walk, t, extra, cx, cBefore.data());
    for (int64_t b = 0; b < s.batch; b++) {
      int64_t at = t * s.batch + b;
      if (!walk.valid(t, b)) {
        std::fill_n(gates + at * rows, rows, 0.0f);
        std::fill_n(extra + at * s.hidden, s.hidden, 0.0f);
        continue;
      }
      for (int64_t j = 0; j < s.hidden; j++) dh[b * s.hidden + j] += dy[at * wide + d * s.hidden + j];
      cell(s, gates + at * rows, extra + at * s.hidden, &hBefore[b * s.hidden], &cBefore[b * s.hidden],
           &dh[b * s.hidden], &dc[b * s.hidden]);
    }
    recurrentGradients(s, gates + t * s.batch * rows, extra + t * cells, part.data());
    // Sequences that are not at work at this step have zeros here, so that their dh stays as it is.
    gemmRows(false, false, s.batch, s.hidden, rows, 1, part.data(), rows, weights + s.recurrentMatrix(pseudo),
             s.hidden, 1, dh.data(), s.hidden, s.tf32);
  }
  if (dhx) std::copy(dh.begin(), dh.end(), dhx);
  if (dcx) std::copy(dc.begin(), dc.end(), dcx);
  gemmRows(false, false, s.steps * s.batch, in, rows, 1, gates, rows, weights + s.inputMatrix(pseudo), in,
           d == 0 ? 0.0f : 1.0f, dx, in, s.tf32);
}

}  // namespace

void rnnBackwardData(const RnnShape& s, const float* weights, const float* dy, const float* hx, const float* cx,
                     const float* dhy, const float* dcy, float* dx, float* dhx, float* dcx, float* trace,
                     const DropoutFactors& factors) {
  int64_t cells = s.batch * s.hidden, wide = s.directions * s.hidden, places = s.steps * s.batch;
  auto offset = [](auto* p, int64_t at) { return p ? p + at : nullptr; };
  std::vector<float> above, below;
  for (int64_t layer = s.layers - 1; layer >= 0; layer--) {
    const float* gradient = layer + 1 == s.layers ? dy : above.data();
    if (layer > 0) below.assign(places * wide, 0);
    float* to = layer == 0 ? dx : below.data();
    for (int64_t d = 0; d < s.directions; d++) {
      int64_t at = (layer * s.directions + d) * cells;
      direction(s, layer * s.directions + d, weights, gradient, offset(hx, at), offset(cx, at), offset(dhy, at),
                offset(dcy, at), to, offset(dhx, at), offset(dcx, at), trace);
    }
    if (layer > 0 && !factors.empty())
      for (int64_t i = 0; i < places * wide; i++) below[i] *= factors[(layer - 1) * places * wide + i];
    above.swap(below);
  }
}

void rnnBackwardWeights(const RnnShape& s, const float* x, const float* hx, const float* trace, float* dweights) {
  int64_t rows = s.rows(), cells = s.batch * s.hidden;
  std::vector<float> part(s.batch * rows), hBefore(cells);
  for (int64_t pseudo = 0; pseudo < s.pseudoLayers(); pseudo++) {
    int64_t layer = pseudo / s.directions, in = s.inputOf(layer);
    const float *gates = trace + s.gatesAt(pseudo), *extra = trace + s.extraAt(pseudo);
    const float* inputs = layer == 0 ? x : trace + s.layerInputAt(layer);
    const float* initial = hx ? hx + pseudo * cells : nullptr;
    Walk walk(s, pseudo);
    gemmRows(true, false, rows, in, s.steps * s.batch, 1, gates, rows, inputs, in, 1,
             dweights + s.inputMatrix(pseudo), in, s.tf32);
    std::vector<double> sumIn(rows), sumRecurrent(rows);
    for (int64_t t = 0; t < s.steps; t++) {
      gatherBefore(s, walk, t, trace + s.outputAt(pseudo), initial, hBefore.data());
      recurrentGradients(s, gates + t * s.batch * rows, extra + t * cells, part.data());
      gemmRows(true, false, rows, s.hidden, s.batch, 1, part.data(), rows, hBefore.data(), s.hidden, 1,
               dweights + s.recurrentMatrix(pseudo), s.hidden, s.tf32);
      for (int64_t b = 0; b < s.batch; b++)
        for (int64_t i = 0; i < rows; i++) {
          sumIn[i] += gates[(t * s.batch + b) * rows + i];
          sumRecurrent[i] += part[b * rows + i];
        }
    }
    auto addBias = [&](int64_t at, const std::vector<double>& sum) {
      for (int64_t i = 0; at >= 0 && i < rows; i++) dweights[at + i] += float(sum[i]);
    };
    addBias(s.inputBiasAt(pseudo), sumIn);
    addBias(s.recurrentBiasAt(pseudo), sumRecurrent);
  }
}

}  // namespace math
