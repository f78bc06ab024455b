// Emulated device memory and pinned host memory: where it lies, and what is live.
//
// An address is never used twice. Each allocation ends, up to its 256-byte alignment, at a page without access
// rights, so that even a kernel compiled without checks stops there; freed memory loses its access rights.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "codes.h"
#include "state.h"

namespace emu {
namespace {

constexpr size_t page = 4096, alignment = 256;
constexpr unsigned char canary = 0xa5;

struct Freed {
  size_t bytes;
  uint64_t number;
};

std::map<uintptr_t, Freed>& freed() {
  static auto* m = new std::map<uintptr_t, Freed>;
  return *m;
}

uint64_t in_use = 0, numbers = 0;

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

// Address space for one allocation with a closed page on either side.
char* take_space(size_t bytes) {
  constexpr size_t region = size_t(1) << 38;
  static char* base = nullptr;
  static size_t used = 0;
  if (!base || used + bytes + 2 * page > region) {
    void* p = mmap(nullptr, region, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return nullptr;
    base = static_cast<char*>(p);
    used = 0;
  }
  char* p = base + used + page;
  used += bytes + page;
  return p;
}

// Large allocations show a file of 0xff instead of being filled: what a kernel never touches costs no page.
constexpr size_t poison_bytes = size_t(4) << 20;

int poison_file() {
  static const int file = [] {
    int f = memfd_create("emulated-cuda-poison", MFD_CLOEXEC);
    if (f < 0 || ftruncate(f, poison_bytes)) return -1;
    void* p = mmap(nullptr, poison_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    if (p == MAP_FAILED) return -1;
    memset(p, 0xff, poison_bytes);
    munmap(p, poison_bytes);
    return f;
  }();
  return file;
}

bool map_poison(char* space, size_t mapped) {
  for (size_t at = 0; at < mapped; at += poison_bytes) {
    size_t n = std::min(poison_bytes, mapped - at);
    if (mmap(space + at, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, poison_file(), 0) == MAP_FAILED)
      return false;
  }
  return true;
}

// Opens an allocation's pages and fills it with what is NaN as floats.
bool open_pages(char* space, size_t mapped) {
  if (mapped >= poison_bytes / 4 && poison_file() >= 0) return map_poison(space, mapped);
  if (mprotect(space, mapped, PROT_READ | PROT_WRITE)) return false;
  memset(space, 0xff, mapped);
  return true;
}

// Anew and without rights, so that neither memory nor an entry in the process's map remains.
void close_pages(uintptr_t base, size_t mapped) {
  mmap(reinterpret_cast<void*>(base), mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

bool mapped_in_process(uintptr_t p) {
  return msync(reinterpret_cast<void*>(p / page * page), page, MS_ASYNC) == 0;
}

}  // namespace

std::map<uintptr_t, Allocation>& allocations() {
  static auto* m = new std::map<uintptr_t, Allocation>;
  return *m;
}

uint64_t memory_in_use() { return in_use; }
uint64_t memory_total() { return (uint64_t)setting("memory.total", int64_t(8) << 30); }

Allocation* find_allocation(uintptr_t p) {
  auto it = allocations().upper_bound(p);
  if (it == allocations().begin()) return nullptr;
  --it;
  return p <= it->second.end() ? &it->second : nullptr;
}

bool was_freed(uintptr_t p) {
  auto it = freed().upper_bound(p);
  if (it == freed().begin()) return false;
  --it;
  return p < it->first + it->second.bytes;
}

bool in_guard(uintptr_t p) {
  auto it = allocations().upper_bound(p);
  if (it != allocations().end() && it->first - p <= 2 * page) return true;
  if (it == allocations().begin()) return false;
  --it;
  return p >= it->second.end() && p - it->second.end() <= 2 * page;
}

Allocation* register_range(CUcontext context, void* p, size_t bytes, Memory kind) {
  Allocation& a = allocations()[(uintptr_t)p];
  a = Allocation();
  a.base = (uintptr_t)p;
  a.bytes = bytes;
  a.kind = kind;
  a.context = context;
  a.number = ++numbers;
  freed().erase(a.base);
  return &a;
}

Allocation* allocate(CUcontext context, size_t bytes, Memory kind) {
  if (kind == Memory::device && in_use + bytes > memory_total()) return nullptr;
  size_t used = round_up(bytes, alignment), mapped = round_up(used, page);
  char* space = take_space(mapped);
  if (!space || !open_pages(space, mapped)) return nullptr;
  char* start = space + mapped - used;
  memset(start + bytes, canary, used - bytes);
  Allocation* a = register_range(context, start, bytes, kind);
  a->map_base = (uintptr_t)space;
  a->map_bytes = mapped;
  if (kind == Memory::device) {
    in_use += bytes;
    if (in_use > counter_get("memory_peak")) counter_set("memory_peak", in_use);
  }
  return a;
}

void release(Allocation* a, const char* function) {
  if (a->map_bytes) {
    auto* tail = reinterpret_cast<unsigned char*>(a->end());
    for (size_t i = 0; a->end() + i < a->map_base + a->map_bytes; i++)
      if (tail[i] != canary) {
        error(function, "out-of-bounds",
              "allocation %llu of %zu bytes was written %zu bytes past its end",
              (unsigned long long)a->number, a->bytes, i + 1);
        break;
      }
    close_pages(a->map_base, a->map_bytes);
    if (freed().size() > 200000) freed().erase(freed().begin());
    freed()[a->base] = {a->bytes, a->number};
  }
  if (a->kind == Memory::device) in_use -= a->bytes;
  drop_shadow(*a);
  allocations().erase(a->base);
}

void release_all(CUcontext context) {
  for (auto it = allocations().begin(); it != allocations().end();) {
    Allocation* a = &it->second;
    ++it;
    if (!context || a->context == context) release(a, "context destruction");
  }
}

void forget_memory() {
  release_all(nullptr);
  freed().clear();
}

const char* range_fault(const Range& range, std::string& text, bool any_context) {
  if (range.bytes == 0) return nullptr;
  auto p = (uintptr_t)range.p;
  char buffer[400];
  auto fail = [&](const char* name, const char* fmt, auto... args) {
    snprintf(buffer, sizeof buffer, fmt, args...);
    text = std::string(range.what ? range.what : "the buffer") + " (" +
           std::to_string(range.bytes) + " bytes at " + std::to_string(p) + ") " + buffer;
    return name;
  };
  if (!p) return fail("null-pointer", "is null");
  Allocation* a = find_allocation(p);
  if (!a || (p == a->end())) {
    if (was_freed(p)) return fail("use-after-free", "was freed");
    if (a || in_guard(p)) return fail("out-of-bounds", "starts outside the allocation next to it");
    if (mapped_in_process(p)) return fail("host-pointer", "is host memory, not device memory");
    return fail("invalid-pointer", "is no address of this device");
  }
  if (a->kind == Memory::pinned && !a->mapped && !range.pinned)
    return fail("host-pointer", "is pinned host memory that was not mapped for the device");
  if (a->freeing && !any_context) return fail("use-after-free", "was given to cuMemFreeAsync");
  if (p + range.bytes > a->end() || p + range.bytes < p)
    return fail("out-of-bounds", "runs %zu bytes past the end of allocation %llu of %zu bytes",
                (size_t)(p + range.bytes - a->end()), (unsigned long long)a->number, a->bytes);
  if (range.align > 1 && p % range.align)
    return fail("misaligned", "is not aligned to %zu bytes", range.align);
  if (!any_context && a->context != current_context())
    return fail("wrong-context", "belongs to another context than the current one");
  return nullptr;
}

bool device_range(const char* function, const Range& range) {
  std::lock_guard<std::recursive_mutex> held(lock());
  std::string text;
  const char* name = range_fault(range, text);
  if (name) error(function, name, "%s", text.c_str());
  return !name;
}

}  // namespace emu
