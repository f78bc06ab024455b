// Tensor and filter descriptors of the emulated cuDNN.
#include "cudnn/cudnn.h"

using namespace dnn;

namespace {

// What cuDNN's indices reach; less for tests, which have no room for so much.
int64_t limit() { return emu::setting("cudnn.elements", int64_t(1) << 31); }

void checkType(const Call& call, int type) {
  call.require(type >= 0 && type <= 14, kBadParam, "unknown-enum-value", "%d is no cudnnDataType_t", type);
  call.require(type == kFloat || type == kHalf || type == kBfloat16 || type == kInt32, kUnsupportedType,
               "unsupported-data-type", "the emulated cuDNN knows float, half, bfloat16 and int32, not type %d", type);
}

void checkFormat(const Call& call, int format) {
  call.require(format >= 0 && format <= 2, kBadParam, "unknown-enum-value", "%d is no cudnnTensorFormat_t", format);
  call.require(format != 2, kUnsupportedLayout, "unsupported-layout", "NCHW_VECT_C is not emulated");
}

Tensor shaped(const Call& call, int type, int rank, const int* dims) {
  checkType(call, type);
  call.notNull(dims, "the dimensions");
  call.require(rank >= 3 && rank <= kMaxDims, kNotSupported, "unsupported-rank", "%d axes; 3 to 8 are possible",
               rank);
  Tensor t;
  t.type = type;
  t.rank = rank;
  for (int i = 0; i < rank; i++) {
    call.require(dims[i] > 0, kBadParam, "bad-dimension", "axis %d has length %d", i, dims[i]);
    t.dims[i] = dims[i];
  }
  return t;
}

void finish(const Call& call, void* handle, Tensor& t) {
  call.require(t.span() < limit(), kUnsupportedShape, "tensor-too-large",
               "%s has %lld elements or more, which cuDNN's indices do not reach", t.text().c_str(),
               (long long)limit());
  t.filled = true;
  call.object<Tensor>(handle) = t;
}

void setStrides(const Call& call, Tensor& t, const int* strides) {
  call.notNull(strides, "the strides");
  for (int i = 0; i < t.rank; i++) {
    call.require(strides[i] > 0, kBadParam, "bad-stride", "axis %d has stride %d", i, strides[i]);
    t.strides[i] = strides[i];
  }
}

void setFilter(const Call& call, void* handle, int type, int format, int rank, const int* dims) {
  checkFormat(call, format);
  Filter f;
  f.tensor = shaped(call, type, rank, dims);
  f.tensor.setPacked(format);
  f.tensor.filled = f.filled = true;
  f.format = format;
  call.object<Filter>(handle) = f;
}

}  // namespace

CUDNN_API int cudnnCreateTensorDescriptor(void** d) { return create<Tensor>("cudnnCreateTensorDescriptor", d); }
CUDNN_API int cudnnDestroyTensorDescriptor(void* d) { return destroy<Tensor>("cudnnDestroyTensorDescriptor", d); }
CUDNN_API int cudnnCreateFilterDescriptor(void** d) { return create<Filter>("cudnnCreateFilterDescriptor", d); }
CUDNN_API int cudnnDestroyFilterDescriptor(void* d) { return destroy<Filter>("cudnnDestroyFilterDescriptor", d); }

CUDNN_API int cudnnSetTensor4dDescriptor(void* d, int format, int type, int n, int c, int h, int w) {
  return describe("cudnnSetTensor4dDescriptor", [&](Call& call) {
    checkFormat(call, format);
    int dims[] = {n, c, h, w};
    Tensor t = shaped(call, type, 4, dims);
    t.setPacked(format);
    finish(call, d, t);
  });
}

CUDNN_API int cudnnSetTensor4dDescriptorEx(void* d, int type, int n, int c, int h, int w, int ns, int cs, int hs,
                                           int ws) {
  return describe("cudnnSetTensor4dDescriptorEx", [&](Call& call) {
    int dims[] = {n, c, h, w}, strides[] = {ns, cs, hs, ws};
    Tensor t = shaped(call, type, 4, dims);
    setStrides(call, t, strides);
    finish(call, d, t);
  });
}

CUDNN_API int cudnnSetTensorNdDescriptor(void* d, int type, int rank, const int* dims, const int* strides) {
  return describe("cudnnSetTensorNdDescriptor", [&](Call& call) {
    Tensor t = shaped(call, type, rank, dims);
    setStrides(call, t, strides);
    finish(call, d, t);
  });
}

CUDNN_API int cudnnSetTensorNdDescriptorEx(void* d, int format, int type, int rank, const int* dims) {
  return describe("cudnnSetTensorNdDescriptorEx", [&](Call& call) {
    checkFormat(call, format);
    Tensor t = shaped(call, type, rank, dims);
    t.setPacked(format);
    finish(call, d, t);
  });
}

CUDNN_API int cudnnGetTensor4dDescriptor(void* d, int* type, int* n, int* c, int* h, int* w, int* ns, int* cs, int* hs,
                                         int* ws) {
  return describe("cudnnGetTensor4dDescriptor", [&](Call& call) {
    Tensor t = call.descriptor<Tensor>(d, "tensorDesc");
    call.require(t.rank == 4, kBadParam, "rank-mismatch", "the descriptor is %s", t.text().c_str());
    store(type, t.type);
    int* dims[] = {n, c, h, w};
    int* strides[] = {ns, cs, hs, ws};
    for (int i = 0; i < 4; i++) {
      store(dims[i], int(t.dims[i]));
      store(strides[i], int(t.strides[i]));
    }
  });
}

CUDNN_API int cudnnGetTensorNdDescriptor(void* d, int requested, int* type, int* rank, int* dims, int* strides) {
  return describe("cudnnGetTensorNdDescriptor", [&](Call& call) {
    Tensor t = call.descriptor<Tensor>(d, "tensorDesc");
    store(type, t.type);
    store(rank, t.rank);
    for (int i = 0; i < std::min(requested, t.rank); i++) {
      if (dims) dims[i] = int(t.dims[i]);
      if (strides) strides[i] = int(t.strides[i]);
    }
  });
}

CUDNN_API int cudnnGetTensorSizeInBytes(void* d, size_t* size) {
  return describe("cudnnGetTensorSizeInBytes", [&](Call& call) {
    call.notNull(size, "size");
    *size = call.descriptor<Tensor>(d, "tensorDesc").bytes();
  });
}

CUDNN_API int cudnnSetFilter4dDescriptor(void* d, int type, int format, int k, int c, int h, int w) {
  return describe("cudnnSetFilter4dDescriptor", [&](Call& call) {
    int dims[] = {k, c, h, w};
    setFilter(call, d, type, format, 4, dims);
  });
}

CUDNN_API int cudnnSetFilterNdDescriptor(void* d, int type, int format, int rank, const int* dims) {
  return describe("cudnnSetFilterNdDescriptor", [&](Call& call) { setFilter(call, d, type, format, rank, dims); });
}

CUDNN_API int cudnnGetFilter4dDescriptor(void* d, int* type, int* format, int* k, int* c, int* h, int* w) {
  return describe("cudnnGetFilter4dDescriptor", [&](Call& call) {
    Filter f = call.descriptor<Filter>(d, "filterDesc");
    call.require(f.tensor.rank == 4, kBadParam, "rank-mismatch", "the descriptor is %s", f.tensor.text().c_str());
    store(type, f.tensor.type);
    store(format, f.format);
    int* dims[] = {k, c, h, w};
    for (int i = 0; i < 4; i++) store(dims[i], int(f.tensor.dims[i]));
  });
}

CUDNN_API int cudnnGetFilterNdDescriptor(void* d, int requested, int* type, int* format, int* rank, int* dims) {
  return describe("cudnnGetFilterNdDescriptor", [&](Call& call) {
    Filter f = call.descriptor<Filter>(d, "filterDesc");
    store(type, f.tensor.type);
    store(format, f.format);
    store(rank, f.tensor.rank);
    for (int i = 0; dims && i < std::min(requested, f.tensor.rank); i++) dims[i] = int(f.tensor.dims[i]);
  });
}

CUDNN_API int cudnnGetFilterSizeInBytes(void* d, size_t* size) {
  return describe("cudnnGetFilterSizeInBytes", [&](Call& call) {
    call.notNull(size, "size");
    *size = call.descriptor<Filter>(d, "filterDesc").tensor.bytes();
  });
}
