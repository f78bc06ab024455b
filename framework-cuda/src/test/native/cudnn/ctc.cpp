// CTC loss: descriptors, and the loss with labels on the host (cudnnCTCLoss) or on the device (cudnnCTCLoss_v8).
#include "math/ctc.h"

#include <cmath>
#include <cstring>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

struct Ctc {
  static constexpr const char* kKind = "cudnn CTC loss descriptor";
  bool filled = false;
  int computeType = 0, normalization = 0, gradientMode = 0, maxLabels = 0;

  bool probabilities() const { return normalization == 0; }
};

constexpr int kMaxLabels = 255;

void set(const Call& call, void* d, int computeType, int normalization, int gradientMode, int maxLabels) {
  Ctc& c = call.object<Ctc>(d);
  call.require(computeType == kFloat, kUnsupportedType, "unsupported-data-type", "type %d", computeType);
  call.require((normalization == 0 || normalization == 1) && (gradientMode == 0 || gradientMode == 1), kBadParam,
               "unknown-enum-value", "normalization %d, gradient mode %d", normalization, gradientMode);
  call.require(maxLabels >= 0 && maxLabels <= kMaxLabels, kBadParam, "bad-dimension", "maxLabelLength = %d",
               maxLabels);
  c = {true, computeType, normalization, gradientMode, maxLabels};
}

struct Problem {
  Ctc ctc;
  Tensor probabilities, gradients;
  bool wantsGradients;

  Problem(const Call& call, int algo, void* ctcDesc, void* pDesc, void* gDesc)
      : ctc(call.descriptor<Ctc>(ctcDesc, "ctcLossDesc")),
        probabilities(call.descriptor<Tensor>(pDesc, "probsDesc")),
        wantsGradients(gDesc != nullptr) {
    call.require(algo == 0 || algo == 1, kBadParam, "unknown-enum-value", "%d is no cudnnCTCLossAlgo_t", algo);
    call.require(probabilities.type == kFloat && probabilities.rank == 3 && probabilities.isPacked(kNchw), kBadParam,
                 "wrong-layout", "probs is %s, but must be packed floats of step, batch and class",
                 probabilities.text().c_str());
    if (!wantsGradients) return;
    gradients = call.descriptor<Tensor>(gDesc, "gradientsDesc");
    call.sameDims(probabilities, "probs", gradients, "gradients");
    call.require(gradients.type == kFloat && gradients.isPacked(kNchw), kBadParam, "wrong-layout", "gradients is %s",
                 gradients.text().c_str());
  }

  int64_t steps() const { return probabilities.dims[0]; }
  int64_t batch() const { return probabilities.dims[1]; }
  int64_t classes() const { return probabilities.dims[2]; }
  size_t workspace() const { return size_t(batch() * steps() * (2 * kMaxLabels + 1)) * 4; }
};

// What is wrong with the labels, or nothing. Those on the device have to fit their sequences and may not be none:
// NVIDIA's has been seen to read beyond its memory where they do not, and nothing says what it gives where there are none.
std::string fault(const Problem& p, const int* labels, const int* labelLengths, const int* inputLengths, int limit,
                  bool fit) {
  int64_t at = 0;
  for (int64_t b = 0; b < p.batch(); b++) {
    if (fit && labelLengths[b] == 0) return "sequence " + std::to_string(b) + " has no labels";
    if (labelLengths[b] < 0 || labelLengths[b] > limit)
      return "sequence " + std::to_string(b) + " has " + std::to_string(labelLengths[b]) + " labels, possible are " +
             std::to_string(limit);
    if (inputLengths[b] < 0 || inputLengths[b] > p.steps())
      return "sequence " + std::to_string(b) + " has " + std::to_string(inputLengths[b]) + " steps";
    int needed = labelLengths[b];
    for (int i = 0; i < labelLengths[b]; i++, at++) {
      if (labels[at] <= 0 || labels[at] >= p.classes())
        return "label " + std::to_string(labels[at]) + " of sequence " + std::to_string(b) +
               " is not between the blank 0 and the " + std::to_string(p.classes()) + " classes";
      if (i > 0 && labels[at] == labels[at - 1]) needed++;
    }
    if (fit && needed > inputLengths[b])
      return "the labels of sequence " + std::to_string(b) + " need " + std::to_string(needed) + " steps, and it has " +
             std::to_string(inputLengths[b]);
  }
  return "";
}

void compute(const Problem& p, const float* probs, const int* labels, const int* labelLengths,
             const int* inputLengths, float* costs, float* gradients) {
  int64_t stride = p.batch() * p.classes();
  for (int64_t b = 0; b < p.batch(); b++) {
    std::vector<int> own(labels, labels + labelLengths[b]);
    labels += labelLengths[b];
    float* g = gradients ? gradients + b * p.classes() : nullptr;
    costs[b] = float(math::ctcLoss(probs + b * p.classes(), p.ctc.probabilities(), inputLengths[b], p.classes(),
                                   stride, own, g));
    // What lies behind a sequence's length is left alone, as NVIDIA's was seen to do.
    if (std::isfinite(costs[b]) || p.ctc.gradientMode == 1) continue;
    for (int64_t t = 0; g && t < inputLengths[b]; t++) std::fill_n(g + t * stride, p.classes(), 0.0f);
  }
}

std::vector<emu::Range> rangesOf(const Problem& p, const void* probs, void* costs, void* gradients, void* workspace) {
  std::vector<emu::Range> ranges = {reads(p.probabilities, probs, "probs"),
                                    emu::writes(costs, size_t(p.batch()) * 4, "costs"),
                                    emu::writes(workspace, p.workspace(), "workspace")};
  if (p.wantsGradients) ranges.push_back(writes(p.gradients, gradients, "gradients"));
  return ranges;
}

}  // namespace

CUDNN_API int cudnnCreateCTCLossDescriptor(void** d) { return create<Ctc>("cudnnCreateCTCLossDescriptor", d); }
CUDNN_API int cudnnDestroyCTCLossDescriptor(void* d) { return destroy<Ctc>("cudnnDestroyCTCLossDescriptor", d); }

CUDNN_API int cudnnSetCTCLossDescriptor(void* d, int type) {
  return describe("cudnnSetCTCLossDescriptor", [&](Call& call) { set(call, d, type, 1, 0, 0); });
}
CUDNN_API int cudnnSetCTCLossDescriptorEx(void* d, int type, int normalization, int gradientMode) {
  return describe("cudnnSetCTCLossDescriptorEx",
                  [&](Call& call) { set(call, d, type, normalization, gradientMode, 0); });
}
CUDNN_API int cudnnSetCTCLossDescriptor_v8(void* d, int type, int normalization, int gradientMode, int maxLabels) {
  return describe("cudnnSetCTCLossDescriptor_v8",
                  [&](Call& call) { set(call, d, type, normalization, gradientMode, maxLabels); });
}
CUDNN_API int cudnnSetCTCLossDescriptor_v9(void* d, int type, int normalization, int gradientMode, int maxLabels) {
  return describe("cudnnSetCTCLossDescriptor_v9",
                  [&](Call& call) { set(call, d, type, normalization, gradientMode, maxLabels); });
}

CUDNN_API int cudnnGetCTCLossWorkspaceSize(void* handle, void* pDesc, void* gDesc, const int*, const int*, const int*,
                                           int algo, void* d, size_t* size) {
  return run("cudnnGetCTCLossWorkspaceSize", handle, [&](Call& call, Handle&) {
    call.notNull(size, "sizeInBytes");
    *size = Problem(call, algo, d, pDesc, gDesc).workspace();
  });
}

CUDNN_API int cudnnGetCTCLossWorkspaceSize_v8(void* handle, int algo, void* d, void* pDesc, void* gDesc,
                                              size_t* size) {
  return run("cudnnGetCTCLossWorkspaceSize_v8", handle, [&](Call& call, Handle&) {
    call.notNull(size, "sizeInBytes");
    *size = Problem(call, algo, d, pDesc, gDesc).workspace();
  });
}

CUDNN_API int cudnnCTCLoss(void* handle, void* pDesc, const void* probs, const int* labels, const int* labelLengths,
                           const int* inputLengths, void* costs, void* gDesc, void* gradients, int algo, void* d,
                           void* workspace, size_t workspaceSize) {
  return run("cudnnCTCLoss", handle, [&](Call& call, Handle& h) {
    Problem p(call, algo, d, pDesc, gDesc);
    call.workspace(workspace, workspaceSize, p.workspace());
    call.notNull(labels, "hostLabels");
    call.notNull(labelLengths, "hostLabelLengths");
    call.notNull(inputLengths, "hostInputLengths");
    std::string wrong = fault(p, labels, labelLengths, inputLengths, kMaxLabels, false);
    call.require(wrong.empty(), kBadParam, "bad-labels", "%s", wrong.c_str());
    std::vector<int> lengths(labelLengths, labelLengths + p.batch()), steps(inputLengths, inputLengths + p.batch());
    int64_t total = 0;
    for (int n : lengths) total += n;
    std::vector<int> all(labels, labels + total);
    call.enqueue(h, "cudnn_ctc_loss", rangesOf(p, probs, costs, gradients, workspace), 0, false, [=] {
      compute(p, static_cast<const float*>(probs), all.data(), lengths.data(), steps.data(),
              static_cast<float*>(costs), p.wantsGradients ? static_cast<float*>(gradients) : nullptr);
      std::memset(workspace, 0xff, p.workspace());
    });
  });
}

CUDNN_API int cudnnCTCLoss_v8(void* handle, int algo, void* d, void* pDesc, const void* probs, const int* labels,
                              const int* labelLengths, const int* inputLengths, void* costs, void* gDesc,
                              void* gradients, size_t workspaceSize, void* workspace) {
  return run("cudnnCTCLoss_v8", handle, [&](Call& call, Handle& h) {
    Problem p(call, algo, d, pDesc, gDesc);
    call.require(p.ctc.maxLabels > 0, kBadParam, "bad-labels", "the descriptor's maxLabelLength is 0");
    call.workspace(workspace, workspaceSize, p.workspace());
    std::vector<emu::Range> ranges = rangesOf(p, probs, costs, gradients, workspace);
    ranges.push_back(emu::reads(labelLengths, size_t(p.batch()) * 4, "labelLengths"));
    ranges.push_back(emu::reads(inputLengths, size_t(p.batch()) * 4, "inputLengths"));
    const char* function = call.function;
    call.enqueue(h, "cudnn_ctc_loss", ranges, 0, false, [=] {
      // Only now is it known how many labels there are.
      size_t total = 0;
      for (int64_t b = 0; b < p.batch(); b++) total += size_t(std::max(0, labelLengths[b]));
      std::string wrong = emu::device_range(function, emu::reads(labels, total * 4, "labels"))
                              ? fault(p, labels, labelLengths, inputLengths, p.ctc.maxLabels, true)
                              : "the labels are not on the device";
      if (!wrong.empty()) {
        emu::error_async(719, function, "bad-labels", "%s", wrong.c_str());
        return;
      }
      compute(p, static_cast<const float*>(probs), labels, labelLengths, inputLengths, static_cast<float*>(costs),
              p.wantsGradients ? static_cast<float*>(gradients) : nullptr);
      std::memset(workspace, 0xff, p.workspace());
    });
  });
}
