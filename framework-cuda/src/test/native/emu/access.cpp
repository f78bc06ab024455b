// Checked kernels call on_access() for each access to memory.
//
// Global memory: the access lies in one live allocation and is aligned; which 32-byte pieces are touched goes to the
// race check between streams; and no two threads of a launch touch a word, one of them writing, but for threads
// of one block with a barrier in between. Shared memory: the access lies in the block's shared memory, and no two
// threads touch a word, one of them writing, without a barrier (or a warp operation of both) in between.
#include <sys/mman.h>

#include <cstring>

#include "codes.h"
#include "engine.h"

namespace emu {
namespace {

constexpr size_t piece = 32;

struct Window {
  uintptr_t low = 1, high = 0;
  Allocation* allocation = nullptr;
};

Window windows[4];
unsigned next_window = 0;
std::vector<uintptr_t> touched_bases;

// The last accesses to one word of global memory in one launch. A stamp says which launch, so that nothing has to
// be cleared.
struct GlobalWord {
  uint32_t write_stamp = 0, read_stamp = 0;
  uint32_t write_block = 0, read_block = 0;
  uint16_t write_epoch = 0, read_epoch = 0;
  uint16_t writer = 0, reader = 0;
  bool atomic = false;
  bool many_blocks = false;  // readers of more than one block
};

uint32_t stamp = 0;
bool fenced = false;  // after a __threadfence() blocks may hand results to one another

// The last accesses to one word of shared memory.
struct Word {
  uint32_t write_epoch = UINT32_MAX, write_warp_epoch = 0;
  uint32_t read_epoch = UINT32_MAX, read_warp_epoch = 0;
  uint16_t writer = 0, reader = 0;
  bool atomic = false;       // the write was one
  bool many = false;         // readers of more than one thread
  bool many_warps = false;   // and of more than one warp
};

std::vector<Word> static_words, dynamic_words;

[[noreturn]] void fail(int code, const char* name, unsigned how, const volatile void* p, unsigned bytes,
                       const std::string& text) {
  char start[120];
  snprintf(start, sizeof start, "%s of %u bytes at %p ", how & EMU_WRITE ? "write" : "read", bytes,
           const_cast<void*>(p));
  trap_kernel(code, name, start + text);
}

bool ordered(unsigned other, uint32_t other_warp_epoch) {
  unsigned me = running.thread;
  return other == me || (other / 32 == me / 32 && other_warp_epoch != warp_epoch(me));
}

[[noreturn]] void race(const char* what, unsigned other, size_t offset, unsigned how,
                       const volatile void* p, unsigned bytes) {
  fail(CUDA_ERROR_LAUNCH_FAILED, "shared-memory-race", how, p, bytes,
       "(byte " + std::to_string(offset) + " of shared memory), which thread " + std::to_string(other) +
           " " + what + " with no barrier in between");
}

void shared_access(Word& w, size_t offset, unsigned how, const volatile void* p, unsigned bytes) {
  unsigned me = running.thread;
  uint32_t epoch = running.block_epoch, warp = running.fibers ? warp_epoch(me) : 0;
  bool atomic = how & EMU_ATOMIC;
  if (w.write_epoch == epoch && !(atomic && w.atomic) && !ordered(w.writer, w.write_warp_epoch))
    race("wrote", w.writer, offset, how, p, bytes);
  if (how & EMU_WRITE) {
    bool read_before = w.read_epoch == epoch &&
                       (w.many_warps || (w.many && (w.reader / 32 != me / 32 || w.read_warp_epoch == warp)) ||
                        !ordered(w.reader, w.read_warp_epoch));
    if (read_before) race("read", w.reader, offset, how, p, bytes);
    w.write_epoch = epoch;
    w.write_warp_epoch = warp;
    w.writer = (uint16_t)me;
    w.atomic = atomic;
    return;
  }
  bool again = w.read_epoch == epoch;
  w.many_warps = again && (w.many_warps || w.reader / 32 != me / 32);
  w.many = again && (w.many || w.reader != me) && (w.many_warps || w.read_warp_epoch == warp);
  w.read_epoch = epoch;
  w.read_warp_epoch = warp;
  w.reader = (uint16_t)me;
}

bool shared_region(std::vector<Word>& words, uintptr_t low, uintptr_t high, uintptr_t a, unsigned bytes,
                   unsigned how) {
  if (a < low || a >= high) return false;
  auto* p = reinterpret_cast<const volatile void*>(a);
  if (a + bytes > high)
    fail(CUDA_ERROR_ILLEGAL_ADDRESS, "out-of-bounds", how, p, bytes, "runs past the end of shared memory");
  if (bytes <= 16 && (bytes & (bytes - 1)) == 0 && a % bytes)
    fail(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned", how, p, bytes, "(shared memory) is not aligned");
  for (uintptr_t w = (a - low) / 4; w <= (a + bytes - 1 - low) / 4; w++)
    shared_access(words[w], w * 4, how, p, bytes);
  return true;
}

[[noreturn]] void global_race(const char* what, uint32_t block, unsigned thread, unsigned how,
                              const volatile void* p, unsigned bytes) {
  fail(CUDA_ERROR_LAUNCH_FAILED, "global-memory-race", how, p, bytes,
       std::string("of a word that thread ") + std::to_string(thread) + " of block " + std::to_string(block) + " " +
           what + " in this launch, with no barrier of theirs in between");
}

void global_access(GlobalWord& w, unsigned how, const volatile void* p, unsigned bytes) {
  const unsigned* g = running.grid.size;
  uint32_t block = running.block[0] + g[0] * (running.block[1] + g[1] * running.block[2]);
  auto me = (uint16_t)running.thread;
  auto epoch = (uint16_t)running.block_epoch;
  bool atomic = how & EMU_ATOMIC;
  auto apart = [&](uint32_t other_block, uint16_t other, uint16_t other_epoch) {
    if (other_block != block) return !fenced;
    // Lanes of a warp may have met in a warp operation; that is not followed here.
    return other != me && other_epoch == epoch && (!running.fibers || other / 32 != me / 32);
  };
  if (w.write_stamp == stamp && !(atomic && w.atomic) && apart(w.write_block, w.writer, w.write_epoch))
    global_race("wrote", w.write_block, w.writer, how, p, bytes);
  if (how & EMU_WRITE) {
    bool read = w.read_stamp == stamp && !(atomic && w.atomic);
    if (read && ((w.many_blocks && !fenced) || apart(w.read_block, w.reader, w.read_epoch)))
      global_race("read", w.read_block, w.reader, how, p, bytes);
    w.write_stamp = stamp;
    w.write_block = block;
    w.write_epoch = epoch;
    w.writer = me;
    w.atomic = atomic;
    return;
  }
  bool again = w.read_stamp == stamp;
  w.many_blocks = again && (w.many_blocks || w.read_block != block);
  w.read_stamp = stamp;
  w.read_block = block;
  w.read_epoch = epoch;
  w.reader = me;
}

void mark(Allocation& a, uintptr_t p, unsigned bytes, unsigned how) {
  size_t first = (p - a.base) / piece, last = (p + bytes - 1 - a.base) / piece;
  uint8_t bit = how & EMU_WRITE ? 2 : 1;
  for (size_t i = first; i <= last; i++) a.touched[i] |= bit;
  if (first < a.touched_low) a.touched_low = first;
  if (last > a.touched_high) a.touched_high = last;
}

Allocation* open_window(uintptr_t p) {
  Allocation* a = find_allocation(p);
  if (!a || p >= a->end() || (a->kind == Memory::pinned && !a->mapped)) return nullptr;
  if (a->touched.empty()) a->touched.resize(a->bytes / piece + 1);
  if (!a->shadow) {  // costs memory only where a kernel comes by
    a->shadow_bytes = (a->bytes / 4 + 1) * sizeof(GlobalWord);
    a->shadow = mmap(nullptr, a->shadow_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  if (a->touched_low == SIZE_MAX) touched_bases.push_back(a->base);
  windows[next_window++ % 4] = {a->base, a->end(), a};
  return a;
}

bool elsewhere(uintptr_t p, unsigned bytes, unsigned how) {
  const EmuModule* t = running.variant->table;
  if (shared_region(static_words, (uintptr_t)t->shared_begin, (uintptr_t)t->shared_end, p, bytes, how) ||
      shared_region(dynamic_words, running.dynamic_low, running.dynamic_high, p, bytes, how))
    return true;
  if (p >= running.variant->low && p < running.variant->high) return true;  // constants, tables
  if (on_fiber_stack(p)) return true;
  if (p >= (uintptr_t)&runtime && p < (uintptr_t)(&runtime + 1)) return true;  // the way to a barrier
  auto here = (uintptr_t)__builtin_frame_address(0);
  return !running.fibers && p >= here && p - here < (1 << 20);  // locals of a thread without a fiber
}

}  // namespace

void on_access(const volatile void* pointer, unsigned bytes, unsigned how) {
  if (how == EMU_FENCE) {
    fenced = true;
    return;
  }
  auto p = (uintptr_t)pointer;
  Allocation* a = nullptr;
  for (const Window& w : windows)
    if (p >= w.low && p < w.high) a = w.allocation;
  if (!a) {
    if (elsewhere(p, bytes, how)) return;
    a = open_window(p);
  }
  if (!a) {
    // With the dynamic shared memory's end at hand, say so.
    if (running.dynamic_high && p - running.dynamic_high < 4096 && p >= running.dynamic_high)
      fail(CUDA_ERROR_ILLEGAL_ADDRESS, "out-of-bounds", how, pointer, bytes,
           "lies past the " + std::to_string(running.grid.dynamic_shared) + " bytes of dynamic shared memory");
    std::string text;
    const char* name = range_fault({const_cast<const void*>(pointer), bytes, false, "memory", 1}, text, true);
    fail(CUDA_ERROR_ILLEGAL_ADDRESS, name ? name : "invalid-pointer", how, pointer, bytes, text);
  }
  if (p + bytes > a->end())
    fail(CUDA_ERROR_ILLEGAL_ADDRESS, "out-of-bounds", how, pointer, bytes,
         "runs past the end of allocation " + std::to_string(a->number));
  if (bytes <= 16 && (bytes & (bytes - 1)) == 0 && p % bytes)
    fail(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned", how, pointer, bytes, "is not aligned");
  if (bytes >= 4) {  // neighbours may share a word of smaller elements
    auto* words = static_cast<GlobalWord*>(a->shadow);
    for (size_t w = (p - a->base) / 4; w <= (p + bytes - 1 - a->base) / 4; w++)
      global_access(words[w], how, pointer, bytes);
  }
  mark(*a, p, bytes, how);
}

void drop_shadow(Allocation& a) {
  if (a.shadow) munmap(a.shadow, a.shadow_bytes);
  a.shadow = nullptr;
}

void begin_accesses() {
  for (Window& w : windows) w = Window();
  touched_bases.clear();
  stamp++;
  fenced = false;
}

void begin_block_accesses() {
  const EmuModule* t = running.variant->table;
  static_words.assign(t->shared_begin ? (size_t)(t->shared_end - t->shared_begin) / 4 + 1 : 0, Word());
  dynamic_words.assign(running.grid.dynamic_shared / 4 + 1, Word());
}

void end_accesses() {
  for (uintptr_t base : touched_bases) {
    Allocation* a = find_allocation(base);
    if (!a || a->touched_low == SIZE_MAX) continue;
    const Op* op = running_op();
    for (size_t i = a->touched_low; i <= a->touched_high;) {
      uint8_t how = a->touched[i];
      size_t j = i;
      while (j <= a->touched_high && a->touched[j] == how) a->touched[j++] = 0;
      if (how && op) {
        size_t low = i * piece, high = std::min(j * piece, a->bytes);
        touch(*a, low, high, how & 2, *op);
        count("bytes", high - low);
      }
      i = j;
    }
    a->touched_low = SIZE_MAX;
    a->touched_high = 0;
  }
}

}  // namespace emu
