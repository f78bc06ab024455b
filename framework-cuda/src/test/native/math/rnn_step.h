// The order in which one direction of one layer walks through the sequences.
#pragma once

#include "math/rnn.h"

namespace math {

class Walk {
 public:
  Walk(const RnnShape& s, int64_t pseudo) : s_(s), backwards_(pseudo % s.directions == 1) {}

  int64_t step(int64_t i) const { return backwards_ ? s_.steps - 1 - i : i; }

  bool valid(int64_t t, int64_t b) const { return t < s_.lengths[size_t(b)]; }

  // Where the state before (t, b) lies among the [step][batch] states, or -1 for the initial state.
  int64_t before(int64_t t, int64_t b) const {
    if (!backwards_) return t == 0 ? -1 : (t - 1) * s_.batch + b;
    return t + 1 < s_.lengths[size_t(b)] ? (t + 1) * s_.batch + b : -1;
  }

  // Where the last state of sequence b lies, or -1 where the sequence is empty.
  int64_t last(int64_t b) const {
    int length = s_.lengths[size_t(b)];
    return length == 0 ? -1 : backwards_ ? b : (length - 1) * s_.batch + b;
  }

 private:
  const RnnShape& s_;
  bool backwards_;
};

// The states before step t, gathered as [batch][hidden]; initial may be null for zeros.
inline void gatherBefore(const RnnShape& s, const Walk& walk, int64_t t, const float* states, const float* initial,
                         float* out) {
  for (int64_t b = 0; b < s.batch; b++) {
    int64_t at = walk.valid(t, b) ? walk.before(t, b) : -1;
    const float* from = at >= 0 ? states + at * s.hidden : initial ? initial + b * s.hidden : nullptr;
    for (int64_t i = 0; i < s.hidden; i++) out[b * s.hidden + i] = from ? from[i] : 0;
  }
}

}  // namespace math
