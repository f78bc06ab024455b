#include "math/ctc.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace math {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double logAdd(double a, double b) {
  if (a == kNever) return b;
  if (b == kNever) return a;
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
}

std::vector<double> logProbabilities(const float* x, bool probabilities, int64_t steps, int64_t classes,
                                     int64_t stride) {
  std::vector<double> out(steps * classes);
  for (int64_t t = 0; t < steps; t++) {
    double sum = kNever;
    for (int64_t c = 0; c < classes; c++) sum = logAdd(sum, double(x[t * stride + c]));
    for (int64_t c = 0; c < classes; c++) {
      double v = x[t * stride + c];
      out[t * classes + c] = probabilities ? std::log(v) : v - sum;
    }
  }
  return out;
}

}  // namespace

double ctcLoss(const float* activations, bool probabilities, int64_t steps, int64_t classes, int64_t stride,
               const std::vector<int>& labels, float* gradient) {
  std::vector<double> logP = logProbabilities(activations, probabilities, steps, classes, stride);
  int64_t states = 2 * int64_t(labels.size()) + 1;
  auto label = [&](int64_t s) { return s % 2 == 0 ? 0 : labels[size_t(s / 2)]; };
  auto skips = [&](int64_t s) { return s >= 2 && label(s) != 0 && label(s) != label(s - 2); };
  auto emission = [&](int64_t t, int64_t s) { return logP[t * classes + label(s)]; };
  if (steps == 0) return states == 1 ? 0 : -kNever;
  // alpha and beta both contain the emission at their own step.
  std::vector<double> alpha(steps * states, kNever), beta(steps * states, kNever);
  for (int64_t s = 0; s < std::min<int64_t>(2, states); s++) alpha[s] = emission(0, s);
  for (int64_t t = 1; t < steps; t++)
    for (int64_t s = 0; s < states; s++) {
      const double* before = &alpha[(t - 1) * states];
      double sum = before[s];
      if (s >= 1) sum = logAdd(sum, before[s - 1]);
      if (skips(s)) sum = logAdd(sum, before[s - 2]);
      alpha[t * states + s] = sum + emission(t, s);
    }
  for (int64_t s = std::max<int64_t>(0, states - 2); s < states; s++)
    beta[(steps - 1) * states + s] = emission(steps - 1, s);
  for (int64_t t = steps - 2; t >= 0; t--)
    for (int64_t s = 0; s < states; s++) {
      const double* after = &beta[(t + 1) * states];
      double sum = after[s];
      if (s + 1 < states) sum = logAdd(sum, after[s + 1]);
      if (s + 2 < states && skips(s + 2)) sum = logAdd(sum, after[s + 2]);
      beta[t * states + s] = sum + emission(t, s);
    }
  double total = alpha[steps * states - 1];
  if (states > 1) total = logAdd(total, alpha[steps * states - 2]);
  if (gradient == nullptr || total == kNever) return -total;
  std::vector<double> occupied(classes);
  for (int64_t t = 0; t < steps; t++) {
    std::fill(occupied.begin(), occupied.end(), kNever);
    for (int64_t s = 0; s < states; s++) {
      double& o = occupied[label(s)];
      double both = alpha[t * states + s] + beta[t * states + s];
      if (both != kNever) o = logAdd(o, both - emission(t, s));
    }
    for (int64_t c = 0; c < classes; c++)
      gradient[t * stride + c] = float(std::exp(logP[t * classes + c]) - std::exp(occupied[c] - total));
  }
  return -total;
}

}  // namespace math
