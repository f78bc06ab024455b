// A block whose threads synchronise: each thread is a fiber with a stack of its own.
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "codes.h"
#include "engine.h"

#if !defined(__x86_64__)
#error "JCuda's native libraries exist for x86-64 only, and so do these fibers"
#endif

// Saves the callee's registers and the stack pointer to *save, and goes on where `to` was saved. (swapcontext
// would do, but asks the kernel for the signal mask at each switch.)
extern "C" void emu_switch_stack(void** save, void* to);
asm(R"(
.text
.globl emu_switch_stack
.hidden emu_switch_stack
.type emu_switch_stack, @function
emu_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emu_switch_stack, .-emu_switch_stack
)");

namespace emu {
namespace {

constexpr size_t stack_bytes = 64 << 10, max_threads = 1024;
constexpr uint64_t stack_mark = 0x5ac3f1b0e0a75ac3ull;

enum State : char { ready, at_barrier, at_warp, done };

struct Fiber {
  void* sp = nullptr;
  State state = ready;
  int line = 0;
  int predicate = 0;
  EmuWarp request = {};
  unsigned long long result = 0;
};

Fiber fibers[max_threads];
uint32_t warp_epochs[max_threads / 32];
char* stacks = nullptr;
void* scheduler = nullptr;
int barrier_result = 0;

char* stack_of(unsigned t) { return stacks + t * stack_bytes; }

void to_scheduler(Fiber& f) { emu_switch_stack(&f.sp, scheduler); }

void fiber_main() {
  running.kernel->run_thread(running.args);
  Fiber& f = fibers[running.thread];
  f.state = done;
  to_scheduler(f);
  __builtin_unreachable();
}

void prepare(unsigned t) {
  auto* mark = reinterpret_cast<uint64_t*>(stack_of(t));
  *mark = stack_mark;
  auto** top = reinterpret_cast<void**>(stack_of(t) + stack_bytes);
  *--top = nullptr;  // so that the stack is aligned as after a call: 8 bytes off a multiple of 16
  *--top = reinterpret_cast<void*>(&fiber_main);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fibers[t] = Fiber();
  fibers[t].sp = top;
}

void resume(unsigned t) {
  set_thread(t);
  emu_switch_stack(&scheduler, fibers[t].sp);
  if (*reinterpret_cast<uint64_t*>(stack_of(t)) != stack_mark)
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "stack-overflow", "the thread used more than 64 KiB of stack");
}

unsigned long long combine(int kind, bool is_signed, unsigned long long a, unsigned long long b) {
  auto x = (unsigned)a, y = (unsigned)b;
  bool less = is_signed ? (int)x < (int)y : x < y;
  switch (kind) {
    case EMU_WARP_ADD: return x + y;
    case EMU_WARP_MIN: return less ? x : y;
    case EMU_WARP_MAX: return less ? y : x;
    case EMU_WARP_AND: return x & y;
    case EMU_WARP_OR: return x | y;
    default: return x ^ y;
  }
}

// The threads of a warp, from `first`, that take part with this lane: all arrived?
bool warp_complete(unsigned first, unsigned n, const EmuWarp& r) {
  for (unsigned l = 0; l < 32; l++) {
    if (!(r.mask >> l & 1) || first + l >= n) continue;
    const Fiber& f = fibers[first + l];
    if (f.state == done) continue;
    if (f.state != at_warp || f.request.mask != r.mask || f.request.kind != r.kind ||
        f.request.line != r.line)
      return false;
  }
  return true;
}

void shuffle(unsigned first, unsigned n, unsigned t) {
  const EmuWarp& r = fibers[t].request;
  unsigned source = first + r.source % 32;
  bool active = (r.mask >> (r.source % 32) & 1) && source < n && fibers[source].state == at_warp;
  if (!active) {
    running.thread = t;
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "shuffle-from-inactive-lane",
                "line " + std::to_string(r.line) + " reads lane " + std::to_string(r.source) +
                    ", which takes no part");
  }
  fibers[t].result = fibers[source].request.value;
}

void finish_warp(unsigned first, unsigned n, const EmuWarp r) {
  unsigned long long all = 0;
  bool any = false;
  for (unsigned l = 0; l < 32 && first + l < n; l++) {
    const Fiber& f = fibers[first + l];
    if (!(r.mask >> l & 1) || f.state != at_warp) continue;
    if (r.kind == EMU_WARP_BALLOT)
      all |= (f.request.value & 1ull) << l;
    else if (r.kind >= EMU_WARP_ADD)
      all = any ? combine(r.kind, r.source != 0, all, f.request.value) : (unsigned)f.request.value;
    any = true;
  }
  for (unsigned l = 0; l < 32 && first + l < n; l++) {
    if (!(r.mask >> l & 1) || fibers[first + l].state != at_warp) continue;
    if (r.kind == EMU_WARP_SHUFFLE)
      shuffle(first, n, first + l);
    else
      fibers[first + l].result = all;
  }
  for (unsigned l = 0; l < 32 && first + l < n; l++)
    if ((r.mask >> l & 1) && fibers[first + l].state == at_warp) fibers[first + l].state = ready;
  warp_epochs[first / 32]++;
}

// Nothing can go on: is it a barrier that all have reached?
void release_barrier(unsigned n) {
  unsigned waiting = 0, first = 0, in_warp = 0, finished = 0;
  for (unsigned t = n; t-- > 0;) {
    if (fibers[t].state == at_barrier) {
      waiting++;
      first = t;
    }
    in_warp += fibers[t].state == at_warp;
    finished += fibers[t].state == done;
  }
  if (in_warp)
    for (unsigned t = 0; t < n; t++)
      if (fibers[t].state == at_warp) {
        running.thread = t;
        trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "divergent-warp",
                    "not all lanes that the mask names reach the warp operation of line " +
                        std::to_string(fibers[t].request.line));
      }
  running.thread = first;
  if (finished)
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "divergent-barrier",
                std::to_string(waiting) + " of " + std::to_string(n) + " threads wait at the barrier of line " +
                    std::to_string(fibers[first].line) + ", the others have ended");
  int count = 0;
  for (unsigned t = 0; t < n; t++) {
    if (fibers[t].line != fibers[first].line)
      trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "divergent-barrier",
                  "threads wait at different barriers, of lines " + std::to_string(fibers[first].line) +
                      " and " + std::to_string(fibers[t].line));
    count += fibers[t].predicate;
  }
  barrier_result = count;
  for (unsigned t = 0; t < n; t++) fibers[t].state = ready;
  running.block_epoch++;
}

int runtime_barrier(int line, int predicate) {
  if (!running.fibers)
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "hidden-barrier",
                "the emulator did not see that this kernel synchronises (line " + std::to_string(line) + ")");
  Fiber& f = fibers[running.thread];
  f.state = at_barrier;
  f.line = line;
  f.predicate = predicate;
  to_scheduler(f);
  return barrier_result;
}

unsigned long long runtime_warp(const EmuWarp* request) {
  if (!running.fibers)
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "hidden-barrier",
                "the emulator did not see that this kernel synchronises (line " +
                    std::to_string(request->line) + ")");
  unsigned t = running.thread, n = (unsigned)running.grid.threads();
  Fiber& f = fibers[t];
  if (!(request->mask >> (t % 32) & 1))
    trap_kernel(CUDA_ERROR_LAUNCH_FAILED, "bad-warp-mask",
                "the mask of line " + std::to_string(request->line) + " does not name the calling lane");
  f.request = *request;
  f.state = at_warp;
  if (warp_complete(t / 32 * 32, n, f.request)) finish_warp(t / 32 * 32, n, f.request);
  to_scheduler(f);
  return f.result;
}

void runtime_trap(const char* name, const char* text, const char* file, unsigned line) {
  int code = !strcmp(name, "misaligned") ? CUDA_ERROR_MISALIGNED_ADDRESS
             : !strcmp(name, "assert")   ? CUDA_ERROR_ASSERT
                                         : CUDA_ERROR_LAUNCH_FAILED;
  std::string where = file;
  if (line) where += (where.empty() ? "line " : ":") + std::to_string(line);
  trap_kernel(code, name, std::string(text) + (where.empty() ? "" : " (" + where + ")"));
}

}  // namespace

const EmuRuntime runtime = {on_access, runtime_barrier, runtime_warp, runtime_trap};

uint32_t warp_epoch(unsigned thread) { return warp_epochs[thread / 32]; }

bool on_fiber_stack(uintptr_t p) {
  return p >= (uintptr_t)stacks && p < (uintptr_t)stacks + stack_bytes * max_threads;
}

void run_fiber_block() {
  if (!stacks)
    stacks = static_cast<char*>(mmap(nullptr, stack_bytes * max_threads, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  static std::vector<unsigned> order;
  auto n = (unsigned)running.grid.threads();
  memset(warp_epochs, 0, sizeof warp_epochs);
  for (unsigned t = 0; t < n; t++) prepare(t);
  order.resize(n);
  std::iota(order.begin(), order.end(), 0u);
  for (;;) {
    // A new order after each barrier.
    if (random() & 1) std::reverse(order.begin(), order.end());
    std::rotate(order.begin(), order.begin() + (long)(random() % n), order.end());
    bool progress = true;
    unsigned alive = 0;
    while (progress) {
      progress = false;
      alive = 0;
      for (unsigned t : order) {
        if (fibers[t].state == ready) {
          resume(t);
          progress = true;
        }
        alive += fibers[t].state != done;
      }
      // A thread that ended may have been the last one that a warp operation waited for.
      for (unsigned t = 0; t < n; t++)
        if (fibers[t].state == at_warp && warp_complete(t / 32 * 32, n, fibers[t].request)) {
          finish_warp(t / 32 * 32, n, fibers[t].request);
          progress = true;
        }
    }
    if (!alive) return;
    release_barrier(n);
  }
}

}  // namespace emu
