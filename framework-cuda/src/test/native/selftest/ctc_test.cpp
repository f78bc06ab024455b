// The CTC loss against the sum over all paths, and its gradient against central differences.
#include "check.h"
#include "math/ctc.h"

namespace {

constexpr int kSteps = 5, kClasses = 3;

// The probability of the labels, by writing down every path.
double probability(const std::vector<double>& x, int steps, const std::vector<int>& labels) {
  double total = 0;
  int paths = 1;
  for (int t = 0; t < steps; t++) paths *= kClasses;
  for (int path = 0; path < paths; path++) {
    double p = 1;
    int before = 0, rest = path;
    std::vector<int> said;
    for (int t = 0; t < steps; t++, rest /= kClasses) {
      int c = rest % kClasses;
      double sum = 0;
      for (int k = 0; k < kClasses; k++) sum += std::exp(x[t * kClasses + k]);
      p *= std::exp(x[t * kClasses + c]) / sum;
      if (c != 0 && c != before) said.push_back(c);
      before = c;
    }
    if (said == labels) total += p;
  }
  return total;
}

void test(int steps, const std::vector<int>& labels) {
  std::vector<float> x = check::randoms(kSteps * kClasses, 1, 2), gradient(x.size(), 7);
  std::vector<double> at(x.begin(), x.end());
  double loss = math::ctcLoss(x.data(), false, steps, kClasses, kClasses, labels, gradient.data());
  double expected = -std::log(probability(at, steps, labels));
  if (std::isinf(expected)) {
    check::that(std::isinf(loss) && gradient[0] == 7, "labels that do not fit cost infinitely much");
    return;
  }
  check::close(&loss, &expected, 1, 1e-5, "CTC loss");
  for (int i = 0; i < steps * kClasses; i++) {
    double middle = at[i], side[2];
    for (int s = 0; s < 2; s++) {
      at[i] = middle + (s ? -1e-5 : 1e-5);
      side[s] = -std::log(probability(at, steps, labels));
    }
    at[i] = middle;
    double slope = (side[0] - side[1]) / 2e-5;
    check::close(&gradient[i], &slope, 1, 1e-4, "CTC gradient");
  }
}

}  // namespace

int main() {
  test(5, {1, 2});
  test(5, {1, 1});
  test(5, {2});
  test(4, {});
  test(5, {1, 2, 1, 2, 1});
  test(5, {2, 2, 2});
  test(4, {2, 2, 2});  // needs five steps
  test(1, {1, 2});
  return check::result("ctc_test");
}
