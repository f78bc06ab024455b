// Recurrent layers of the emulated cuDNN: descriptors, sequences, sizes.
#pragma once

#include <vector>

#include "cudnn/dropout.h"
#include "math/rnn.h"

namespace dnn {

struct Rnn {
  static constexpr const char* kKind = "cudnn RNN descriptor";
  bool filled = false;
  int algo = 0, cell = 0, bias = 0, direction = 0, inputMode = 0, dataType = 0, mathPrecision = 0, mathType = 0;
  int inputSize = 0, hiddenSize = 0, projectionSize = 0, layers = 0;
  void* dropout = nullptr;
  unsigned flags = 0;

  bool paddedIo() const { return flags & 1; }
  int directions() const { return direction + 1; }
  size_t elementSize() const { return dataType == kFloat ? 4 : 2; }
};

struct RnnData {
  static constexpr const char* kKind = "cudnn RNN data descriptor";
  enum Layout { kSeqMajorUnpacked = 0, kSeqMajorPacked = 1, kBatchMajorUnpacked = 2 };
  bool filled = false;
  int type = 0, layout = 0, steps = 0, batch = 0, features = 0;
  std::vector<int> lengths;
  bool fills = false;  // whether padding of an output gets a value
  float padding = 0;

  size_t elementSize() const { return type == kFloat ? 4 : 2; }
  int64_t count() const;
  size_t bytes() const { return size_t(count()) * elementSize(); }
  // The element offset of each [step][batch] place, -1 for none.
  std::vector<int64_t> places() const;
  // As float [step][batch][feature] with zeros in the padding.
  std::vector<float> gathered(const void* p) const;
  // The reverse; padding gets its value where it has one.
  void scatter(const std::vector<float>& from, void* p) const;
};

inline emu::Range reads(const RnnData& d, const void* p, const char* name) {
  return emu::reads(p, d.bytes(), name, d.elementSize());
}
inline emu::Range writes(const RnnData& d, void* p, const char* name) {
  return emu::writes(p, d.bytes(), name, d.elementSize());
}

// The arithmetic's view of a descriptor; without sequences it serves for weights alone.
math::RnnShape shapeOf(const Rnn& r);
math::RnnShape shapeOf(const Call& call, const Rnn& r, const RnnData& x);

struct TempSpace {
  size_t workspace, reserve;
};
TempSpace tempSpace(const Call& call, const Rnn& r, const RnnData& x, bool training);

// The dropout between layers, or one with rate 0.
Dropout dropoutOf(const Call& call, const Rnn& r);

}  // namespace dnn
