// Batch normalisation: training, inference, backward; one statistic for each channel or for each activation.
#include <cmath>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kPerActivation = 0, kSpatial = 1, kSpatialPersistent = 2 };

// How the elements of one statistic lie in the dense tensor.
struct Groups {
  int64_t images, statistics, inner;  // statistic s of image n: (n * statistics + s) * inner + i

  Groups(const Tensor& x, int mode) : images(x.dims[0]) {
    inner = mode == kPerActivation ? 1 : x.count() / x.dims[0] / x.dims[1];
    statistics = x.count() / images / inner;
  }

  int64_t size() const { return images * inner; }

  template <typename Visit>
  void forEach(int64_t s, Visit visit) const {
    for (int64_t n = 0; n < images; n++) {
      int64_t start = (n * statistics + s) * inner;
      for (int64_t i = 0; i < inner; i++) visit(start + i);
    }
  }
};

Tensor derived(const Tensor& x, int mode) {
  Tensor t = x;
  t.type = kFloat;  // also for half
  t.dims[0] = 1;
  if (mode != kPerActivation)
    for (int i = 2; i < t.rank; i++) t.dims[i] = 1;
  t.setPacked(kNchw);
  return t;
}

void check(const Call& call, int mode, const Tensor& x, const Tensor& y, const Tensor& parameters, double epsilon) {
  call.require(mode >= 0 && mode <= 2, kBadParam, "unknown-enum-value", "%d is no cudnnBatchNormMode_t", mode);
  call.floating(x, "x");
  call.require(x.rank == 4 || x.rank == 5, kNotSupported, "unsupported-rank", "x is %s", x.text().c_str());
  call.sameDims(x, "x", y, "y");
  call.sameType(x, "x", y, "y");
  Tensor expected = derived(x, mode);
  call.require(parameters.sameDims(expected) && parameters.type == kFloat && parameters.isPacked(kNchw),
               kShapeMismatch, "shape-mismatch", "scale, bias and statistics are %s, but %s is needed for x %s",
               parameters.text().c_str(), expected.text().c_str(), x.text().c_str());
  call.require(epsilon >= 0, kBadParam, "bad-normalisation", "epsilon is %g", epsilon);
}

}  // namespace

CUDNN_API int cudnnDeriveBNTensorDescriptor(void* derivedDesc, void* xDesc, int mode) {
  return describe("cudnnDeriveBNTensorDescriptor", [&](Call& call) {
    Tensor x = call.descriptor<Tensor>(xDesc, "xDesc");
    call.require(mode >= 0 && mode <= 2, kBadParam, "unknown-enum-value", "%d is no cudnnBatchNormMode_t", mode);
    call.object<Tensor>(derivedDesc) = derived(x, mode);
  });
}

CUDNN_API int cudnnBatchNormalizationForwardTraining(void* handle, int mode, const void* alphaPointer,
                                                     const void* betaPointer, void* xDesc, const void* x, void* yDesc,
                                                     void* y, void* pDesc, const float* scale, const float* bias,
                                                     double factor, float* runningMean, float* runningVariance,
                                                     double epsilon, float* savedMean, float* savedInvVariance) {
  return run("cudnnBatchNormalizationForwardTraining", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc"),
           pt = call.descriptor<Tensor>(pDesc, "bnScaleBiasMeanVarDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    check(call, mode, xt, yt, pt, epsilon);
    call.require((runningMean == nullptr) == (runningVariance == nullptr), kBadParam, "null-pointer",
                 "the running mean and variance must both be given or both be null");
    call.require((savedMean == nullptr) == (savedInvVariance == nullptr), kBadParam, "null-pointer",
                 "the saved mean and inverse variance must both be given or both be null");
    std::vector<emu::Range> ranges = {reads(xt, x, "x"), writes(yt, y, "y"), reads(pt, scale, "bnScale"),
                                      reads(pt, bias, "bnBias")};
    if (runningMean) {
      ranges.push_back(writes(pt, runningMean, "resultRunningMean"));
      ranges.push_back(writes(pt, runningVariance, "resultRunningVariance"));
    }
    if (savedMean) {
      ranges.push_back(writes(pt, savedMean, "resultSaveMean"));
      ranges.push_back(writes(pt, savedInvVariance, "resultSaveInvVariance"));
    }
    call.enqueue(h, "cudnn_batch_norm_training", ranges, 5 * uint64_t(xt.count()), true, [=] {
      Input in(xt, x);
      Output out(yt, y, alpha, beta);
      Groups g(xt, mode);
      // The running statistics are not read at all when the factor is 1.
      auto blend = [&](float* p, double value) {
        *p = float(factor == 1 ? value : factor * value + (1 - factor) * double(*p));
      };
      for (int64_t s = 0; s < g.statistics; s++) {
        double sum = 0, squares = 0;
        g.forEach(s, [&](int64_t i) { sum += in[i]; });
        double mean = sum / double(g.size());
        g.forEach(s, [&](int64_t i) { squares += (in[i] - mean) * (in[i] - mean); });
        double variance = squares / double(g.size()), inverse = 1 / std::sqrt(variance + epsilon);
        double a = scale[s] * inverse, b = bias[s] - mean * a;
        g.forEach(s, [&](int64_t i) { out[i] = float(a * in[i] + b); });
        if (runningMean) {
          blend(runningMean + s, mean);
          blend(runningVariance + s, squares / double(std::max<int64_t>(1, g.size() - 1)));
        }
        if (savedMean) {
          savedMean[s] = float(mean);
          savedInvVariance[s] = float(inverse);
        }
      }
      out.finish();
    });
  });
}

CUDNN_API int cudnnBatchNormalizationForwardInference(void* handle, int mode, const void* alphaPointer,
                                                      const void* betaPointer, void* xDesc, const void* x,
                                                      void* yDesc, void* y, void* pDesc, const float* scale,
                                                      const float* bias, const float* mean, const float* variance,
                                                      double epsilon) {
  return run("cudnnBatchNormalizationForwardInference", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc"),
           pt = call.descriptor<Tensor>(pDesc, "bnScaleBiasMeanVarDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    check(call, mode, xt, yt, pt, epsilon);
    call.enqueue(h, "cudnn_batch_norm_inference",
                 {reads(xt, x, "x"), writes(yt, y, "y"), reads(pt, scale, "bnScale"), reads(pt, bias, "bnBias"),
                  reads(pt, mean, "estimatedMean"), reads(pt, variance, "estimatedVariance")},
                 2 * uint64_t(xt.count()), true, [=] {
                   Input in(xt, x);
                   Output out(yt, y, alpha, beta);
                   Groups g(xt, mode);
                   for (int64_t s = 0; s < g.statistics; s++) {
                     double a = scale[s] / std::sqrt(variance[s] + epsilon), b = bias[s] - mean[s] * a;
                     g.forEach(s, [&](int64_t i) { out[i] = float(a * in[i] + b); });
                   }
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnBatchNormalizationBackward(void* handle, int mode, const void* alphaData, const void* betaData,
                                              const void* alphaParam, const void* betaParam, void* xDesc,
                                              const void* x, void* dyDesc, const void* dy, void* dxDesc, void* dx,
                                              void* pDesc, const float* scale, float* dScale, float* dBias,
                                              double epsilon, const float* savedMean, const float* savedInvVariance) {
  return run("cudnnBatchNormalizationBackward", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), dyt = call.descriptor<Tensor>(dyDesc, "dyDesc"),
           dxt = call.descriptor<Tensor>(dxDesc, "dxDesc"), pt = call.descriptor<Tensor>(pDesc, "dBnScaleBiasDesc");
    float alpha = call.scalar(alphaData, "alphaDataDiff"), beta = call.scalar(betaData, "betaDataDiff"),
          alphaP = call.scalar(alphaParam, "alphaParamDiff"), betaP = call.scalar(betaParam, "betaParamDiff");
    check(call, mode, xt, dyt, pt, epsilon);
    call.sameDims(xt, "x", dxt, "dx");
    call.sameType(xt, "x", dxt, "dx");
    call.require((savedMean == nullptr) == (savedInvVariance == nullptr), kBadParam, "null-pointer",
                 "the saved mean and inverse variance must both be given or both be null");
    std::vector<emu::Range> ranges = {reads(xt, x, "x"), reads(dyt, dy, "dy"), writes(dxt, dx, "dx"),
                                      reads(pt, scale, "bnScale"), writes(pt, dScale, "dBnScaleResult"),
                                      writes(pt, dBias, "dBnBiasResult")};
    if (savedMean) {
      ranges.push_back(reads(pt, savedMean, "savedMean"));
      ranges.push_back(reads(pt, savedInvVariance, "savedInvVariance"));
    }
    call.enqueue(h, "cudnn_batch_norm_backward", ranges, 10 * uint64_t(xt.count()), true, [=] {
      Input in(xt, x), gradient(dyt, dy);
      Output out(dxt, dx, alpha, beta);
      Groups g(xt, mode);
      double size = double(g.size());
      for (int64_t s = 0; s < g.statistics; s++) {
        double mean, inverse;
        if (savedMean) {
          mean = savedMean[s];
          inverse = savedInvVariance[s];
        } else {
          double sum = 0, squares = 0;
          g.forEach(s, [&](int64_t i) { sum += in[i]; });
          mean = sum / size;
          g.forEach(s, [&](int64_t i) { squares += (in[i] - mean) * (in[i] - mean); });
          inverse = 1 / std::sqrt(squares / size + epsilon);
        }
        double sumDy = 0, sumDyX = 0;
        g.forEach(s, [&](int64_t i) {
          sumDy += gradient[i];
          sumDyX += gradient[i] * (in[i] - mean) * inverse;
        });
        double factor = scale[s] * inverse;
        g.forEach(s, [&](int64_t i) {
          double normal = (in[i] - mean) * inverse;
          out[i] = float(factor * (gradient[i] - sumDy / size - normal * sumDyX / size));
        });
        dScale[s] = alphaP * float(sumDyX) + (betaP == 0 ? 0 : betaP * dScale[s]);
        dBias[s] = alphaP * float(sumDy) + (betaP == 0 ? 0 : betaP * dBias[s]);
      }
      out.finish();
    });
  });
}
