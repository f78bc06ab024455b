// What each algorithm supports, how much workspace it wants, and whether it is deterministic: as the real library
// tells it, so that a program has the same choices to make. All of them compute the same convolution.
#include "cudnn/conv.h"

namespace dnn {
namespace {

bool all(const Problem& p, const math::Spatial& values, int64_t wanted) {
  for (int i = 3 - p.conv.spatial; i < 3; i++)
    if (values[i] != wanted) return false;
  return true;
}

int64_t powerOfTwo(int64_t n) {
  int64_t p = 1;
  while (p < n) p *= 2;
  return p;
}

int64_t tiles(const Problem& p, int64_t size) {
  return ((p.shape.out[1] + size - 1) / size) * ((p.shape.out[2] + size - 1) / size);
}

}  // namespace

const std::vector<Algorithm>& algorithms(Direction direction) {
  static const std::vector<Algorithm> forward = {
      {0, "IMPLICIT_GEMM", Method::kImplicitGemm, true},
      {1, "IMPLICIT_PRECOMP_GEMM", Method::kPrecomputed, true},
      {2, "GEMM", Method::kGemm, true},
      {3, "DIRECT", Method::kNone, true},
      {4, "FFT", Method::kFft, true},
      {5, "FFT_TILING", Method::kFftTiling, true},
      {6, "WINOGRAD", Method::kWinograd, true},
      {7, "WINOGRAD_NONFUSED", Method::kWinogradNonfused, true}};
  static const std::vector<Algorithm> backwardData = {
      {0, "ALGO_0", Method::kImplicitGemm, false},
      {1, "ALGO_1", Method::kPrecomputed, true},
      {2, "FFT", Method::kFft, true},
      {3, "FFT_TILING", Method::kFftTiling, true},
      {4, "WINOGRAD", Method::kWinograd, true},
      {5, "WINOGRAD_NONFUSED", Method::kWinogradNonfused, true}};
  static const std::vector<Algorithm> backwardFilter = {
      {0, "ALGO_0", Method::kImplicitGemm, false},
      {1, "ALGO_1", Method::kPrecomputed, true},
      {2, "FFT", Method::kFft, true},
      {3, "ALGO_3", Method::kGemm, false},
      {4, "WINOGRAD", Method::kNone, true},
      {5, "WINOGRAD_NONFUSED", Method::kWinogradNonfused, true},
      {6, "FFT_TILING", Method::kFftTiling, true}};
  return direction == Direction::kForward        ? forward
         : direction == Direction::kBackwardData ? backwardData
                                                 : backwardFilter;
}

const Algorithm& algorithmOf(const Call& call, Direction direction, int id) {
  const std::vector<Algorithm>& list = algorithms(direction);
  call.require(id >= 0 && id < int(list.size()), kBadParam, "unknown-enum-value", "there is no algorithm %d", id);
  return list[id];
}

bool supports(const Problem& p, const Algorithm& a) {
  const math::ConvShape& s = p.shape;
  bool planar = p.conv.spatial == 2, channelsFirst = p.x.isPacked(kNchw);
  bool plain = all(p, s.dilation, 1), dense = plain && all(p, s.stride, 1);
  // As documented: of these three, none has bfloat16.
  bool transformed = a.method == Method::kFft || a.method == Method::kFftTiling || a.method == Method::kWinograd;
  if (transformed && p.x.type == kBfloat16) return false;
  switch (a.method) {
    case Method::kImplicitGemm:
    case Method::kPrecomputed:
      return true;
    case Method::kGemm:
      return planar && plain && channelsFirst;
    case Method::kFft:
      return planar && dense && channelsFirst && s.groups == 1 && s.in[1] + 2 * s.pad[1] <= 256 &&
             s.in[2] + 2 * s.pad[2] <= 256 && s.filter[1] > s.pad[1] && s.filter[2] > s.pad[2];
    case Method::kFftTiling:
      return dense && channelsFirst && s.groups == 1 && s.filter[1] <= 32 && s.filter[2] <= 32 &&
             s.filter[1] > s.pad[1] && s.filter[2] > s.pad[2];
    case Method::kWinograd:
      return planar && dense && channelsFirst && all(p, s.filter, 3);
    case Method::kWinogradNonfused:
      return planar && dense && channelsFirst && (all(p, s.filter, 3) || all(p, s.filter, 5));
    case Method::kNone:
      return false;
  }
  return false;
}

size_t workspaceBytes(const Problem& p, const Algorithm& a) {
  const math::ConvShape& s = p.shape;
  int64_t n = s.images, c = s.inChannels, k = s.outChannels, floats = 0;
  switch (a.method) {
    case Method::kImplicitGemm:
    case Method::kNone:
      break;
    case Method::kPrecomputed:
      floats = 4 * s.taps();
      break;
    case Method::kGemm:
      // Forward: one image's columns. Backward filter: partial sums.
      floats = p.direction == Direction::kForward ? s.taps() * s.outSize() * s.groups
                                                  : std::min<int64_t>(n, 8) * s.taps() * k;
      break;
    case Method::kFft:
      floats = 2 * (n * c + n * k + k * c) * powerOfTwo(s.in[1] + 2 * s.pad[1]) *
               (powerOfTwo(s.in[2] + 2 * s.pad[2]) / 2 + 1);
      break;
    case Method::kFftTiling:
      floats = 2 * (n * (c + k) * tiles(p, 32) + k * c) * 32 * 17;
      break;
    case Method::kWinograd:
      floats = 16 * k * s.groupIn();
      break;
    case Method::kWinogradNonfused:
      floats = (n * (c + k) * tiles(p, 4) + k * s.groupIn()) * (s.filter[1] == 3 ? 36 : 64);
      break;
  }
  return size_t((floats * 4 + 255) / 256 * 256);
}

float imaginedTime(const Problem& p, const Algorithm& a) {
  double milliseconds = double(p.shape.flops()) / 1e10 + double(workspaceBytes(p, a)) / 1e9 + 0.004;
  switch (a.method) {
    case Method::kImplicitGemm:
      return float(milliseconds * (p.direction == Direction::kForward ? 1.0 : 0.9));
    case Method::kPrecomputed:
      return float(milliseconds * 0.6);
    case Method::kGemm:
      return float(milliseconds * 1.2);
    case Method::kFft:
      return float(milliseconds * 1.1);
    case Method::kFftTiling:
      return float(milliseconds * 1.05);
    case Method::kWinograd:
      return float(milliseconds * 0.45);
    case Method::kWinogradNonfused:
      return float(milliseconds * 0.4);
    case Method::kNone:
      break;
  }
  return -1;
}

const Algorithm& requireAlgorithm(const Call& call, const Problem& p, int id, const void* workspace, size_t given) {
  const Algorithm& a = algorithmOf(call, p.direction, id);
  call.require(supports(p, a), kNotSupported, "algorithm-not-supported", "%s does not support x %s, w %s, y %s",
               a.name, p.x.text().c_str(), p.w.tensor.text().c_str(), p.y.text().c_str());
  call.workspace(workspace, given, workspaceBytes(p, a));
  return a;
}

}  // namespace dnn
