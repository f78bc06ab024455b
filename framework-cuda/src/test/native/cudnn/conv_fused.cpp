// The fused convolution: y = activation(alpha1 * conv(x) + alpha2 * z + bias).
#include <cmath>
#include <cstring>

#include "cudnn/conv.h"
#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kRelu = 1, kIdentity = 5, kPrecomputedGemm = 1 };

}  // namespace

CUDNN_API int cudnnConvolutionBiasActivationForward(void* handle, const void* alpha1Pointer, void* xDesc,
                                                    const void* x, void* wDesc, const void* w, void* convDesc,
                                                    int algo, void* workspace, size_t workspaceSize,
                                                    const void* alpha2Pointer, void* zDesc, const void* z,
                                                    void* biasDesc, const void* bias, void* activationDesc,
                                                    void* yDesc, void* y) {
  return run("cudnnConvolutionBiasActivationForward", handle, [&](Call& call, Handle& h) {
    Problem p = Problem::of(call, Direction::kForward, xDesc, wDesc, convDesc, yDesc);
    Tensor zt = call.descriptor<Tensor>(zDesc, "zDesc"), bt = call.descriptor<Tensor>(biasDesc, "biasDesc");
    Activation act = call.descriptor<Activation>(activationDesc, "activationDesc");
    float alpha1 = call.scalar(alpha1Pointer, "alpha1"), alpha2 = call.scalar(alpha2Pointer, "alpha2");
    call.require(act.mode == kRelu || act.mode == kIdentity, kNotSupported, "activation-not-supported",
                 "activation %d; this function has RELU and IDENTITY", act.mode);
    call.require(act.mode != kIdentity || algo == kPrecomputedGemm, kNotSupported, "algorithm-not-supported",
                 "IDENTITY goes with IMPLICIT_PRECOMP_GEMM only, not with algorithm %d", algo);
    call.require(act.nan == 0, kNotSupported, "activation-not-supported", "NaN cannot be propagated here");
    call.sameDims(zt, "z", p.y, "y");
    call.sameType(zt, "z", p.y, "y");
    call.require(bt.rank == p.y.rank && bt.dims[1] == p.y.dims[1] && bt.count() == bt.dims[1], kShapeMismatch,
                 "shape-mismatch", "the bias is %s, y is %s", bt.text().c_str(), p.y.text().c_str());
    call.notNull(z, "z");
    call.notNull(bias, "bias");
    const Algorithm& a = requireAlgorithm(call, p, algo, workspace, workspaceSize);
    size_t needed = workspaceBytes(p, a);
    std::vector<emu::Range> ranges = {reads(p.x, x, "x"), reads(p.w.tensor, w, "w"), reads(bt, bias, "bias"),
                                      writes(p.y, y, "y"), emu::writes(workspace, needed, "workspace")};
    // z may be y itself.
    if (z != y) ranges.push_back(reads(zt, z, "z"));
    if (usesTensorCores(p.conv.mathType, p.x.type)) emu::count("cudnn.tensor_core_convolutions");
    call.enqueue(h, "cudnn_conv_bias_activation", ranges, uint64_t(p.shape.flops() + 2 * p.y.count()), false, [=] {
      std::vector<float> result(p.y.count());
      math::convForward(p.shape, Input(p.x, x).data(), Input(p.w.tensor, w).data(), result.data());
      Input b(bt, bias);
      int64_t channels = p.y.dims[1], plane = p.y.count() / p.y.dims[0] / channels;
      {
        Input old(zt, z);
        for (int64_t i = 0; i < p.y.count(); i++) {
          float value = alpha1 * result[i] + (alpha2 == 0 ? 0 : alpha2 * old[i]) + b[i / plane % channels];
          result[i] = act.mode == kRelu ? std::fmax(value, 0.0f) : value;
        }
      }
      Output out(p.y, y, 1, 0);
      std::copy(result.begin(), result.end(), out.data());
      out.finish();
      if (needed > 0) std::memset(workspace, 0xff, needed);
    });
  });
}
