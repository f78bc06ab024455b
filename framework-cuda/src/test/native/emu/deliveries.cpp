// Downloads into pinned memory reach the host when it synchronises, not when they run: so a host that looks too
// early sees NaN whatever the seed is.
#include <cstring>

#include "state.h"

namespace emu {
namespace {

struct Delivery {
  uint32_t lane, seq;
  CUcontext context;
  char* to;
  std::vector<char> bytes;
  bool overlaps(const void* p, size_t n) const {
    return to < (const char*)p + n && (const char*)p < to + bytes.size();
  }
};

std::deque<Delivery>& waiting() {
  static auto* d = new std::deque<Delivery>;
  return *d;
}

template <class Chosen>
void deliver_if(Chosen chosen) {
  std::deque<Delivery> rest;
  for (Delivery& d : waiting()) {
    if (chosen(d))
      memcpy(d.to, d.bytes.data(), d.bytes.size());
    else
      rest.push_back(std::move(d));
  }
  waiting().swap(rest);
}

}  // namespace

void deliver_later(const Op& op, void* to, const void* from, size_t n) {
  auto* f = static_cast<const char*>(from);
  waiting().push_back({op.lane, op.seq, op.context, static_cast<char*>(to), {f, f + n}});
}

void deliver_known(const Clock& known) {
  if (waiting().empty()) return;
  deliver_if([&](const Delivery& d) { return known.at(d.lane) >= d.seq; });
}

void deliver_range(const void* p, size_t n) {
  deliver_if([&](const Delivery& d) { return d.overlaps(p, n); });
}

bool undelivered(const void* p, size_t n) {
  for (const Delivery& d : waiting())
    if (d.overlaps(p, n)) return true;
  return false;
}

void forget_deliveries(CUcontext context) {
  std::deque<Delivery> rest;
  for (Delivery& d : waiting())
    if (context && d.context != context) rest.push_back(std::move(d));
  waiting().swap(rest);
}

}  // namespace emu
