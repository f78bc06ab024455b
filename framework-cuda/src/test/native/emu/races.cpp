// Two streams on one buffer: for each piece of an allocation the last write and the reads after it. An
// operation whose clock does not cover them ran without a reason to run after them.
#include "codes.h"
#include "state.h"

namespace emu {
namespace {

bool before(const Access& a, const Op& op) {
  return a.seq == 0 || a.lane == op.lane || op.clock.at(a.lane) >= a.seq;
}

bool same(const Segment& a, const Segment& b) {
  auto equal = [](const Access& x, const Access& y) { return x.lane == y.lane && x.seq == y.seq; };
  if (!equal(a.write, b.write) || a.reads.size() != b.reads.size()) return false;
  for (size_t i = 0; i < a.reads.size(); i++)
    if (!equal(a.reads[i], b.reads[i])) return false;
  return true;
}

void race(const Allocation& a, size_t low, bool write, const Access& earlier, bool wrote,
          const Op& op) {
  error_async(CUDA_ERROR_LAUNCH_FAILED, op.who, "stream-race",
              "%s byte %zu of allocation %llu (%zu bytes), which %s %s on another stream, with "
              "nothing that orders the two (an event, a synchronisation)",
              write ? "writes" : "reads", low, (unsigned long long)a.number, a.bytes, earlier.who,
              wrote ? "wrote" : "read");
}

// Makes `at` a border between segments.
void split(std::map<size_t, Segment>& m, size_t at) {
  auto it = m.upper_bound(at);
  if (it == m.begin()) return;
  --it;
  if (it->first == at || it->second.end <= at) return;
  Segment right = it->second;
  it->second.end = at;
  m[at] = std::move(right);
}

void note(Segment& s, bool write, const Access& me) {
  if (write) {
    s.write = me;
    s.reads.clear();
    return;
  }
  for (Access& r : s.reads)
    if (r.lane == me.lane) {
      r = me;
      return;
    }
  s.reads.push_back(me);
}

}  // namespace

void touch(Allocation& a, size_t low, size_t high, bool write, const Op& op) {
  auto& m = a.segments;
  split(m, low);
  split(m, high);
  Access me{op.lane, op.seq, op.who};
  bool reported = false;
  size_t at = low;
  auto it = m.lower_bound(low);
  while (at < high) {
    if (it == m.end() || it->first > at) {  // never touched so far
      size_t end = it == m.end() ? high : std::min(high, it->first);
      it = m.emplace_hint(it, at, Segment{end, {}, {}});
    }
    Segment& s = it->second;
    if (!reported && !before(s.write, op)) {
      reported = true;
      race(a, it->first, write, s.write, true, op);
    }
    if (write && !reported)
      for (const Access& r : s.reads)
        if (!before(r, op)) {
          reported = true;
          race(a, it->first, write, r, false, op);
          break;
        }
    note(s, write, me);
    at = s.end;
    ++it;
  }
  // Join equal neighbours, so that the map stays small.
  it = m.lower_bound(low);
  if (it != m.begin()) --it;
  while (it != m.end() && it->first < high) {
    auto next = std::next(it);
    if (next != m.end() && it->second.end == next->first && same(it->second, next->second)) {
      it->second.end = next->second.end;
      m.erase(next);
    } else {
      it = next;
    }
  }
}

}  // namespace emu
