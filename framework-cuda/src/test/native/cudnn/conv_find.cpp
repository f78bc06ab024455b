// Which algorithm to take: workspace sizes, the heuristic (Get..._v7) and the search (Find...).
#include <algorithm>

#include "cudnn/conv.h"

using namespace dnn;

namespace {

// cudnnConvolutionFwdAlgoPerf_t and its two siblings have this one layout.
struct Performance {
  int algo, status;
  float time;
  size_t memory;
  int determinism, mathType;
  int reserved[3];
};

// By which units an algorithm is ranked: 16-bit inputs by tensor cores where the descriptor allows it.
int mathTypeOf(const Problem& p) {
  if (p.conv.mathType == kFmaMath) return kFmaMath;
  return usesTensorCores(p.conv.mathType, p.x.type) && p.x.type != kFloat ? kTensorOpMath : kDefaultMath;
}

// All algorithms, the fastest first, those that cannot be used (or want more than the limit) last.
std::vector<Performance> ranked(const Problem& p, size_t limit) {
  std::vector<Performance> list;
  for (const Algorithm& a : algorithms(p.direction)) {
    bool usable = supports(p, a);
    size_t memory = usable ? workspaceBytes(p, a) : 0;
    int status = !usable ? kNotSupported : memory > limit ? kSizeInsufficient : kSuccess;
    list.push_back({a.id, status, status == kSuccess ? imaginedTime(p, a) : -1, memory, a.deterministic ? 1 : 0,
                    mathTypeOf(p), {0, 0, 0}});
  }
  std::stable_sort(list.begin(), list.end(), [](const Performance& a, const Performance& b) {
    return std::make_pair(a.status != 0, a.time) < std::make_pair(b.status != 0, b.time);
  });
  return list;
}

void give(const Call& call, const std::vector<Performance>& list, int requested, int* returned, void* results) {
  call.require(requested > 0, kBadParam, "negative-size", "%d algorithms requested", requested);
  call.notNull(returned, "returnedAlgoCount");
  call.notNull(results, "perfResults");
  *returned = std::min(requested, int(list.size()));
  std::copy_n(list.begin(), *returned, static_cast<Performance*>(results));
}

constexpr size_t kNoLimit = ~size_t(0);

int heuristic(const char* function, void* handle, Direction direction, void* x, void* w, void* conv, void* y,
              int requested, int* returned, void* results) {
  store(returned, 0);  // JCuda reads it after a failure, too
  return run(function, handle, [&](Call& call, Handle&) {
    Problem p = Problem::of(call, direction, x, w, conv, y);
    give(call, ranked(p, kNoLimit), requested, returned, results);
  });
}

// Runs every algorithm that fits the workspace, and waits for them.
int search(const char* function, void* handle, Direction direction, void* xDesc, const void* x, void* wDesc,
           const void* w, void* convDesc, void* yDesc, const void* y, void* output, int requested, int* returned,
           void* results, void* workspace, size_t workspaceSize) {
  store(returned, 0);
  return run(function, handle, [&](Call& call, Handle& h) {
    Problem p = Problem::of(call, direction, xDesc, wDesc, convDesc, yDesc);
    call.require(!emu::is_capturing(h.stream), kNotSupported, "illegal-in-capture",
                 "a search measures, which a stream that is being captured cannot");
    std::vector<Performance> list = ranked(p, workspaceSize);
    auto range = [&](const Tensor& t, const void* pointer, const char* name) {
      return pointer ? reads(t, pointer, name) : writes(t, output, name);
    };
    for (const Performance& candidate : list) {
      if (candidate.status != kSuccess) continue;
      const Algorithm& a = algorithmOf(call, direction, candidate.algo);
      call.enqueue(h, "cudnn_conv_search",
                   {range(p.x, x, "x"), range(p.w.tensor, w, "w"), range(p.y, y, "y"),
                    emu::writes(workspace, workspaceBytes(p, a), "workspace")},
                   uint64_t(p.shape.flops()), false, [=] { compute(p, a, x, w, y, 1, 0, output); });
    }
    call.reported(emu::synchronize(h.stream, call.function) == 0, kExecutionFailed);
    give(call, list, requested, returned, results);
  });
}

int maxCount(const char* function, void* handle, Direction direction, int* count) {
  return run(function, handle, [&](Call& call, Handle&) {
    call.notNull(count, "count");
    *count = int(algorithms(direction).size());
  });
}

int workspaceSize(const char* function, void* handle, Direction direction, void* x, void* w, void* conv, void* y,
                  int algo, size_t* size) {
  return run(function, handle, [&](Call& call, Handle&) {
    call.notNull(size, "sizeInBytes");
    Problem p = Problem::of(call, direction, x, w, conv, y);
    const Algorithm& a = algorithmOf(call, direction, algo);
    call.require(supports(p, a), kNotSupported, "algorithm-not-supported", "%s does not support x %s, w %s, y %s",
                 a.name, p.x.text().c_str(), p.w.tensor.text().c_str(), p.y.text().c_str());
    *size = workspaceBytes(p, a);
  });
}

}  // namespace

CUDNN_API int cudnnGetConvolutionForwardAlgorithmMaxCount(void* handle, int* count) {
  return maxCount("cudnnGetConvolutionForwardAlgorithmMaxCount", handle, Direction::kForward, count);
}
CUDNN_API int cudnnGetConvolutionBackwardDataAlgorithmMaxCount(void* handle, int* count) {
  return maxCount("cudnnGetConvolutionBackwardDataAlgorithmMaxCount", handle, Direction::kBackwardData, count);
}
CUDNN_API int cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(void* handle, int* count) {
  return maxCount("cudnnGetConvolutionBackwardFilterAlgorithmMaxCount", handle, Direction::kBackwardFilter, count);
}

CUDNN_API int cudnnGetConvolutionForwardWorkspaceSize(void* handle, void* x, void* w, void* conv, void* y, int algo,
                                                      size_t* size) {
  return workspaceSize("cudnnGetConvolutionForwardWorkspaceSize", handle, Direction::kForward, x, w, conv, y, algo,
                       size);
}
CUDNN_API int cudnnGetConvolutionBackwardDataWorkspaceSize(void* handle, void* w, void* dy, void* conv, void* dx,
                                                           int algo, size_t* size) {
  return workspaceSize("cudnnGetConvolutionBackwardDataWorkspaceSize", handle, Direction::kBackwardData, dx, w, conv,
                       dy, algo, size);
}
CUDNN_API int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* handle, void* x, void* dy, void* conv, void* dw,
                                                             int algo, size_t* size) {
  return workspaceSize("cudnnGetConvolutionBackwardFilterWorkspaceSize", handle, Direction::kBackwardFilter, x, dw,
                       conv, dy, algo, size);
}

CUDNN_API int cudnnGetConvolutionForwardAlgorithm_v7(void* handle, void* x, void* w, void* conv, void* y,
                                                     int requested, int* returned, void* results) {
  return heuristic("cudnnGetConvolutionForwardAlgorithm_v7", handle, Direction::kForward, x, w, conv, y, requested,
                   returned, results);
}
CUDNN_API int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* handle, void* w, void* dy, void* conv, void* dx,
                                                          int requested, int* returned, void* results) {
  return heuristic("cudnnGetConvolutionBackwardDataAlgorithm_v7", handle, Direction::kBackwardData, dx, w, conv, dy,
                   requested, returned, results);
}
CUDNN_API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* handle, void* x, void* dy, void* conv, void* dw,
                                                            int requested, int* returned, void* results) {
  return heuristic("cudnnGetConvolutionBackwardFilterAlgorithm_v7", handle, Direction::kBackwardFilter, x, dw, conv,
                   dy, requested, returned, results);
}

CUDNN_API int cudnnFindConvolutionForwardAlgorithmEx(void* handle, void* xDesc, const void* x, void* wDesc,
                                                     const void* w, void* conv, void* yDesc, void* y, int requested,
                                                     int* returned, void* results, void* workspace, size_t bytes) {
  return search("cudnnFindConvolutionForwardAlgorithmEx", handle, Direction::kForward, xDesc, x, wDesc, w, conv,
                yDesc, nullptr, y, requested, returned, results, workspace, bytes);
}
CUDNN_API int cudnnFindConvolutionBackwardDataAlgorithmEx(void* handle, void* wDesc, const void* w, void* dyDesc,
                                                          const void* dy, void* conv, void* dxDesc, void* dx,
                                                          int requested, int* returned, void* results, void* workspace,
                                                          size_t bytes) {
  return search("cudnnFindConvolutionBackwardDataAlgorithmEx", handle, Direction::kBackwardData, dxDesc, nullptr,
                wDesc, w, conv, dyDesc, dy, dx, requested, returned, results, workspace, bytes);
}
CUDNN_API int cudnnFindConvolutionBackwardFilterAlgorithmEx(void* handle, void* xDesc, const void* x, void* dyDesc,
                                                            const void* dy, void* conv, void* dwDesc, void* dw,
                                                            int requested, int* returned, void* results,
                                                            void* workspace, size_t bytes) {
  return search("cudnnFindConvolutionBackwardFilterAlgorithmEx", handle, Direction::kBackwardFilter, xDesc, x, dwDesc,
                nullptr, conv, dyDesc, dy, dw, requested, returned, results, workspace, bytes);
}
