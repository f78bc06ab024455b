// The machine that runs a grid: shared by engine.cpp, fibers.cpp, access.cpp and traps.cpp.
#pragma once

#include <csetjmp>

#include "modules.h"

namespace emu {

// The launch that runs now.
struct Running {
  const Function* function = nullptr;
  const Variant* variant = nullptr;
  const EmuKernel* kernel = nullptr;
  Grid grid = {};
  void** args = nullptr;
  bool checked = false;
  bool fibers = false;
  uintptr_t dynamic_low = 0, dynamic_high = 0;
  unsigned block[3] = {};
  unsigned thread = 0;          // inside of the block
  uint32_t block_epoch = 0;     // barriers passed
  sigjmp_buf leave;
};

extern Running running;
extern const EmuRuntime runtime;

void run_fiber_block();
void set_thread(unsigned t);
[[noreturn]] void leave_kernel();                // ends the launch
[[noreturn]] void trap_kernel(int code, const char* name, const std::string& text);
std::string place();                             // "kernel k, block (..), thread (..)"

void begin_accesses();
void end_accesses();                             // hands what was touched to the race check
void begin_block_accesses();
void on_access(const volatile void* p, unsigned bytes, unsigned how);
uint32_t warp_epoch(unsigned thread);
bool on_fiber_stack(uintptr_t p);

// Signals of bad accesses that no check saw.
void guard_begin();
void guard_end();

}  // namespace emu
