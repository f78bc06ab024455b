// The convolutions of the emulated cuDNN: forward, backward data, backward filter, backward bias.
#include "cudnn/conv.h"

#include <cstring>
#include <numeric>

#include "cudnn/dense.h"

namespace dnn {
namespace {

// An order of summation drawn anew at each run, for the algorithms that add up by atomics.
std::vector<int64_t> drawnOrder(int64_t n) {
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = n - 1; i > 0; i--) std::swap(order[i], order[emu::random() % uint64_t(i + 1)]);
  return order;
}

const char* kernelName(Direction direction) {
  return direction == Direction::kForward        ? "cudnn_conv_forward"
         : direction == Direction::kBackwardData ? "cudnn_conv_backward_data"
                                                 : "cudnn_conv_backward_filter";
}

// Queues a convolution. The arguments are x, w and y in their places, one of which is the output.
void enqueueConvolution(const Call& call, const Handle& h, const Problem& p, int algo, const void* x, const void* w,
                        const void* y, void* output, void* workspace, size_t workspaceGiven, float alpha, float beta) {
  const Algorithm& a = requireAlgorithm(call, p, algo, workspace, workspaceGiven);
  size_t needed = workspaceBytes(p, a);
  auto range = [&](const Tensor& t, const void* pointer, const char* name) {
    return pointer == output ? writes(t, output, name) : reads(t, pointer, name);
  };
  bool forward = p.direction == Direction::kForward, filter = p.direction == Direction::kBackwardFilter;
  std::vector<emu::Range> ranges = {
      range(p.x, p.direction == Direction::kBackwardData ? output : x,
            p.direction == Direction::kBackwardData ? "dx" : "x"),
      range(p.w.tensor, filter ? output : w, filter ? "dw" : "w"),
      range(p.y, forward ? output : y, forward ? "y" : "dy"),
      emu::writes(workspace, needed, "workspace")};
  if (usesTensorCores(p.conv.mathType, p.x.type)) emu::count("cudnn.tensor_core_convolutions");
  call.enqueue(h, kernelName(p.direction), ranges, uint64_t(p.shape.flops()), false, [=] {
    compute(p, a, x, w, y, alpha, beta, output);
    // What is left in a workspace is garbage.
    if (needed > 0) std::memset(workspace, 0xff, needed);
  });
}

}  // namespace

void compute(const Problem& p, const Algorithm& a, const void* x, const void* w, const void* y, float alpha,
             float beta, void* output) {
  std::vector<int64_t> order;
  switch (p.direction) {
    case Direction::kForward: {
      Output out(p.y, output, alpha, beta);
      math::convForward(p.shape, Input(p.x, x).data(), Input(p.w.tensor, w).data(), out.data());
      out.finish();
      return;
    }
    case Direction::kBackwardData: {
      if (!a.deterministic) order = drawnOrder(std::min<int64_t>(4, p.shape.groupOut()));
      Output out(p.x, output, alpha, beta);
      math::convBackwardData(p.shape, Input(p.w.tensor, w).data(), Input(p.y, y).data(), out.data(),
                             order.empty() ? nullptr : &order);
      out.finish();
      return;
    }
    case Direction::kBackwardFilter: {
      if (!a.deterministic) order = drawnOrder(p.shape.images);
      Output out(p.w.tensor, output, alpha, beta);
      math::convBackwardFilter(p.shape, Input(p.x, x).data(), Input(p.y, y).data(), out.data(),
                               order.empty() ? nullptr : &order);
      out.finish();
      return;
    }
  }
}

}  // namespace dnn

using namespace dnn;

CUDNN_API int cudnnConvolutionForward(void* handle, const void* alpha, void* xDesc, const void* x, void* wDesc,
                                      const void* w, void* convDesc, int algo, void* workspace, size_t workspaceSize,
                                      const void* beta, void* yDesc, void* y) {
  return run("cudnnConvolutionForward", handle, [&](Call& call, Handle& h) {
    Problem p = Problem::of(call, Direction::kForward, xDesc, wDesc, convDesc, yDesc);
    enqueueConvolution(call, h, p, algo, x, w, nullptr, y, workspace, workspaceSize, call.scalar(alpha, "alpha"),
                       call.scalar(beta, "beta"));
  });
}

CUDNN_API int cudnnConvolutionBackwardData(void* handle, const void* alpha, void* wDesc, const void* w, void* dyDesc,
                                           const void* dy, void* convDesc, int algo, void* workspace,
                                           size_t workspaceSize, const void* beta, void* dxDesc, void* dx) {
  return run("cudnnConvolutionBackwardData", handle, [&](Call& call, Handle& h) {
    Problem p = Problem::of(call, Direction::kBackwardData, dxDesc, wDesc, convDesc, dyDesc);
    enqueueConvolution(call, h, p, algo, nullptr, w, dy, dx, workspace, workspaceSize, call.scalar(alpha, "alpha"),
                       call.scalar(beta, "beta"));
  });
}

CUDNN_API int cudnnConvolutionBackwardFilter(void* handle, const void* alpha, void* xDesc, const void* x, void* dyDesc,
                                             const void* dy, void* convDesc, int algo, void* workspace,
                                             size_t workspaceSize, const void* beta, void* dwDesc, void* dw) {
  return run("cudnnConvolutionBackwardFilter", handle, [&](Call& call, Handle& h) {
    Problem p = Problem::of(call, Direction::kBackwardFilter, xDesc, dwDesc, convDesc, dyDesc);
    enqueueConvolution(call, h, p, algo, x, nullptr, dy, dw, workspace, workspaceSize, call.scalar(alpha, "alpha"),
                       call.scalar(beta, "beta"));
  });
}

CUDNN_API int cudnnConvolutionBackwardBias(void* handle, const void* alphaPointer, void* dyDesc, const void* dy,
                                           const void* betaPointer, void* dbDesc, void* db) {
  return run("cudnnConvolutionBackwardBias", handle, [&](Call& call, Handle& h) {
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    Tensor from = call.descriptor<Tensor>(dyDesc, "dyDesc"), to = call.descriptor<Tensor>(dbDesc, "dbDesc");
    call.floating(from, "dy");
    call.sameType(from, "dy", to, "db");
    call.require(from.rank == to.rank && to.dims[1] == from.dims[1] && to.count() == to.dims[1], kShapeMismatch,
                 "shape-mismatch", "dy is %s, db is %s", from.text().c_str(), to.text().c_str());
    call.enqueue(h, "cudnn_conv_backward_bias", {reads(from, dy, "dy"), writes(to, db, "db")},
                 uint64_t(from.count()), false, [=] {
                   Input in(from, dy);
                   Output out(to, db, alpha, beta);
                   int64_t channels = from.dims[1], plane = from.count() / from.dims[0] / channels;
                   for (int64_t c = 0; c < channels; c++) {
                     double sum = 0;
                     for (int64_t n = 0; n < from.dims[0]; n++)
                       for (int64_t i = 0; i < plane; i++) sum += in[(n * channels + c) * plane + i];
                     out[c] = float(sum);
                   }
                   out.finish();
                 });
  });
}
