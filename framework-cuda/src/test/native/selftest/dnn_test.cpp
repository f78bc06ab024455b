// cuDNN's normalisations, softmax, activations and elementwise functions against naive formulas in double precision;
// backward functions against central differences of those.
#include <functional>

#include "device.h"

extern "C" {
int cudnnCreateActivationDescriptor(void**);
int cudnnSetActivationDescriptor(void*, int, int, double);
int cudnnDestroyActivationDescriptor(void*);
int cudnnActivationForward(void*, void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnActivationBackward(void*, void*, const void*, void*, const void*, void*, const void*, void*, const void*,
                            const void*, void*, void*);
int cudnnSoftmaxForward(void*, int, int, const void*, void*, const void*, const void*, void*, void*);
int cudnnSoftmaxBackward(void*, int, int, const void*, void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnCreateLRNDescriptor(void**);
int cudnnSetLRNDescriptor(void*, unsigned, double, double, double);
int cudnnDestroyLRNDescriptor(void*);
int cudnnLRNCrossChannelForward(void*, void*, int, const void*, void*, const void*, const void*, void*, void*);
int cudnnLRNCrossChannelBackward(void*, void*, int, const void*, void*, const void*, void*, const void*, void*,
                                 const void*, const void*, void*, void*);
int cudnnBatchNormalizationForwardTraining(void*, int, const void*, const void*, void*, const void*, void*, void*,
                                           void*, const float*, const float*, double, float*, float*, double, float*,
                                           float*);
int cudnnBatchNormalizationForwardInference(void*, int, const void*, const void*, void*, const void*, void*, void*,
                                            void*, const float*, const float*, const float*, const float*, double);
int cudnnBatchNormalizationBackward(void*, int, const void*, const void*, const void*, const void*, void*,
                                    const void*, void*, const void*, void*, void*, void*, const float*, float*, float*,
                                    double, const float*, const float*);
int cudnnCreateOpTensorDescriptor(void**);
int cudnnSetOpTensorDescriptor(void*, int, int, int);
int cudnnDestroyOpTensorDescriptor(void*);
int cudnnOpTensor(void*, void*, const void*, void*, const void*, const void*, void*, const void*, const void*, void*,
                  void*);
int cudnnAddTensor(void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnCreateReduceTensorDescriptor(void**);
int cudnnSetReduceTensorDescriptor(void*, int, int, int, int, int);
int cudnnDestroyReduceTensorDescriptor(void*);
int cudnnGetReductionWorkspaceSize(void*, void*, void*, void*, size_t*);
int cudnnGetReductionIndicesSize(void*, void*, void*, void*, size_t*);
int cudnnReduceTensor(void*, void*, void*, size_t, void*, size_t, const void*, void*, const void*, const void*, void*,
                      void*);
}

namespace {

using device::Array;
using device::Shape;
using Doubles = std::vector<double>;
using Function = std::function<Doubles(const Doubles&)>;

constexpr int N = 3, C = 7, H = 2, W = 3, P = H * W, SIZE = N * C * P;
const float one = 1, zero = 0, half = 0.5f;

std::vector<float> blank() { return std::vector<float>(SIZE, NAN); }

// Compares y with f(x) and dx with the gradient of f at x along dy.
void compare(const Function& f, const std::vector<float>& x, const std::vector<float>& dy,
             const std::vector<float>& y, const std::vector<float>& dx, const std::string& what) {
  Doubles at(x.begin(), x.end());
  check::close(y, f(at), SIZE, 2e-5, what + ", forward");
  for (int i = 0; i < SIZE; i += 5) {
    double middle = at[i], loss[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
      at[i] = middle + (side ? -1e-6 : 1e-6);
      Doubles r = f(at);
      for (int j = 0; j < SIZE; j++) loss[side] += r[j] * dy[j];
    }
    at[i] = middle;
    double expected = (loss[0] - loss[1]) / 2e-6;
    check::that(std::fabs(dx[i] - expected) < 2e-4 * (1 + std::fabs(expected)),
                what + ", backward: " + std::to_string(dx[i]) + " instead of " + std::to_string(expected));
  }
}

double activation(int mode, double x) {
  switch (mode) {
    case 0:
      return 1 / (1 + std::exp(-x));
    case 1:
      return std::fmax(x, 0);
    case 2:
      return std::tanh(x);
    case 3:
      return std::fmin(std::fmax(x, 0), 0.7);
    case 4:
      return x > 0 ? x : 0.7 * (std::exp(x) - 1);
    default:
      return x / (1 + std::exp(-x));
  }
}

void activations(void* dnn) {
  std::vector<float> x = check::randoms(SIZE, 1, 2), dy = check::randoms(SIZE, 2);
  Shape shape({N, C, H, W});
  for (int mode : {0, 1, 2, 3, 4, 6}) {
    void* d = nullptr;
    OK(cudnnCreateActivationDescriptor(&d));
    OK(cudnnSetActivationDescriptor(d, mode, 0, 0.7));
    Array dx(x), y(blank()), gradient(dy), result(blank());
    void* s = shape.get();
    OK(cudnnActivationForward(dnn, d, &one, s, dx.get(), &zero, s, y.get()));
    OK(cudnnActivationBackward(dnn, d, &one, s, y.get(), s, gradient.get(), s, dx.get(), &zero, s, result.get()));
    OK(cudnnDestroyActivationDescriptor(d));
    auto f = [&](const Doubles& v) {
      Doubles r(SIZE);
      for (int i = 0; i < SIZE; i++) r[i] = activation(mode, v[i]);
      return r;
    };
    compare(f, x, dy, y.read(), result.read(), "activation " + std::to_string(mode));
  }
}

void softmax(void* dnn) {
  std::vector<float> x = check::randoms(SIZE, 3, 3), dy = check::randoms(SIZE, 4);
  Shape shape({N, C, H, W});
  void* s = shape.get();
  for (int algo : {0, 1, 2})
    for (int mode : {0, 1}) {
      Array dx(x), y(blank()), gradient(dy), result(blank());
      OK(cudnnSoftmaxForward(dnn, algo, mode, &one, s, dx.get(), &zero, s, y.get()));
      OK(cudnnSoftmaxBackward(dnn, algo, mode, &one, s, y.get(), s, gradient.get(), &zero, s, result.get()));
      auto f = [&](const Doubles& v) {
        Doubles r(SIZE);
        for (int i = 0; i < SIZE; i++) {
          double sum = 0;
          for (int j = 0; j < SIZE; j++)
            if (j / (C * P) == i / (C * P) && (mode == 0 || j % P == i % P)) sum += std::exp(v[j]);
          r[i] = algo == 2 ? v[i] - std::log(sum) : std::exp(v[i]) / sum;
        }
        return r;
      };
      compare(f, x, dy, y.read(), result.read(), "softmax " + std::to_string(algo) + std::to_string(mode));
    }
}

void lrn(void* dnn) {
  std::vector<float> x = check::randoms(SIZE, 5, 2), dy = check::randoms(SIZE, 6);
  Shape shape({N, C, H, W});
  void* s = shape.get();
  for (int n : {3, 4, 16}) {
    void* d = nullptr;
    OK(cudnnCreateLRNDescriptor(&d));
    OK(cudnnSetLRNDescriptor(d, unsigned(n), 0.3, 0.75, 1.5));
    Array dx(x), y(blank()), gradient(dy), result(blank());
    OK(cudnnLRNCrossChannelForward(dnn, d, 0, &one, s, dx.get(), &zero, s, y.get()));
    OK(cudnnLRNCrossChannelBackward(dnn, d, 0, &one, s, y.get(), s, gradient.get(), s, dx.get(), &zero, s,
                                    result.get()));
    OK(cudnnDestroyLRNDescriptor(d));
    auto f = [&](const Doubles& v) {
      Doubles r(SIZE);
      for (int i = 0; i < SIZE; i++) {
        int c = i / P % C;
        double sum = 0;
        for (int j = c - (n - 1) / 2; j <= c + n / 2; j++)
          if (j >= 0 && j < C) sum += v[i + (j - c) * P] * v[i + (j - c) * P];
        r[i] = v[i] * std::pow(1.5 + 0.3 / n * sum, -0.75);
      }
      return r;
    };
    compare(f, x, dy, y.read(), result.read(), "LRN " + std::to_string(n));
  }
}

void batchNorm(void* dnn) {
  std::vector<float> x = check::randoms(SIZE, 7, 2), dy = check::randoms(SIZE, 8);
  Shape shape({N, C, H, W});
  void* s = shape.get();
  for (int mode : {0, 1}) {
    int stats = mode == 0 ? C * P : C, group = SIZE / stats;
    Shape parameters(mode == 0 ? std::vector<int>{1, C, H, W} : std::vector<int>{1, C, 1, 1});
    std::vector<float> scale = check::randoms(stats, 9), bias = check::randoms(stats, 10);
    Array dx(x), y(blank()), gradient(dy), result(blank()), ds(scale), db(bias), mean(stats * 4), inverse(stats * 4),
        runningMean(std::vector<float>(stats, 1)), runningVariance(std::vector<float>(stats, 2)),
        dScale(std::vector<float>(stats, NAN)), dBias(std::vector<float>(stats, NAN)), inferred(blank());
    OK(cudnnBatchNormalizationForwardTraining(dnn, mode, &one, &zero, s, dx.get(), s, y.get(), parameters.get(),
                                              ds.floats(), db.floats(), 0.25, runningMean.floats(),
                                              runningVariance.floats(), 1e-3, mean.floats(), inverse.floats()));
    OK(cudnnBatchNormalizationBackward(dnn, mode, &one, &zero, &one, &zero, s, dx.get(), s, gradient.get(), s,
                                       result.get(), parameters.get(), ds.floats(), dScale.floats(), dBias.floats(),
                                       1e-3, mean.floats(), inverse.floats()));
    OK(cudnnBatchNormalizationForwardInference(dnn, mode, &one, &zero, s, dx.get(), s, inferred.get(),
                                               parameters.get(), ds.floats(), db.floats(), runningMean.floats(),
                                               runningVariance.floats(), 1e-3));
    auto statistic = [&](int i) { return mode == 0 ? i % (C * P) : i / P % C; };
    Doubles means(stats), variances(stats), biasGradient(stats), scaleGradient(stats);
    auto f = [&](const Doubles& v) {
      std::fill(means.begin(), means.end(), 0);
      std::fill(variances.begin(), variances.end(), 0);
      for (int i = 0; i < SIZE; i++) means[statistic(i)] += v[i] / group;
      for (int i = 0; i < SIZE; i++) variances[statistic(i)] += std::pow(v[i] - means[statistic(i)], 2) / group;
      Doubles r(SIZE);
      for (int i = 0; i < SIZE; i++) {
        int k = statistic(i);
        r[i] = scale[k] * (v[i] - means[k]) / std::sqrt(variances[k] + 1e-3) + bias[k];
      }
      return r;
    };
    std::string what = "batch norm " + std::to_string(mode);
    compare(f, x, dy, y.read(), result.read(), what);
    f(Doubles(x.begin(), x.end()));
    Doubles expectedMean(stats), expectedVariance(stats), expectedInference(SIZE);
    for (int k = 0; k < stats; k++) {
      expectedMean[k] = 0.75 * 1 + 0.25 * means[k];
      expectedVariance[k] = 0.75 * 2 + 0.25 * variances[k] * group / (group - 1);
    }
    for (int i = 0; i < SIZE; i++) {
      int k = statistic(i);
      biasGradient[k] += dy[i];
      scaleGradient[k] += dy[i] * (x[i] - means[k]) / std::sqrt(variances[k] + 1e-3);
      expectedInference[i] =
          scale[k] * (x[i] - expectedMean[k]) / std::sqrt(expectedVariance[k] + 1e-3) + bias[k];
    }
    check::close(runningMean.read(), expectedMean, stats, 1e-5, what + ", running mean");
    check::close(runningVariance.read(), expectedVariance, stats, 1e-5, what + ", running variance");
    check::close(dBias.read(), biasGradient, stats, 1e-5, what + ", gradient of the bias");
    check::close(dScale.read(), scaleGradient, stats, 1e-5, what + ", gradient of the scale");
    check::close(inferred.read(), expectedInference, SIZE, 1e-4, what + ", inference");
  }
}

void elementwise(void* dnn) {
  std::vector<float> a = check::randoms(SIZE, 11), b = check::randoms(C, 12), c = check::randoms(SIZE, 13);
  Shape shape({N, C, H, W}), channel({1, C, 1, 1});
  void *s = shape.get(), *d = nullptr;
  Array da(a), db(b);
  OK(cudnnCreateOpTensorDescriptor(&d));
  for (int op : {0, 1, 2, 3}) {
    Array dc(c);
    OK(cudnnSetOpTensorDescriptor(d, op, 0, 0));
    const float two = 2;
    OK(cudnnOpTensor(dnn, d, &two, s, da.get(), &half, channel.get(), db.get(), &one, s, dc.get()));
    Doubles expected(SIZE);
    for (int i = 0; i < SIZE; i++) {
      double p = 2.0 * a[i], q = 0.5 * b[i / P % C];
      expected[i] = c[i] + (op == 0 ? p + q : op == 1 ? p * q : op == 2 ? std::fmin(p, q) : std::fmax(p, q));
    }
    check::close(dc.read(), expected, SIZE, 1e-5, "OpTensor " + std::to_string(op));
  }
  OK(cudnnDestroyOpTensorDescriptor(d));
  Array dc(c);
  OK(cudnnAddTensor(dnn, &one, channel.get(), db.get(), &half, s, dc.get()));
  Doubles expected(SIZE);
  for (int i = 0; i < SIZE; i++) expected[i] = b[i / P % C] + 0.5 * c[i];
  check::close(dc.read(), expected, SIZE, 1e-6, "AddTensor");
}

void reductions(void* dnn) {
  std::vector<float> a = check::randoms(SIZE, 14);
  Shape shape({N, C, H, W}), channel({1, C, 1, 1});
  Array da(a), dc(std::vector<float>(C, NAN));
  for (int op : {0, 2, 3, 4, 5, 6, 7}) {
    void* d = nullptr;
    OK(cudnnCreateReduceTensorDescriptor(&d));
    OK(cudnnSetReduceTensorDescriptor(d, op, 0, 0, op == 3, 0));
    size_t workspace = 0, indices = 0;
    OK(cudnnGetReductionWorkspaceSize(dnn, d, shape.get(), channel.get(), &workspace));
    OK(cudnnGetReductionIndicesSize(dnn, d, shape.get(), channel.get(), &indices));
    Array space(workspace), index(indices + 4);
    OK(cudnnReduceTensor(dnn, d, index.get(), indices, space.get(), workspace, &one, shape.get(), da.get(), &zero,
                         channel.get(), dc.get()));
    OK(cudnnDestroyReduceTensorDescriptor(d));
    Doubles expected(C, op == 2 ? INFINITY : op == 3 ? -INFINITY : 0);
    std::vector<int> best(C);
    for (int i = 0; i < SIZE; i++) {
      double& e = expected[i / P % C];
      if (op == 3 && a[i] > e) best[i / P % C] = i / (C * P) * P + i % P;
      double m = std::fabs(a[i]);
      e = op == 0 || op == 5 ? e + a[i] : op == 2 ? std::fmin(e, a[i]) : op == 3 ? std::fmax(e, a[i])
          : op == 4 ? std::fmax(e, m) : op == 6 ? e + m : e + m * m;
    }
    for (double& e : expected) e = op == 5 ? e / (N * P) : op == 7 ? std::sqrt(e) : e;
    check::close(dc.read(), expected, C, 1e-5, "reduction " + std::to_string(op));
    if (op == 3) check::close(index.read<int>(), best, C, 0, "indices of the maxima");
  }
}

}  // namespace

int main() {
  {
    device::Session session;
    activations(session.dnn);
    softmax(session.dnn);
    lrn(session.dnn);
    batchNorm(session.dnn);
    elementwise(session.dnn);
    reductions(session.dnn);
    check::that(std::string(emu_last_errors()).empty(), std::string("no error is reported: ") + emu_last_errors());
  }
  return check::result("dnn_test");
}
