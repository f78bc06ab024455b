// Convolutions of the emulated cuDNN: their descriptor, the problem that the descriptors pose, the algorithms.
#pragma once

#include <vector>

#include "cudnn/cudnn.h"
#include "math/conv.h"

namespace dnn {

struct Convolution {
  static constexpr const char* kKind = "cudnn convolution descriptor";
  bool filled = false;
  int spatial = 0, mode = 0, computeType = kFloat, groups = 1, mathType = kDefaultMath, reorder = 0;
  std::array<int64_t, 3> pad{}, stride{}, dilation{};

  int64_t outputSize(int axis, int64_t in, int64_t filter) const {
    return (in + 2 * pad[axis] - ((filter - 1) * dilation[axis] + 1)) / stride[axis] + 1;
  }
};

enum class Direction { kForward, kBackwardData, kBackwardFilter };

// One convolution, checked: the tensors fit each other and the descriptor.
struct Problem {
  Direction direction;
  Tensor x, y;
  Filter w;
  Convolution conv;
  math::ConvShape shape;

  static Problem of(const Call& call, Direction direction, const void* xDesc, const void* wDesc, const void* convDesc,
                    const void* yDesc);
};

// How an algorithm works, which decides what it supports and how much workspace it wants.
enum class Method { kImplicitGemm, kPrecomputed, kGemm, kFft, kFftTiling, kWinograd, kWinogradNonfused, kNone };

struct Algorithm {
  int id;  // cuDNN's number for this direction
  const char* name;
  Method method;
  bool deterministic;
};

const std::vector<Algorithm>& algorithms(Direction direction);
const Algorithm& algorithmOf(const Call& call, Direction direction, int id);
bool supports(const Problem& p, const Algorithm& a);
size_t workspaceBytes(const Problem& p, const Algorithm& a);
// A made-up duration in milliseconds, only to put the algorithms into an order.
float imaginedTime(const Problem& p, const Algorithm& a);

// The algorithm of a call, after checks that it is supported and that the workspace is what it promised.
const Algorithm& requireAlgorithm(const Call& call, const Problem& p, int id, const void* workspace,
                                  size_t workspaceBytesGiven);

// Does the work of an algorithm that writes its output (y, dx or dw, by direction).
void compute(const Problem& p, const Algorithm& a, const void* x, const void* w, const void* y, float alpha,
             float beta, void* output);

}  // namespace dnn
