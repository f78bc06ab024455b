// Sequences of the recurrent layers: packed, or padded with the step or the batch first.
#include "cudnn/dense.h"
#include "cudnn/rnn.h"

namespace dnn {

int64_t RnnData::count() const {
  if (layout != kSeqMajorPacked) return int64_t(steps) * batch * features;
  int64_t vectors = 0;
  for (int length : lengths) vectors += length;
  return vectors * features;
}

std::vector<int64_t> RnnData::places() const {
  std::vector<int64_t> at(size_t(steps) * batch, -1);
  int64_t packed = 0;
  for (int64_t t = 0; t < steps; t++)
    for (int64_t b = 0; b < batch; b++) {
      int64_t& place = at[t * batch + b];
      if (layout == kSeqMajorUnpacked) place = (t * batch + b) * features;
      else if (layout == kBatchMajorUnpacked) place = (b * steps + t) * features;
      else if (t < lengths[b]) place = features * packed++;
    }
  return at;
}

std::vector<float> RnnData::gathered(const void* p) const {
  Tensor t;
  t.type = type;
  std::vector<int64_t> at = places();
  std::vector<float> out(at.size() * features);
  for (int64_t i = 0; i < int64_t(at.size()); i++)
    if (i / batch < lengths[i % batch])
      for (int64_t f = 0; f < features; f++) out[i * features + f] = elementAt(t, p, at[i] + f);
  return out;
}

void RnnData::scatter(const std::vector<float>& from, void* p) const {
  Tensor t;
  t.type = type;
  std::vector<int64_t> at = places();
  for (int64_t i = 0; i < int64_t(at.size()); i++) {
    bool valid = i / batch < lengths[i % batch];
    if (at[i] < 0 || (!valid && !fills)) continue;
    for (int64_t f = 0; f < features; f++) setElement(t, p, at[i] + f, valid ? from[i * features + f] : padding);
  }
}

}  // namespace dnn

using namespace dnn;

CUDNN_API int cudnnCreateRNNDataDescriptor(void** d) { return create<RnnData>("cudnnCreateRNNDataDescriptor", d); }
CUDNN_API int cudnnDestroyRNNDataDescriptor(void* d) { return destroy<RnnData>("cudnnDestroyRNNDataDescriptor", d); }

CUDNN_API int cudnnSetRNNDataDescriptor(void* d, int type, int layout, int steps, int batch, int features,
                                        const int* lengths, const void* padding) {
  return describe("cudnnSetRNNDataDescriptor", [&](Call& call) {
    RnnData& r = call.object<RnnData>(d);
    call.require(type == kFloat || type == kHalf || type == kBfloat16, kUnsupportedType, "unsupported-data-type",
                 "type %d", type);
    call.require(layout >= 0 && layout <= 2, kBadParam, "unknown-enum-value", "%d is no cudnnRNNDataLayout_t", layout);
    call.require(steps > 0 && batch > 0 && features > 0, kBadParam, "bad-dimension",
                 "steps %d, batch %d, vector size %d", steps, batch, features);
    call.notNull(lengths, "seqLengthArray");
    for (int i = 0; i < batch; i++) {
      call.require(lengths[i] >= 0 && lengths[i] <= steps, kBadParam, "bad-sequence-length",
                   "sequence %d has length %d, the longest may have %d", i, lengths[i], steps);
      call.require(layout != RnnData::kSeqMajorPacked || i == 0 || lengths[i] <= lengths[i - 1], kBadParam,
                   "bad-sequence-length", "packed sequences must be sorted by falling length, but %d follows %d",
                   lengths[i], i == 0 ? 0 : lengths[i - 1]);
    }
    r = RnnData();
    r.filled = true;
    r.type = type;
    r.layout = layout;
    r.steps = steps;
    r.batch = batch;
    r.features = features;
    r.lengths.assign(lengths, lengths + batch);
    r.fills = padding != nullptr;
    Tensor element;
    element.type = type;
    if (padding) r.padding = elementAt(element, padding, 0);
  });
}

CUDNN_API int cudnnGetRNNDataDescriptor(void* d, int* type, int* layout, int* steps, int* batch, int* features,
                                        int requested, int* lengths, void* padding) {
  return describe("cudnnGetRNNDataDescriptor", [&](Call& call) {
    RnnData r = call.descriptor<RnnData>(d, "rnnDataDesc");
    store(type, r.type);
    store(layout, r.layout);
    store(steps, r.steps);
    store(batch, r.batch);
    store(features, r.features);
    for (int i = 0; lengths && i < std::min(requested, r.batch); i++) lengths[i] = r.lengths[i];
    Tensor element;
    element.type = r.type;
    if (padding) setElement(element, padding, 0, r.padding);
  });
}
