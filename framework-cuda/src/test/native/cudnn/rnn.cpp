// The recurrent layers: forward, backward data, backward weights.
#include "cudnn/rnn.h"

#include <cstring>

#include "cudnn/dense.h"

using namespace dnn;

namespace {

// What a reserve space begins with: which call may come next.
struct ReserveHead {
  uint64_t magic;
  int64_t count;
};
constexpr uint64_t kForwardDone = 0x726e6e2d666f7277ull, kBackwardDone = 0x726e6e2d6261636bull;
constexpr size_t kHeadBytes = 64;

float* traceOf(void* reserve) { return reinterpret_cast<float*>(static_cast<char*>(reserve) + kHeadBytes); }

uint8_t* masksOf(const math::RnnShape& s, void* reserve) {
  return reinterpret_cast<uint8_t*>(traceOf(reserve) + s.traceCount());
}

int64_t maskCount(const math::RnnShape& s) {
  return (s.layers - 1) * s.steps * s.batch * s.directions * s.hidden;
}

math::DropoutFactors factorsOf(const math::RnnShape& s, const Dropout& d, void* reserve) {
  if (d.rate == 0) return {};
  const uint8_t* bits = masksOf(s, reserve);
  math::DropoutFactors f(maskCount(s));
  float scale = d.rate < 1 ? 1 / (1 - d.rate) : 0;
  for (int64_t i = 0; i < int64_t(f.size()); i++) f[i] = kept(bits, i) ? scale : 0;
  return f;
}

void setHead(const math::RnnShape& s, void* reserve, uint64_t magic) {
  ReserveHead head = {magic, s.traceCount()};
  std::memcpy(reserve, &head, sizeof head);
}

bool headIs(const char* function, const math::RnnShape& s, const void* reserve, uint64_t magic, const char* before) {
  ReserveHead head;
  std::memcpy(&head, reserve, sizeof head);
  if (head.magic == magic && head.count == s.traceCount()) return true;
  emu::error_async(719, function, "wrong-reserve-space",
                   "the reserve space does not come from %s of the same RNN and sequences", before);
  return false;
}

// Everything that the three calls share.
struct Work {
  Rnn rnn;
  RnnData x, y;
  math::RnnShape shape;
  Tensor state;  // of hx, hy, cx, cy
  Dropout dropout;
  TempSpace space;
  const int32_t* deviceLengths;
  std::vector<emu::Range> ranges;

  Work(const Call& call, void* rnnDesc, bool training, const int32_t* lengths, void* xDesc, void* yDesc)
      : rnn(call.descriptor<Rnn>(rnnDesc, "rnnDesc")),
        x(call.descriptor<RnnData>(xDesc, "xDesc")),
        y(call.descriptor<RnnData>(yDesc, "yDesc")),
        shape(shapeOf(call, rnn, x)),
        dropout(training ? dropoutOf(call, rnn) : Dropout()),
        space(tempSpace(call, rnn, x, training)),
        deviceLengths(lengths) {
    call.require(y.type == x.type && y.layout == x.layout && y.steps == x.steps && y.lengths == x.lengths, kBadParam,
                 "shape-mismatch", "x and y must have the same type, layout, steps and sequence lengths");
    call.require(y.features == shape.directions * shape.hidden, kShapeMismatch, "shape-mismatch",
                 "the output's vectors have %d elements, but %lld directions of %lld are needed", y.features,
                 (long long)shape.directions, (long long)shape.hidden);
    state.type = rnn.dataType;
    state.rank = 3;
    state.dims = {shape.pseudoLayers(), shape.batch, shape.hidden};
    state.setPacked(kNchw);
    if (lengths) ranges.push_back(emu::reads(lengths, size_t(x.batch) * 4, "devSeqLengths"));
    else
      call.require(emu::setting("cudnn.version", 90501) >= 80901, kNullPointer, "null-pointer",
                   "devSeqLengths is null, which cuDNN takes since 8.9.1");
  }

  void requireState(const Call& call, const void* desc, const char* name, std::initializer_list<const void*> used) {
    for (const void* p : used) {
      if (p == nullptr) continue;
      Tensor t = call.descriptor<Tensor>(desc, name);
      call.require(t.sameDims(state) && t.type == state.type && t.isPacked(kNchw), kShapeMismatch, "shape-mismatch",
                   "%s is %s, but layers times directions, batch and hidden size are %s", name, t.text().c_str(),
                   state.text().c_str());
    }
  }

  void read(const void* p, const char* name) {
    if (p) ranges.push_back(reads(state, p, name));
  }
  void write(void* p, const char* name) {
    if (p) ranges.push_back(writes(state, p, name));
  }
  void weights(const Call& call, size_t given, const void* p, bool written) {
    size_t needed = size_t(shape.weightCount()) * rnn.elementSize();
    call.require(given >= needed, kSizeInsufficient, "workspace-too-small", "%zu bytes of weights given, %zu needed",
                 given, needed);
    ranges.push_back({p, needed, written, written ? "dweightSpace" : "weightSpace", rnn.elementSize()});
  }
  void spaces(const Call& call, void* workspace, size_t workspaceSize, void* reserve, size_t reserveSize) {
    call.workspace(workspace, workspaceSize, space.workspace);
    call.require(reserveSize >= space.reserve, kSizeInsufficient, "workspace-too-small",
                 "%zu bytes of reserve space given, %zu needed", reserveSize, space.reserve);
    call.require(space.reserve == 0 || reserve != nullptr, kNullPointer, "null-workspace",
                 "the reserve space is null, %zu bytes are needed", space.reserve);
    ranges.push_back(emu::writes(workspace, space.workspace, "workSpace"));
    ranges.push_back(emu::writes(reserve, space.reserve, "reserveSpace"));
  }

  // To be called when the work runs.
  bool lengthsAgree(const char* function) const {
    for (int b = 0; deviceLengths && b < x.batch; b++)
      if (deviceLengths[b] != x.lengths[b]) {
        emu::error_async(719, function, "sequence-length-mismatch",
                         "sequence %d has length %d on the device, but %d in the descriptor", b, deviceLengths[b],
                         x.lengths[b]);
        return false;
      }
    return true;
  }

  // To be called when the work runs: cuDNN reads the outputs again, and they have to be the forward pass's.
  bool outputAgrees(const char* function, const void* given, void* reserve) const {
    if (rnn.dataType != kFloat) return true;  // rounded
    std::vector<float> out = y.gathered(given);
    for (int64_t d = 0; d < shape.directions; d++) {
      const float* own = traceOf(reserve) + shape.outputAt((shape.layers - 1) * shape.directions + d);
      for (int64_t i = 0; i < shape.steps * shape.batch; i++)
        if (i / shape.batch < x.lengths[size_t(i % shape.batch)] &&
            std::memcmp(&out[size_t(i * y.features + d * shape.hidden)], own + i * shape.hidden,
                        size_t(shape.hidden) * 4) != 0) {
          emu::error_async(719, function, "wrong-output", "y is not what cudnnRNNForward gave");
          return false;
        }
    }
    return true;
  }

  std::vector<float> loadState(const void* p) const { return load(p, state.count()); }
  std::vector<float> loadWeights(const void* p) const { return load(p, shape.weightCount()); }
  void storeState(const std::vector<float>& from, void* p) const {
    for (int64_t i = 0; p && i < int64_t(from.size()); i++) setElement(state, p, i, from[i]);
  }

 private:
  std::vector<float> load(const void* p, int64_t n) const {
    std::vector<float> out(p ? n : 0);
    for (int64_t i = 0; i < int64_t(out.size()); i++) out[i] = elementAt(state, p, i);
    return out;
  }
};

const float* orNull(const std::vector<float>& v) { return v.empty() ? nullptr : v.data(); }
float* roomFor(std::vector<float>& v, const void* wanted, int64_t n) {
  if (wanted) v.resize(n);
  return wanted ? v.data() : nullptr;
}

}  // namespace

CUDNN_API int cudnnRNNForward(void* handle, void* rnnDesc, int mode, const int32_t* lengths, void* xDesc,
                              const void* x, void* yDesc, void* y, void* hDesc, const void* hx, void* hy, void* cDesc,
                              const void* cx, void* cy, size_t weightsSize, const void* weights, size_t workspaceSize,
                              void* workspace, size_t reserveSize, void* reserve) {
  return run("cudnnRNNForward", handle, [&](Call& call, Handle& h) {
    call.require(mode == 0 || mode == 1, kBadParam, "unknown-enum-value", "%d is no cudnnForwardMode_t", mode);
    bool training = mode == 1;
    Work w(call, rnnDesc, training, lengths, xDesc, yDesc);
    w.requireState(call, hDesc, "hDesc", {hx, hy});
    w.requireState(call, cDesc, "cDesc", {cx, cy});
    w.ranges.push_back(reads(w.x, x, "x"));
    w.ranges.push_back(writes(w.y, y, "y"));
    w.read(hx, "hx");
    w.write(hy, "hy");
    w.read(cx, "cx");
    w.write(cy, "cy");
    w.weights(call, weightsSize, weights, false);
    w.spaces(call, workspace, workspaceSize, reserve, reserveSize);
    if (w.dropout.rate > 0) w.ranges.push_back(statesRange(w.dropout));
    const char* function = call.function;
    call.enqueue(h, "cudnn_rnn_forward", w.ranges, uint64_t(w.shape.flops()), false, [=] {
      if (!w.lengthsAgree(function)) return;
      std::vector<float> inference(training ? 0 : w.shape.traceCount()), hOut, cOut,
          out(w.shape.steps * w.shape.batch * w.y.features);
      math::DropoutFactors factors;
      if (training && w.dropout.rate > 0) {
        drawMask(function, w.dropout, maskCount(w.shape), masksOf(w.shape, reserve));
        factors = factorsOf(w.shape, w.dropout, reserve);
      }
      math::rnnForward(w.shape, w.loadWeights(weights).data(), w.x.gathered(x).data(), orNull(w.loadState(hx)),
                       orNull(w.loadState(cx)), out.data(), roomFor(hOut, hy, w.state.count()),
                       roomFor(cOut, cy, w.state.count()), training ? traceOf(reserve) : inference.data(), factors);
      w.y.scatter(out, y);
      w.storeState(hOut, hy);
      w.storeState(cOut, cy);
      if (training) setHead(w.shape, reserve, kForwardDone);
      std::memset(workspace, 0xff, w.space.workspace);
    });
  });
}

CUDNN_API int cudnnRNNBackwardData_v8(void* handle, void* rnnDesc, const int32_t* lengths, void* yDesc, const void* y,
                                      const void* dy, void* xDesc, void* dx, void* hDesc, const void* hx,
                                      const void* dhy, void* dhx, void* cDesc, const void* cx, const void* dcy,
                                      void* dcx, size_t weightsSize, const void* weights, size_t workspaceSize,
                                      void* workspace, size_t reserveSize, void* reserve) {
  return run("cudnnRNNBackwardData_v8", handle, [&](Call& call, Handle& h) {
    Work w(call, rnnDesc, true, lengths, xDesc, yDesc);
    w.requireState(call, hDesc, "hDesc", {hx, dhy, dhx});
    w.requireState(call, cDesc, "cDesc", {cx, dcy, dcx});
    w.ranges.push_back(reads(w.y, y, "y"));
    w.ranges.push_back(reads(w.y, dy, "dy"));
    w.ranges.push_back(writes(w.x, dx, "dx"));
    w.read(hx, "hx");
    w.read(dhy, "dhy");
    w.write(dhx, "dhx");
    w.read(cx, "cx");
    w.read(dcy, "dcy");
    w.write(dcx, "dcx");
    w.weights(call, weightsSize, weights, false);
    w.spaces(call, workspace, workspaceSize, reserve, reserveSize);
    const char* function = call.function;
    call.enqueue(h, "cudnn_rnn_backward_data", w.ranges, uint64_t(w.shape.flops()), false, [=] {
      if (!w.lengthsAgree(function) || !headIs(function, w.shape, reserve, kForwardDone, "cudnnRNNForward") ||
          !w.outputAgrees(function, y, reserve))
        return;
      std::vector<float> hOut, cOut, out(w.shape.steps * w.shape.batch * w.x.features);
      math::rnnBackwardData(w.shape, w.loadWeights(weights).data(), w.y.gathered(dy).data(), orNull(w.loadState(hx)),
                            orNull(w.loadState(cx)), orNull(w.loadState(dhy)), orNull(w.loadState(dcy)), out.data(),
                            roomFor(hOut, dhx, w.state.count()), roomFor(cOut, dcx, w.state.count()),
                            traceOf(reserve), factorsOf(w.shape, w.dropout, reserve));
      w.x.scatter(out, dx);
      w.storeState(hOut, dhx);
      w.storeState(cOut, dcx);
      setHead(w.shape, reserve, kBackwardDone);
      std::memset(workspace, 0xff, w.space.workspace);
    });
  });
}

CUDNN_API int cudnnRNNBackwardWeights_v8(void* handle, void* rnnDesc, int addGradient, const int32_t* lengths,
                                         void* xDesc, const void* x, void* hDesc, const void* hx, void* yDesc,
                                         const void* y, size_t weightsSize, void* dweights, size_t workspaceSize,
                                         void* workspace, size_t reserveSize, void* reserve) {
  return run("cudnnRNNBackwardWeights_v8", handle, [&](Call& call, Handle& h) {
    call.require(addGradient == 0, kNotSupported, "not-supported", "only CUDNN_WGRAD_MODE_ADD exists");
    Work w(call, rnnDesc, true, lengths, xDesc, yDesc);
    w.requireState(call, hDesc, "hDesc", {hx});
    w.ranges.push_back(reads(w.x, x, "x"));
    w.ranges.push_back(reads(w.y, y, "y"));
    w.read(hx, "hx");
    w.weights(call, weightsSize, dweights, true);
    w.spaces(call, workspace, workspaceSize, reserve, reserveSize);
    const char* function = call.function;
    call.enqueue(h, "cudnn_rnn_backward_weights", w.ranges, uint64_t(w.shape.flops()), false, [=] {
      if (!w.lengthsAgree(function) || !headIs(function, w.shape, reserve, kBackwardDone, "cudnnRNNBackwardData_v8") ||
          !w.outputAgrees(function, y, reserve))
        return;
      std::vector<float> gradients = w.loadWeights(dweights);
      math::rnnBackwardWeights(w.shape, w.x.gathered(x).data(), orNull(w.loadState(hx)), traceOf(reserve),
                               gradients.data());
      for (int64_t i = 0; i < int64_t(gradients.size()); i++) setElement(w.state, dweights, i, gradients[i]);
      std::memset(workspace, 0xff, w.space.workspace);
    });
  });
}
