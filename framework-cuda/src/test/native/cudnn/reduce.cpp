// Reduction of a tensor along the axes where the output has length 1.
#include <cmath>
#include <cstring>
#include <limits>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

enum { kAdd, kMul, kMin, kMax, kAmax, kAvg, kNorm1, kNorm2, kMulNoZeros };

struct Reduction {
  static constexpr const char* kKind = "cudnn reduce tensor descriptor";
  bool filled = false;
  int op = 0, type = 0, nan = 0, indices = 0, indexType = 0;

  bool extremum() const { return op == kMin || op == kMax || op == kAmax; }
  bool givesIndices() const { return extremum() && indices == 1; }
};

void check(const Call& call, const Tensor& a, const Tensor& c) {
  call.floating(a, "A");
  call.sameType(a, "A", c, "C");
  call.require(a.rank == c.rank, kShapeMismatch, "rank-mismatch", "A is %s, C is %s", a.text().c_str(),
               c.text().c_str());
  for (int i = 0; i < a.rank; i++)
    call.require(c.dims[i] == a.dims[i] || c.dims[i] == 1, kShapeMismatch, "shape-mismatch",
                 "A %s cannot be reduced to C %s", a.text().c_str(), c.text().c_str());
}

size_t indexBytes(const Reduction& r, const Tensor& c) { return r.givesIndices() ? size_t(c.count()) * 4 : 0; }

size_t workspaceBytes(const Tensor& a, const Tensor& c) {
  return a.count() == c.count() ? 0 : (size_t(c.count()) * 32 + 255) / 256 * 256;
}

struct Accumulator {
  double value;
  int64_t index = -1, seen = 0;
};

void add(const Reduction& r, Accumulator& t, float x) {
  double v = r.op == kAmax || r.op == kNorm1 ? std::fabs(double(x)) : x;
  switch (r.op) {
    case kAdd:
    case kAvg:
    case kNorm1:
      t.value += v;
      break;
    case kNorm2:
      t.value += v * v;
      break;
    case kMul:
      t.value *= v;
      break;
    case kMulNoZeros:
      if (v != 0) t.value *= v;
      break;
    default: {
      bool nan = std::isnan(v), first = t.seen == 0;
      bool better = r.op == kMin ? v < t.value : v > t.value;
      if (first || (nan ? r.nan == 1 && !std::isnan(t.value) : better || (std::isnan(t.value) && r.nan == 0))) {
        t.value = v;
        t.index = t.seen;
      }
    }
  }
  t.seen++;
}

}  // namespace

CUDNN_API int cudnnCreateReduceTensorDescriptor(void** d) {
  return create<Reduction>("cudnnCreateReduceTensorDescriptor", d);
}

CUDNN_API int cudnnDestroyReduceTensorDescriptor(void* d) {
  return destroy<Reduction>("cudnnDestroyReduceTensorDescriptor", d);
}

CUDNN_API int cudnnSetReduceTensorDescriptor(void* d, int op, int type, int nan, int indices, int indexType) {
  return describe("cudnnSetReduceTensorDescriptor", [&](Call& call) {
    Reduction& r = call.object<Reduction>(d);
    call.require(op >= 0 && op <= kMulNoZeros, kBadParam, "unknown-enum-value", "%d is no cudnnReduceTensorOp_t", op);
    call.require(type == kFloat, kUnsupportedType, "unsupported-data-type", "only float is emulated, not %d", type);
    call.require((nan == 0 || nan == 1) && (indices == 0 || indices == 1), kBadParam, "unknown-enum-value",
                 "NaN propagation %d, indices %d", nan, indices);
    call.require(indexType == 0, kNotSupported, "unsupported-data-type", "only 32-bit indices, not type %d",
                 indexType);
    r = {true, op, type, nan, indices, indexType};
  });
}

CUDNN_API int cudnnGetReduceTensorDescriptor(void* d, int* op, int* type, int* nan, int* indices, int* indexType) {
  return describe("cudnnGetReduceTensorDescriptor", [&](Call& call) {
    Reduction r = call.descriptor<Reduction>(d, "reduceTensorDesc");
    store(op, r.op);
    store(type, r.type);
    store(nan, r.nan);
    store(indices, r.indices);
    store(indexType, r.indexType);
  });
}

CUDNN_API int cudnnGetReductionIndicesSize(void* handle, void* d, void* aDesc, void* cDesc, size_t* size) {
  return run("cudnnGetReductionIndicesSize", handle, [&](Call& call, Handle&) {
    Tensor a = call.descriptor<Tensor>(aDesc, "aDesc"), c = call.descriptor<Tensor>(cDesc, "cDesc");
    check(call, a, c);
    call.notNull(size, "sizeInBytes");
    *size = indexBytes(call.descriptor<Reduction>(d, "reduceTensorDesc"), c);
  });
}

CUDNN_API int cudnnGetReductionWorkspaceSize(void* handle, void* d, void* aDesc, void* cDesc, size_t* size) {
  return run("cudnnGetReductionWorkspaceSize", handle, [&](Call& call, Handle&) {
    Tensor a = call.descriptor<Tensor>(aDesc, "aDesc"), c = call.descriptor<Tensor>(cDesc, "cDesc");
    check(call, a, c);
    call.notNull(size, "sizeInBytes");
    call.descriptor<Reduction>(d, "reduceTensorDesc");
    *size = workspaceBytes(a, c);
  });
}

CUDNN_API int cudnnReduceTensor(void* handle, void* d, void* indices, size_t indicesSize, void* workspace,
                                size_t workspaceSize, const void* alphaPointer, void* aDesc, const void* a,
                                const void* betaPointer, void* cDesc, void* c) {
  return run("cudnnReduceTensor", handle, [&](Call& call, Handle& h) {
    Reduction r = call.descriptor<Reduction>(d, "reduceTensorDesc");
    Tensor at = call.descriptor<Tensor>(aDesc, "aDesc"), ct = call.descriptor<Tensor>(cDesc, "cDesc");
    float alpha = call.scalar(alphaPointer, "alpha"), beta = call.scalar(betaPointer, "beta");
    check(call, at, ct);
    size_t needed = workspaceBytes(at, ct), indexed = indexBytes(r, ct);
    call.workspace(workspace, workspaceSize, needed);
    call.require(indicesSize >= indexed, kSizeInsufficient, "workspace-too-small",
                 "%zu bytes given for the indices, %zu needed", indicesSize, indexed);
    call.enqueue(h, "cudnn_reduce_tensor",
                 {reads(at, a, "A"), writes(ct, c, "C"), emu::writes(workspace, needed, "workspace"),
                  emu::writes(indices, indexed, "indices")},
                 uint64_t(at.count()), at.count() == ct.count(), [=] {
                   double start = r.op == kMul || r.op == kMulNoZeros ? 1 : 0;
                   std::vector<Accumulator> totals(ct.count(), Accumulator{start});
                   // C walked along A: its dense position, standing still along the reduced axes.
                   Tensor dense = ct;
                   dense.setPacked(kNchw);
                   for (int i = 0; i < at.rank; i++)
                     if (ct.dims[i] != at.dims[i]) dense.strides[i] = 0;
                   dense.dims = at.dims;
                   Input in(at, a);
                   forEach(dense, [&](int64_t i, int64_t to) { add(r, totals[to], in[i]); });
                   Output out(ct, c, alpha, beta);
                   double size = double(at.count() / ct.count());
                   for (int64_t i = 0; i < ct.count(); i++) {
                     double v = totals[i].value;
                     out[i] = float(r.op == kAvg ? v / size : r.op == kNorm2 ? std::sqrt(v) : v);
                     if (indexed) static_cast<uint32_t*>(indices)[i] = uint32_t(totals[i].index);
                   }
                   out.finish();
                   if (needed > 0) std::memset(workspace, 0xff, needed);
                 });
  });
}
