// The recurrent layers against a naive network in double precision: outputs, and gradients by central differences.
#include "check.h"
#include "math/rnn.h"

namespace {

using Doubles = std::vector<double>;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Network {
  const math::RnnShape& s;
  Doubles weights, x, hx, cx;
  math::DropoutFactors factors;

  // The weights of a pseudo layer's gate, counted off in cuDNN's order.
  double product(int64_t pseudo, bool recurrent, int64_t row, const Doubles& v) const {
    int64_t at = 0;
    for (int64_t p = 0; p < pseudo; p++) at += s.rows() * (s.inputOf(p / s.directions) + s.hidden);
    if (recurrent) at += s.rows() * s.inputOf(pseudo / s.directions);
    double sum = 0;
    for (size_t i = 0; i < v.size(); i++) sum += weights[at + row * int64_t(v.size()) + int64_t(i)] * v[i];
    int64_t biases = int64_t(s.inputBias) + int64_t(s.recurrentBias), all = 0;
    if (!(recurrent ? s.recurrentBias : s.inputBias)) return sum;
    for (int64_t p = 0; p < s.pseudoLayers(); p++) all += s.rows() * (s.inputOf(p / s.directions) + s.hidden);
    int64_t skip = recurrent && s.inputBias ? 1 : 0;
    return sum + weights[all + (pseudo * biases + skip) * s.rows() + row];
  }

  void cell(int64_t pseudo, const Doubles& in, Doubles& h, Doubles& c) const {
    Doubles next(s.hidden), nextC(s.hidden);
    for (int64_t i = 0; i < s.hidden; i++) {
      auto w = [&](int64_t gate) { return product(pseudo, false, gate * s.hidden + i, in); };
      auto r = [&](int64_t gate) { return product(pseudo, true, gate * s.hidden + i, h); };
      switch (s.cell) {
        case math::Cell::kRelu:
          next[i] = std::fmax(0, w(0) + r(0));
          break;
        case math::Cell::kTanh:
          next[i] = std::tanh(w(0) + r(0));
          break;
        case math::Cell::kLstm:
          nextC[i] = sigmoid(w(1) + r(1)) * c[i] + sigmoid(w(0) + r(0)) * std::tanh(w(2) + r(2));
          next[i] = sigmoid(w(3) + r(3)) * std::tanh(nextC[i]);
          break;
        case math::Cell::kGru: {
          double z = sigmoid(w(1) + r(1)), n = std::tanh(w(2) + sigmoid(w(0) + r(0)) * r(2));
          next[i] = (1 - z) * n + z * h[i];
          break;
        }
      }
    }
    h = next;
    c = nextC;
  }

  // Runs one sequence after the other; y, hy and cy have the arithmetic's layout, zeros in the padding.
  void run(Doubles& y, Doubles& hy, Doubles& cy) const {
    int64_t wide = s.directions * s.hidden;
    y.assign(s.steps * s.batch * wide, 0);
    hy = hx;
    cy = cx;
    for (int64_t b = 0; b < s.batch; b++) {
      std::vector<Doubles> in(s.lengths[b]);
      for (int t = 0; t < s.lengths[b]; t++) {
        auto from = x.begin() + (t * s.batch + b) * s.input;
        in[t].assign(from, from + s.input);
      }
      for (int64_t layer = 0; layer < s.layers; layer++) {
        std::vector<Doubles> out(in.size(), Doubles(wide));
        for (int64_t d = 0; d < s.directions; d++) {
          int64_t pseudo = layer * s.directions + d, state = (pseudo * s.batch + b) * s.hidden;
          Doubles h(hx.begin() + state, hx.begin() + state + s.hidden), c(cx.begin() + state, cx.begin() + state + s.hidden);
          for (size_t i = 0; i < in.size(); i++) {
            size_t t = d == 0 ? i : in.size() - 1 - i;
            cell(pseudo, in[t], h, c);
            std::copy(h.begin(), h.end(), out[t].begin() + d * s.hidden);
          }
          std::copy(h.begin(), h.end(), hy.begin() + state);
          if (!in.empty()) std::copy(c.begin(), c.end(), cy.begin() + state);
        }
        in = out;
        for (size_t t = 0; layer + 1 < s.layers && !factors.empty() && t < in.size(); t++)
          for (int64_t i = 0; i < wide; i++)
            in[t][i] *= factors[((layer * s.steps + int64_t(t)) * s.batch + b) * wide + i];
      }
      for (size_t t = 0; t < in.size(); t++)
        std::copy(in[t].begin(), in[t].end(), y.begin() + (int64_t(t) * s.batch + b) * wide);
    }
  }
};

double dot(const Doubles& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); i++) sum += a[i] * b[i];
  return sum;
}

void test(math::Cell cell, int64_t layers, int64_t directions, bool inputBias, bool recurrentBias,
          bool dropout = false) {
  math::RnnShape s;
  s.cell = cell;
  s.layers = layers;
  s.directions = directions;
  s.steps = 5;
  s.batch = 4;
  s.input = 3;
  s.hidden = 2;
  s.inputBias = inputBias;
  s.recurrentBias = recurrentBias;
  s.tf32 = false;
  s.lengths = {3, 5, 0, 1};
  bool lstm = cell == math::Cell::kLstm;
  std::string what = "cell " + std::to_string(int(cell)) + ", " + std::to_string(layers) + " layers, " +
                     std::to_string(directions) + " directions";
  size_t states = s.pseudoLayers() * s.batch * s.hidden, outs = s.steps * s.batch * s.directions * s.hidden;
  std::vector<float> w = check::randoms(s.weightCount(), 1), x = check::randoms(s.steps * s.batch * s.input, 2),
                     hx = check::randoms(states, 3), cx = check::randoms(states, 4), dy = check::randoms(outs, 5),
                     dhy = check::randoms(states, 6), dcy = check::randoms(states, 7);
  for (int64_t t = 0; t < s.steps; t++)
    for (int64_t b = 0; b < s.batch; b++)
      for (int64_t i = 0; t >= s.lengths[b] && i < s.input; i++) x[(t * s.batch + b) * s.input + i] = 0;
  if (!lstm) std::fill(dcy.begin(), dcy.end(), 0.0f);
  auto doubles = [](const std::vector<float>& v) { return Doubles(v.begin(), v.end()); };
  math::DropoutFactors factors(dropout ? size_t(layers - 1) * outs : 0);
  for (size_t i = 0; i < factors.size(); i++) factors[i] = i % 3 == 0 ? 0 : 1.5f;
  Network net{s, doubles(w), doubles(x), doubles(hx), doubles(cx), factors};
  Doubles ey, eh, ec;
  net.run(ey, eh, ec);
  std::vector<float> y(outs, NAN), hy(states, NAN), cy(states, NAN), trace(s.traceCount(), NAN), dx(x.size(), NAN),
      dhx(states, NAN), dcx(states, NAN), dw(w.size(), 0.25f);
  math::rnnForward(s, w.data(), x.data(), hx.data(), cx.data(), y.data(), hy.data(), cy.data(), trace.data(), factors);
  check::close(y, ey, outs, 1e-5, what + ": y");
  check::close(hy, eh, states, 1e-5, what + ": hy");
  if (lstm) check::close(cy, ec, states, 1e-5, what + ": cy");
  math::rnnBackwardData(s, w.data(), dy.data(), hx.data(), cx.data(), dhy.data(), dcy.data(), dx.data(), dhx.data(),
                        dcx.data(), trace.data(), factors);
  math::rnnBackwardWeights(s, x.data(), hx.data(), trace.data(), dw.data());
  auto gradient = [&](Doubles& v, const std::vector<float>& actual, double offset, const char* name) {
    for (size_t i = 0; i < v.size(); i++) {
      double at = v[i], loss[2];
      for (int side = 0; side < 2; side++) {
        v[i] = at + (side ? -1e-5 : 1e-5);
        net.run(ey, eh, ec);
        loss[side] = dot(ey, dy) + dot(eh, dhy) + (lstm ? dot(ec, dcy) : 0);
      }
      v[i] = at;
      double expected = (loss[0] - loss[1]) / 2e-5 + offset, a = actual[i];
      check::that(std::fabs(a - expected) < 1e-4 * (1 + std::fabs(expected)),
                  what + ": " + name + "[" + std::to_string(i) + "] is " + std::to_string(a) + ", not " +
                      std::to_string(expected));
    }
  };
  gradient(net.x, dx, 0, "dx");
  gradient(net.hx, dhx, 0, "dhx");
  if (lstm) gradient(net.cx, dcx, 0, "dcx");
  gradient(net.weights, dw, 0.25, "dweights");  // the gradients are added
}

}  // namespace

int main() {
  using math::Cell;
  for (Cell cell : {Cell::kRelu, Cell::kTanh, Cell::kLstm, Cell::kGru}) {
    test(cell, 1, 1, true, true);
    test(cell, 2, 2, true, true);
  }
  test(Cell::kGru, 1, 2, true, false);
  test(Cell::kLstm, 2, 1, false, true);
  test(Cell::kTanh, 1, 1, false, false);
  test(Cell::kLstm, 3, 2, true, true, true);
  return check::result("rnn_test");
}
