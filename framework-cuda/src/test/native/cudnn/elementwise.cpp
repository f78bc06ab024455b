// Elementwise work on tensors: OpTensor, AddTensor, TransformTensor, SetTensor, ScaleTensor.
#include <cmath>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kAdd, kMul, kMin, kMax, kSqrt, kNot };

struct OpTensor {
  static constexpr const char* kKind = "cudnn op tensor descriptor";
  bool filled = false;
  int op = 0, type = 0, nan = 0;
};

// b with stride 0 along the axes that it is repeated over, so that it is walked like a.
Tensor broadcast(const Call& call, const Tensor& b, const char* nameB, const Tensor& a, const char* nameA) {
  Tensor t = b;
  call.require(a.rank == b.rank, kShapeMismatch, "rank-mismatch", "%s is %s, %s is %s", nameA, a.text().c_str(), nameB,
               b.text().c_str());
  for (int i = 0; i < a.rank; i++) {
    call.require(b.dims[i] == a.dims[i] || b.dims[i] == 1, kShapeMismatch, "shape-mismatch",
                 "%s %s cannot be repeated to %s %s", nameB, b.text().c_str(), nameA, a.text().c_str());
    if (b.dims[i] != a.dims[i]) t.strides[i] = 0;
    t.dims[i] = a.dims[i];
  }
  return t;
}

std::vector<float> gathered(const Tensor& t, const void* p) {
  std::vector<float> out(t.count());
  forEach(t, [&](int64_t i, int64_t offset) { out[i] = elementAt(t, p, offset); });
  return out;
}

float apply(int op, int nan, float a, float b) {
  switch (op) {
    case kAdd:
      return a + b;
    case kMul:
      return a * b;
    case kMin:
      return nan == 1 && (std::isnan(a) || std::isnan(b)) ? NAN : std::fmin(a, b);
    case kMax:
      return nan == 1 && (std::isnan(a) || std::isnan(b)) ? NAN : std::fmax(a, b);
    case kSqrt:
      return std::sqrt(a);
    default:
      return 1 - a;
  }
}

}  // namespace

CUDNN_API int cudnnCreateOpTensorDescriptor(void** d) { return create<OpTensor>("cudnnCreateOpTensorDescriptor", d); }
CUDNN_API int cudnnDestroyOpTensorDescriptor(void* d) { return destroy<OpTensor>("cudnnDestroyOpTensorDescriptor", d); }

CUDNN_API int cudnnSetOpTensorDescriptor(void* d, int op, int type, int nan) {
  return describe("cudnnSetOpTensorDescriptor", [&](Call& call) {
    OpTensor& o = call.object<OpTensor>(d);
    call.require(op >= 0 && op <= kNot, kBadParam, "unknown-enum-value", "%d is no cudnnOpTensorOp_t", op);
    call.require(type == kFloat, kUnsupportedType, "unsupported-data-type", "only float is emulated, not %d", type);
    call.require(nan == 0 || nan == 1, kBadParam, "unknown-enum-value", "%d is no cudnnNanPropagation_t", nan);
    o = {true, op, type, nan};
  });
}

CUDNN_API int cudnnGetOpTensorDescriptor(void* d, int* op, int* type, int* nan) {
  return describe("cudnnGetOpTensorDescriptor", [&](Call& call) {
    OpTensor o = call.descriptor<OpTensor>(d, "opTensorDesc");
    store(op, o.op);
    store(type, o.type);
    store(nan, o.nan);
  });
}

CUDNN_API int cudnnOpTensor(void* handle, void* d, const void* alpha1Pointer, void* aDesc, const void* a,
                            const void* alpha2Pointer, void* bDesc, const void* b, const void* betaPointer,
                            void* cDesc, void* c) {
  return run("cudnnOpTensor", handle, [&](Call& call, Handle& h) {
    OpTensor o = call.descriptor<OpTensor>(d, "opTensorDesc");
    bool unary = o.op == kSqrt || o.op == kNot;
    Tensor at = call.descriptor<Tensor>(aDesc, "aDesc"), ct = call.descriptor<Tensor>(cDesc, "cDesc");
    Tensor bt = unary ? at : call.descriptor<Tensor>(bDesc, "bDesc");
    float alpha1 = call.scalar(alpha1Pointer, "alpha1"), beta = call.scalar(betaPointer, "beta"),
          alpha2 = unary ? 0 : call.scalar(alpha2Pointer, "alpha2");
    call.floating(at, "A");
    call.floating(bt, "B");
    call.floating(ct, "C");
    call.sameDims(at, "A", ct, "C");
    Tensor repeated = broadcast(call, bt, "B", at, "A");
    call.require(b != c || bt.sameDims(ct), kBadParam, "overlapping-buffers", "C cannot be a B that is repeated");
    std::vector<emu::Range> ranges = {reads(at, a, "A"), writes(ct, c, "C")};
    if (!unary) ranges.push_back(reads(bt, b, "B"));
    call.enqueue(h, "cudnn_op_tensor", ranges, 3 * uint64_t(at.count()), true, [=] {
      Input left(at, a);
      std::vector<float> right = unary ? std::vector<float>() : gathered(repeated, b);
      Output out(ct, c, 1, beta);
      for (int64_t i = 0; i < at.count(); i++)
        out[i] = apply(o.op, o.nan, alpha1 * left[i], unary ? 0 : alpha2 * right[i]);
      out.finish();
    });
  });
}

CUDNN_API int cudnnAddTensor(void* handle, const void* alphaPointer, void* aDesc, const void* a,
                             const void* betaPointer, void* cDesc, void* c) {
  return run("cudnnAddTensor", handle, [&](Call& call, Handle& h) {
    Tensor at = call.descriptor<Tensor>(aDesc, "aDesc"), ct = call.descriptor<Tensor>(cDesc, "cDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    call.floating(at, "A");
    call.floating(ct, "C");
    call.sameType(at, "A", ct, "C");
    Tensor repeated = broadcast(call, at, "A", ct, "C");
    call.enqueue(h, "cudnn_add_tensor", {reads(at, a, "A"), writes(ct, c, "C")}, 2 * uint64_t(ct.count()), false,
                 [=] {
                   std::vector<float> in = gathered(repeated, a);
                   Output out(ct, c, alpha, beta);
                   std::copy(in.begin(), in.end(), out.data());
                   out.finish();
                 });
  });
}

CUDNN_API int cudnnTransformTensor(void* handle, const void* alphaPointer, void* xDesc, const void* x,
                                   const void* betaPointer, void* yDesc, void* y) {
  return run("cudnnTransformTensor", handle, [&](Call& call, Handle& h) {
    Tensor xt = call.descriptor<Tensor>(xDesc, "xDesc"), yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    call.floating(xt, "x");
    call.sameDims(xt, "x", yt, "y");
    call.sameType(xt, "x", yt, "y");
    call.enqueue(h, "cudnn_transform_tensor", {reads(xt, x, "x"), writes(yt, y, "y")}, 0, false, [=] {
      Input in(xt, x);
      Output out(yt, y, alpha, beta);
      std::copy_n(in.data(), xt.count(), out.data());
      out.finish();
    });
  });
}

CUDNN_API int cudnnSetTensor(void* handle, void* yDesc, void* y, const void* valuePointer) {
  return run("cudnnSetTensor", handle, [&](Call& call, Handle& h) {
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc");
    call.notNull(valuePointer, "valuePtr");
    // The value has the tensor's own type.
    int32_t whole = yt.type == kInt32 ? *static_cast<const int32_t*>(valuePointer) : 0;
    float value = yt.type == kInt32 ? 0 : elementAt(yt, valuePointer, 0);
    call.enqueue(h, "cudnn_set_tensor", {writes(yt, y, "y")}, 0, false, [=] {
      forEach(yt, [&](int64_t, int64_t offset) {
        if (yt.type == kInt32) static_cast<int32_t*>(y)[offset] = whole;
        else setElement(yt, y, offset, value);
      });
    });
  });
}

CUDNN_API int cudnnScaleTensor(void* handle, void* yDesc, void* y, const void* alphaPointer) {
  return run("cudnnScaleTensor", handle, [&](Call& call, Handle& h) {
    Tensor yt = call.descriptor<Tensor>(yDesc, "yDesc");
    float alpha = call.scalar(alphaPointer, "alpha");
    call.floating(yt, "y");
    call.enqueue(h, "cudnn_scale_tensor", {writes(yt, y, "y")}, uint64_t(yt.count()), false, [=] {
      forEach(yt, [&](int64_t, int64_t offset) { setElement(yt, y, offset, alpha * elementAt(yt, y, offset)); });
    });
  });
}
