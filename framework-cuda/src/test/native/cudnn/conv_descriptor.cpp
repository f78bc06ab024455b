// Convolution descriptors, and the shapes that follow from them.
#include "cudnn/conv.h"

using namespace dnn;

namespace {

void set(const Call& call, void* d, int spatial, const int* pad, const int* stride, const int* dilation, int mode,
         int computeType) {
  Convolution& c = call.object<Convolution>(d);
  call.require(spatial == 2 || spatial == 3, kNotSupported, "unsupported-rank",
               "%d spatial axes; the emulated cuDNN has 2 and 3", spatial);
  call.require(mode == 0 || mode == 1, kBadParam, "unknown-enum-value", "%d is no cudnnConvolutionMode_t", mode);
  call.require(computeType == kFloat, kUnsupportedType, "unsupported-data-type",
               "the emulated convolutions accumulate in float, not in type %d", computeType);
  for (int i = 0; i < spatial; i++) {
    call.require(pad[i] >= 0 && stride[i] > 0 && dilation[i] > 0, kBadParam, "bad-convolution",
                 "axis %d: padding %d, stride %d, dilation %d", i, pad[i], stride[i], dilation[i]);
    c.pad[i] = pad[i];
    c.stride[i] = stride[i];
    c.dilation[i] = dilation[i];
  }
  c.spatial = spatial;
  c.mode = mode;
  c.computeType = computeType;
  c.filled = true;
}

// The output's dimensions; checks the input against the filter.
std::vector<int64_t> outputDims(const Call& call, const Convolution& c, const Tensor& x, const Filter& w) {
  call.require(x.rank == c.spatial + 2 && w.tensor.rank == x.rank, kShapeMismatch, "rank-mismatch",
               "%d spatial axes, x is %s, w is %s", c.spatial, x.text().c_str(), w.tensor.text().c_str());
  call.require(x.dims[1] == w.tensor.dims[1] * c.groups, kShapeMismatch, "channel-mismatch",
               "x has %lld channels, the filter has %lld in each of %d groups", (long long)x.dims[1],
               (long long)w.tensor.dims[1], c.groups);
  call.require(w.tensor.dims[0] % c.groups == 0, kShapeMismatch, "channel-mismatch",
               "%lld filters cannot be shared out among %d groups", (long long)w.tensor.dims[0], c.groups);
  std::vector<int64_t> dims = {x.dims[0], w.tensor.dims[0]};
  for (int i = 0; i < c.spatial; i++) {
    int64_t room = x.dims[i + 2] + 2 * c.pad[i] - ((w.tensor.dims[i + 2] - 1) * c.dilation[i] + 1);
    call.require(room >= 0, kBadParam, "filter-larger-than-input", "axis %d: x is %s, w is %s", i, x.text().c_str(),
                 w.tensor.text().c_str());
    dims.push_back(c.outputSize(i, x.dims[i + 2], w.tensor.dims[i + 2]));
  }
  return dims;
}

}  // namespace

Problem Problem::of(const Call& call, Direction direction, const void* xDesc, const void* wDesc, const void* convDesc,
                    const void* yDesc) {
  Problem p;
  p.direction = direction;
  p.x = call.descriptor<Tensor>(xDesc, direction == Direction::kBackwardData ? "dxDesc" : "xDesc");
  p.w = call.descriptor<Filter>(wDesc, direction == Direction::kBackwardFilter ? "dwDesc" : "wDesc");
  p.y = call.descriptor<Tensor>(yDesc, direction == Direction::kForward ? "yDesc" : "dyDesc");
  p.conv = call.descriptor<Convolution>(convDesc, "convDesc");
  call.floating(p.x, "x");
  call.sameType(p.x, "x", p.w.tensor, "w");
  call.sameType(p.x, "x", p.y, "y");
  std::vector<int64_t> dims = outputDims(call, p.conv, p.x, p.w);
  call.require(p.y.rank == p.x.rank && std::equal(dims.begin(), dims.end(), p.y.dims.begin()), kShapeMismatch,
               "shape-mismatch", "x %s and w %s do not give y %s", p.x.text().c_str(), p.w.tensor.text().c_str(),
               p.y.text().c_str());
  bool nchw = p.x.isPacked(kNchw) && p.y.isPacked(kNchw) && p.w.tensor.isPacked(kNchw);
  bool nhwc = p.x.isPacked(kNhwc) && p.y.isPacked(kNhwc) && p.w.tensor.isPacked(kNhwc);
  call.require(nchw || nhwc, kUnsupportedLayout, "wrong-layout",
               "x %s, w %s and y %s are neither all NCHW nor all NHWC, fully packed", p.x.text().c_str(),
               p.w.tensor.text().c_str(), p.y.text().c_str());
  math::ConvShape& s = p.shape;
  s.images = p.x.dims[0];
  s.inChannels = p.x.dims[1];
  s.outChannels = p.y.dims[1];
  s.groups = p.conv.groups;
  s.flip = p.conv.mode == 0;
  s.tf32 = usesTf32(p.conv.mathType, p.x.type);
  s.in = s.filter = s.out = s.stride = s.dilation = {1, 1, 1};
  s.pad = {0, 0, 0};
  for (int i = 0, at = 3 - p.conv.spatial; i < p.conv.spatial; i++, at++) {
    s.in[at] = p.x.dims[i + 2];
    s.filter[at] = p.w.tensor.dims[i + 2];
    s.out[at] = p.y.dims[i + 2];
    s.pad[at] = p.conv.pad[i];
    s.stride[at] = p.conv.stride[i];
    s.dilation[at] = p.conv.dilation[i];
  }
  return p;
}

CUDNN_API int cudnnCreateConvolutionDescriptor(void** d) {
  return create<Convolution>("cudnnCreateConvolutionDescriptor", d);
}

CUDNN_API int cudnnDestroyConvolutionDescriptor(void* d) {
  return destroy<Convolution>("cudnnDestroyConvolutionDescriptor", d);
}

CUDNN_API int cudnnSetConvolution2dDescriptor(void* d, int padH, int padW, int strideH, int strideW, int dilationH,
                                              int dilationW, int mode, int computeType) {
  return describe("cudnnSetConvolution2dDescriptor", [&](Call& call) {
    int pad[] = {padH, padW}, stride[] = {strideH, strideW}, dilation[] = {dilationH, dilationW};
    set(call, d, 2, pad, stride, dilation, mode, computeType);
  });
}

CUDNN_API int cudnnSetConvolutionNdDescriptor(void* d, int length, const int* pad, const int* stride,
                                              const int* dilation, int mode, int computeType) {
  return describe("cudnnSetConvolutionNdDescriptor", [&](Call& call) {
    call.notNull(pad, "padA");
    call.notNull(stride, "filterStrideA");
    call.notNull(dilation, "dilationA");
    set(call, d, length, pad, stride, dilation, mode, computeType);
  });
}

CUDNN_API int cudnnGetConvolution2dDescriptor(void* d, int* padH, int* padW, int* strideH, int* strideW,
                                              int* dilationH, int* dilationW, int* mode, int* computeType) {
  return describe("cudnnGetConvolution2dDescriptor", [&](Call& call) {
    Convolution c = call.descriptor<Convolution>(d, "convDesc");
    call.require(c.spatial == 2, kBadParam, "rank-mismatch", "the descriptor has %d spatial axes", c.spatial);
    store(padH, int(c.pad[0]));
    store(padW, int(c.pad[1]));
    store(strideH, int(c.stride[0]));
    store(strideW, int(c.stride[1]));
    store(dilationH, int(c.dilation[0]));
    store(dilationW, int(c.dilation[1]));
    store(mode, c.mode);
    store(computeType, c.computeType);
  });
}

CUDNN_API int cudnnGetConvolutionNdDescriptor(void* d, int requested, int* length, int* pad, int* stride,
                                              int* dilation, int* mode, int* computeType) {
  return describe("cudnnGetConvolutionNdDescriptor", [&](Call& call) {
    Convolution c = call.descriptor<Convolution>(d, "convDesc");
    store(length, c.spatial);
    for (int i = 0; i < std::min(requested, c.spatial); i++) {
      if (pad) pad[i] = int(c.pad[i]);
      if (stride) stride[i] = int(c.stride[i]);
      if (dilation) dilation[i] = int(c.dilation[i]);
    }
    store(mode, c.mode);
    store(computeType, c.computeType);
  });
}

CUDNN_API int cudnnSetConvolutionGroupCount(void* d, int groups) {
  return describe("cudnnSetConvolutionGroupCount", [&](Call& call) {
    call.require(groups > 0, kBadParam, "bad-convolution", "%d groups", groups);
    call.object<Convolution>(d).groups = groups;
  });
}

CUDNN_API int cudnnGetConvolutionGroupCount(void* d, int* groups) {
  return describe("cudnnGetConvolutionGroupCount", [&](Call& call) {
    call.notNull(groups, "groupCount");
    *groups = call.object<Convolution>(d).groups;
  });
}

CUDNN_API int cudnnSetConvolutionMathType(void* d, int type) {
  return describe("cudnnSetConvolutionMathType", [&](Call& call) {
    call.require(type >= 0 && type <= 3, kBadParam, "unknown-enum-value", "%d is no cudnnMathType_t", type);
    call.object<Convolution>(d).mathType = type;
  });
}

CUDNN_API int cudnnGetConvolutionMathType(void* d, int* type) {
  return describe("cudnnGetConvolutionMathType", [&](Call& call) {
    call.notNull(type, "mathType");
    *type = call.object<Convolution>(d).mathType;
  });
}

CUDNN_API int cudnnSetConvolutionReorderType(void* d, int type) {
  return describe("cudnnSetConvolutionReorderType", [&](Call& call) {
    call.require(type == 0 || type == 1, kBadParam, "unknown-enum-value", "%d is no cudnnReorderType_t", type);
    call.object<Convolution>(d).reorder = type;
  });
}

CUDNN_API int cudnnGetConvolutionReorderType(void* d, int* type) {
  return describe("cudnnGetConvolutionReorderType", [&](Call& call) {
    call.notNull(type, "reorderType");
    *type = call.object<Convolution>(d).reorder;
  });
}

CUDNN_API int cudnnGetConvolution2dForwardOutputDim(void* d, void* xDesc, void* wDesc, int* n, int* c, int* h,
                                                    int* w) {
  return describe("cudnnGetConvolution2dForwardOutputDim", [&](Call& call) {
    std::vector<int64_t> dims =
        outputDims(call, call.descriptor<Convolution>(d, "convDesc"), call.descriptor<Tensor>(xDesc, "inputTensorDesc"),
                   call.descriptor<Filter>(wDesc, "filterDesc"));
    call.require(dims.size() == 4, kBadParam, "rank-mismatch", "the convolution has %zu axes", dims.size());
    int* out[] = {n, c, h, w};
    for (int i = 0; i < 4; i++) store(out[i], int(dims[i]));
  });
}

CUDNN_API int cudnnGetConvolutionNdForwardOutputDim(void* d, void* xDesc, void* wDesc, int rank, int* out) {
  return describe("cudnnGetConvolutionNdForwardOutputDim", [&](Call& call) {
    std::vector<int64_t> dims =
        outputDims(call, call.descriptor<Convolution>(d, "convDesc"), call.descriptor<Tensor>(xDesc, "inputTensorDesc"),
                   call.descriptor<Filter>(wDesc, "filterDesc"));
    call.require(rank == int(dims.size()), kBadParam, "rank-mismatch", "the convolution has %zu axes", dims.size());
    call.notNull(out, "tensorOutputDimA");
    for (int i = 0; i < rank; i++) out[i] = int(dims[i]);
  });
}
