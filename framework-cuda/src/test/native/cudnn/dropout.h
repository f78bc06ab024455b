// Dropout of the emulated cuDNN: the descriptor and the random states, which the recurrent layers use as well.
#pragma once

#include "cudnn/cudnn.h"

namespace dnn {

struct Dropout {
  static constexpr const char* kKind = "cudnn dropout descriptor";
  bool filled = false;
  float rate = 0;
  void* states = nullptr;
  size_t statesBytes = 0;
  unsigned long long seed = 0;
};

constexpr size_t kStatesBytes = 16384;

inline emu::Range statesRange(const Dropout& d) { return emu::writes(d.states, kStatesBytes, "states", 8); }

// To be called when the work runs: draws one mask of n bits (set: kept), and moves the states on.
void drawMask(const char* function, const Dropout& d, int64_t n, uint8_t* bits);

inline bool kept(const uint8_t* bits, int64_t i) { return (bits[i / 8] >> (i % 8)) & 1; }

}  // namespace dnn
