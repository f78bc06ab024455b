// Loaded modules and the kernels in them.
#pragma once

#include "../device/abi.h"
#include "state.h"

namespace emu {

struct Module;

// One compiled form of a module.
struct Variant {
  int file = -1;
  void* library = nullptr;
  const EmuModule* table = nullptr;
  uintptr_t low = 0, high = 0;  // where its image lies
};

struct Function {
  Module* module = nullptr;
  std::string name;
  const EmuKernel* fast = nullptr;
  const EmuKernel* checked = nullptr;
  size_t static_shared = 0;
  size_t dynamic_limit = 49152;
};

struct Module {
  CUmodule handle = nullptr;
  CUcontext context = nullptr;
  Variant fast, checked;
  std::map<std::string, size_t> shared;
  std::map<std::string, CUfunction> functions;
  std::vector<uintptr_t> globals;
};

struct Grid {
  unsigned size[6];  // grid x, y, z, block x, y, z
  size_t dynamic_shared;
  size_t threads() const { return size_t(size[3]) * size[4] * size[5]; }
  size_t blocks() const { return size_t(size[0]) * size[1] * size[2]; }
};

// Runs a whole grid now; inside an operation's body.
void run_grid(const Function& function, const Grid& grid, void** args);

}  // namespace emu
