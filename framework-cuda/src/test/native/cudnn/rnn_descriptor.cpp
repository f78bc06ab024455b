// RNN descriptors, and the sizes and places that follow from them.
#include "cudnn/rnn.h"

namespace dnn {

math::RnnShape shapeOf(const Rnn& r) {
  math::RnnShape s;
  s.cell = static_cast<math::Cell>(r.cell);
  s.layers = r.layers;
  s.directions = r.directions();
  s.steps = s.batch = 0;
  s.input = r.inputSize;
  s.hidden = r.hiddenSize;
  s.inputBias = r.bias == 1 || r.bias == 2;
  s.recurrentBias = r.bias == 2 || r.bias == 3;
  s.tf32 = usesTf32(r.mathType, r.dataType);
  return s;
}

math::RnnShape shapeOf(const Call& call, const Rnn& r, const RnnData& x) {
  call.require(x.type == r.dataType, kBadParam, "data-type-mismatch", "the sequences have type %d, the RNN type %d",
               x.type, r.dataType);
  call.require(x.features == r.inputSize, kShapeMismatch, "shape-mismatch",
               "the input's vectors have %d elements, the RNN's input has %d", x.features, r.inputSize);
  call.require(x.layout == RnnData::kSeqMajorPacked || r.paddedIo(), kBadParam, "wrong-layout",
               "unpacked sequences need CUDNN_RNN_PADDED_IO_ENABLED");
  math::RnnShape s = shapeOf(r);
  s.steps = x.steps;
  s.batch = x.batch;
  s.lengths = x.lengths;
  return s;
}

TempSpace tempSpace(const Call& call, const Rnn& r, const RnnData& x, bool training) {
  math::RnnShape s = shapeOf(call, r, x);
  size_t workspace = size_t(s.steps * s.batch * (s.rows() + s.directions * s.hidden) + s.batch * s.rows()) * 4;
  size_t masks = size_t(s.layers - 1) * size_t(s.steps * s.batch * s.directions * s.hidden);
  size_t reserve = 64 + size_t(s.traceCount()) * 4 + (masks + 7) / 8;
  auto rounded = [](size_t n) { return (n + 255) / 256 * 256; };
  return {rounded(workspace), training ? rounded(reserve) : 0};
}

Dropout dropoutOf(const Call& call, const Rnn& r) {
  Dropout none;
  if (r.dropout == nullptr || r.layers == 1) return none;
  Dropout d = call.descriptor<Dropout>(r.dropout, "the RNN's dropoutDesc");
  return d;
}

}  // namespace dnn

using namespace dnn;

namespace {

void requireRange(const Call& call, const char* name, int value, int limit) {
  call.require(value >= 0 && value < limit, kBadParam, "unknown-enum-value", "%s = %d", name, value);
}

}  // namespace

CUDNN_API int cudnnCreateRNNDescriptor(void** d) { return create<Rnn>("cudnnCreateRNNDescriptor", d); }
CUDNN_API int cudnnDestroyRNNDescriptor(void* d) { return destroy<Rnn>("cudnnDestroyRNNDescriptor", d); }

CUDNN_API int cudnnSetRNNDescriptor_v8(void* d, int algo, int cell, int bias, int direction, int inputMode,
                                       int dataType, int mathPrecision, int mathType, int32_t inputSize,
                                       int32_t hiddenSize, int32_t projectionSize, int32_t layers, void* dropout,
                                       uint32_t flags) {
  return describe("cudnnSetRNNDescriptor_v8", [&](Call& call) {
    Rnn& r = call.object<Rnn>(d);
    requireRange(call, "algo", algo, 4);
    requireRange(call, "cellMode", cell, 4);
    requireRange(call, "biasMode", bias, 4);
    requireRange(call, "dirMode", direction, 2);
    requireRange(call, "inputMode", inputMode, 2);
    requireRange(call, "mathType", mathType, 4);
    call.require(algo == 0, kNotSupported, "algorithm-not-supported", "only RNN_ALGO_STANDARD is emulated, not %d",
                 algo);
    call.require(inputMode == 0, kNotSupported, "not-emulated", "CUDNN_SKIP_INPUT");
    call.require(dataType == kFloat || dataType == kHalf || dataType == kBfloat16, kUnsupportedType,
                 "unsupported-data-type", "type %d", dataType);
    call.require(mathPrecision == kFloat, kUnsupportedType, "unsupported-data-type",
                 "the emulated RNN computes in float, not in type %d", mathPrecision);
    call.require(inputSize > 0 && hiddenSize > 0 && layers > 0, kBadParam, "bad-dimension",
                 "input %d, hidden %d, layers %d", inputSize, hiddenSize, layers);
    call.require(projectionSize == hiddenSize, projectionSize > hiddenSize ? kBadParam : kNotSupported,
                 "bad-dimension", "projSize is %d; without projection it is the hidden size %d", projectionSize,
                 hiddenSize);
    call.require(flags <= 1, kBadParam, "unknown-enum-value", "auxFlags = %u", flags);
    if (dropout) call.descriptor<Dropout>(dropout, "dropoutDesc");
    r = {true, algo, cell, bias, direction, inputMode, dataType, mathPrecision, mathType, inputSize, hiddenSize,
         projectionSize, layers, dropout, flags};
  });
}

CUDNN_API int cudnnGetRNNDescriptor_v8(void* d, int* algo, int* cell, int* bias, int* direction, int* inputMode,
                                       int* dataType, int* mathPrecision, int* mathType, int32_t* inputSize,
                                       int32_t* hiddenSize, int32_t* projectionSize, int32_t* layers, void** dropout,
                                       uint32_t* flags) {
  return describe("cudnnGetRNNDescriptor_v8", [&](Call& call) {
    Rnn r = call.descriptor<Rnn>(d, "rnnDesc");
    store(algo, r.algo);
    store(cell, r.cell);
    store(bias, r.bias);
    store(direction, r.direction);
    store(inputMode, r.inputMode);
    store(dataType, r.dataType);
    store(mathPrecision, r.mathPrecision);
    store(mathType, r.mathType);
    store(inputSize, int32_t(r.inputSize));
    store(hiddenSize, int32_t(r.hiddenSize));
    store(projectionSize, int32_t(r.projectionSize));
    store(layers, int32_t(r.layers));
    store(dropout, r.dropout);
    store(flags, uint32_t(r.flags));
  });
}

CUDNN_API int cudnnGetRNNWeightSpaceSize(void* handle, void* d, size_t* size) {
  return run("cudnnGetRNNWeightSpaceSize", handle, [&](Call& call, Handle&) {
    call.notNull(size, "weightSpaceSize");
    Rnn r = call.descriptor<Rnn>(d, "rnnDesc");
    *size = size_t(shapeOf(r).weightCount()) * r.elementSize();
  });
}

CUDNN_API int cudnnGetRNNTempSpaceSizes(void* handle, void* d, int mode, void* xDesc, size_t* workspace,
                                        size_t* reserve) {
  return run("cudnnGetRNNTempSpaceSizes", handle, [&](Call& call, Handle&) {
    requireRange(call, "fwdMode", mode, 2);
    TempSpace t = tempSpace(call, call.descriptor<Rnn>(d, "rnnDesc"), call.descriptor<RnnData>(xDesc, "xDesc"),
                            mode == 1);
    store(workspace, t.workspace);
    store(reserve, t.reserve);
  });
}

CUDNN_API int cudnnGetRNNWeightParams(void* handle, void* d, int32_t pseudo, size_t spaceSize, const void* space,
                                      int32_t id, void* mDesc, void** mAddress, void* bDesc, void** bAddress) {
  return run("cudnnGetRNNWeightParams", handle, [&](Call& call, Handle&) {
    Rnn r = call.descriptor<Rnn>(d, "rnnDesc");
    math::RnnShape s = shapeOf(r);
    call.require(pseudo >= 0 && pseudo < s.pseudoLayers() && id >= 0 && id < 2 * s.gates(), kBadParam,
                 "bad-dimension", "pseudo layer %d of %lld, matrix %d of %lld", pseudo, (long long)s.pseudoLayers(),
                 id, (long long)(2 * s.gates()));
    size_t needed = size_t(s.weightCount()) * r.elementSize();
    call.require(spaceSize >= needed, kSizeInsufficient, "workspace-too-small",
                 "%zu bytes of weights given, %zu needed", spaceSize, needed);
    call.notNull(mAddress, "mAddr");
    call.notNull(bAddress, "bAddr");
    bool recurrent = id >= s.gates();
    int64_t gate = id % s.gates(), in = recurrent ? s.hidden : s.inputOf(pseudo / s.directions);
    int64_t matrix = (recurrent ? s.recurrentMatrix(pseudo) : s.inputMatrix(pseudo)) + gate * s.hidden * in;
    int64_t bias = recurrent ? s.recurrentBiasAt(pseudo) : s.inputBiasAt(pseudo);
    auto place = [&](int64_t at) {
      return const_cast<char*>(static_cast<const char*>(space)) + size_t(at) * r.elementSize();
    };
    auto describeAs = [&](void* desc, int64_t rows, int64_t columns) {
      Tensor t;
      t.filled = true;
      t.type = r.dataType;
      t.rank = 3;
      t.dims = {1, rows, columns};
      t.setPacked(kNchw);
      if (desc) call.object<Tensor>(desc) = t;
    };
    *mAddress = place(matrix);
    describeAs(mDesc, s.hidden, in);
    *bAddress = bias < 0 ? nullptr : place(bias + gate * s.hidden);
    describeAs(bDesc, bias < 0 ? 0 : s.hidden, bias < 0 ? 0 : 1);
  });
}
