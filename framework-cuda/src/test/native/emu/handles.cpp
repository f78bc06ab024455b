// Handles of every kind, in one table: an address that was a handle once is never one again.
#include <sys/mman.h>

#include "state.h"

namespace emu {
namespace {

// Handles are addresses in a region without access rights: whoever follows one fails at once.
const void* next_address() {
  constexpr size_t step = 64, region = size_t(1) << 32;
  static char* base = nullptr;
  static size_t used = 0;
  if (!base || used + step > region) {
    base = static_cast<char*>(mmap(nullptr, region, PROT_NONE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    used = step;
  }
  const void* p = base + used;
  used += step;
  return p;
}

Handle* find(const char* function, const char* kind, const void* handle, bool destroying) {
  auto it = handles().find(handle);
  if (it == handles().end()) {
    error(function, handle ? "invalid-handle" : "null-handle", "%p is no %s", handle, kind);
    return nullptr;
  }
  Handle& h = it->second;
  if (h.kind != kind) {
    error(function, "wrong-kind", "%p is a %s, not a %s", handle, h.kind.c_str(), kind);
    return nullptr;
  }
  if (!h.alive) {
    error(function, destroying ? "double-destroy" : "use-after-destroy",
          "the %s %p was destroyed before", kind, handle);
    return nullptr;
  }
  CUcontext here = current_context();
  if (h.context && here && h.context != here) {
    error(function, "wrong-context", "the %s %p belongs to another context than the current one",
          kind, handle);
    return nullptr;
  }
  return &h;
}

}  // namespace

std::map<const void*, Handle>& handles() {
  static auto* m = new std::map<const void*, Handle>;
  return *m;
}

void* create_handle(const char* kind, void* payload, bool bound) {
  std::lock_guard<std::recursive_mutex> held(lock());
  const void* address = next_address();
  Handle& h = handles()[address];
  h.kind = kind;
  h.payload = payload;
  h.context = bound ? current_context() : nullptr;
  return const_cast<void*>(address);
}

void* check_handle(const char* function, const char* kind, const void* handle) {
  std::lock_guard<std::recursive_mutex> held(lock());
  Handle* h = find(function, kind, handle, false);
  return h ? h->payload : nullptr;
}

void* destroy_handle(const char* function, const char* kind, const void* handle) {
  std::lock_guard<std::recursive_mutex> held(lock());
  Handle* h = find(function, kind, handle, true);
  if (!h) return nullptr;
  void* payload = h->payload;
  h->alive = false;
  h->payload = nullptr;
  return payload;
}

void forget_handles() {
  for (auto& [address, h] : handles()) h.alive = false;  // payloads belong to whoever made them
}

int report_leaks(CUcontext context) {
  int leaks = 0;
  auto report = [&](const std::string& text) {
    leaks++;
    if (leaks <= 20) error("leak check", "leak", "%s", text.c_str());
  };
  for (auto& [base, a] : allocations()) {
    if ((context && a.context != context) || a.freeing || a.excused || a.kind == Memory::module_global) continue;
    report(std::to_string(a.bytes) + " bytes of " +
           (a.kind == Memory::device ? "device memory" : "pinned host memory") + " (allocation " +
           std::to_string(a.number) + ") were never freed");
  }
  for (auto& [address, h] : handles()) {
    if (!h.alive || h.excused || h.kind == "context" || h.kind == "function" || h.kind == "graph node" ||
        (context && h.context != context))
      continue;
    report("never destroyed: " + h.kind);
  }
  return leaks;
}

}  // namespace emu

extern "C" int64_t emu_report_leaks(void) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  return emu::report_leaks(nullptr);
}
