// cuLaunchKernel and what belongs to it: limits, arguments, occupancy.
#include <cstring>

#include "api.h"
#include "modules.h"

namespace {

using emu::Function;
using emu::Grid;

bool shape_ok(const char* fn, const Function& f, const Grid& g) {
  static const unsigned limits[6] = {2147483647u, 65535, 65535, 1024, 1024, 64};
  static const char* const names[6] = {"gridDim.x",  "gridDim.y",  "gridDim.z",
                                       "blockDim.x", "blockDim.y", "blockDim.z"};
  for (int i = 0; i < 6; i++)
    if (g.size[i] == 0 || g.size[i] > limits[i]) {
      emu::error(fn, "launch-shape", "kernel %s: %s = %u, allowed are 1 to %u", f.name.c_str(), names[i],
                 g.size[i], limits[i]);
      return false;
    }
  if (g.threads() > 1024) {
    emu::error(fn, "launch-shape", "kernel %s: %zu threads in a block, at most 1024 are allowed",
               f.name.c_str(), g.threads());
    return false;
  }
  return true;
}

bool shared_ok(const char* fn, const Function& f, const Grid& g) {
  if (g.dynamic_shared + f.static_shared <= std::max(f.dynamic_limit, size_t(49152)) &&
      (g.dynamic_shared <= f.dynamic_limit) &&
      (g.dynamic_shared + f.static_shared <= 49152 || f.dynamic_limit > 49152))
    return true;
  emu::error(fn, "shared-memory-limit",
             "kernel %s: %zu bytes of static and %zu of dynamic shared memory; the limit is %zu "
             "(cuFuncSetAttribute can raise it)",
             f.name.c_str(), f.static_shared, g.dynamic_shared, f.dynamic_limit);
  return false;
}

// A pointer argument is null, or inside of live memory (or at its end: an empty slice), and aligned.
bool pointer_ok(const char* fn, const Function& f, unsigned index, const EmuArg& a, const void* p) {
  if (!p) return true;
  auto* owner = emu::find_allocation((uintptr_t)p);
  if (owner && (uintptr_t)p == owner->end() && !owner->freeing) return true;
  std::string what = "argument " + std::to_string(index) + " of kernel " + f.name, text;
  const char* name = emu::range_fault({p, 1, false, what.c_str(), a.pointee_align}, text);
  if (name) emu::error(fn, name, "%s", text.c_str());
  return !name;
}

// The arguments, copied now: each at an offset that suits its type.
struct Arguments {
  std::vector<char> bytes;
  std::vector<size_t> offsets;
  std::vector<void*> pointers() {
    std::vector<void*> p;
    char* base = bytes.data() + (64 - (uintptr_t)bytes.data() % 64) % 64;
    for (size_t o : offsets) p.push_back(base + o);
    return p;
  }
};

bool read_arguments(const char* fn, const Function& f, void** params, Arguments& out) {
  size_t at = 0;
  for (unsigned i = 0; i < f.fast->arg_count; i++) {
    const EmuArg& a = f.fast->args[i];
    at = (at + a.align - 1) / a.align * a.align;
    out.offsets.push_back(at);
    at += a.size;
  }
  out.bytes.resize(at + 64);
  std::vector<void*> targets = out.pointers();
  for (unsigned i = 0; i < f.fast->arg_count; i++) {
    const EmuArg& a = f.fast->args[i];
    if (!params || !params[i]) {
      emu::error(fn, "missing-argument", "kernel %s takes %u arguments; number %u is missing",
                 f.name.c_str(), f.fast->arg_count, i);
      return false;
    }
    memcpy(targets[i], params[i], a.size);
    if (a.kind != EMU_VALUE && !pointer_ok(fn, f, i, a, *(void**)targets[i])) return false;
  }
  return true;
}

CUresult launch(const char* fn, CUfunction handle, const Grid& g, CUstream stream, void** params,
                void** extra) {
  auto* f = emu::payload<Function>(fn, "function", handle);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  if (extra) {
    emu::error(fn, "not-implemented", "the emulator takes kernelParams, not extra");
    return CUDA_ERROR_NOT_SUPPORTED;
  }
  if (!shape_ok(fn, *f, g) || !shared_ok(fn, *f, g)) return CUDA_ERROR_INVALID_VALUE;
  if (f->fast->max_threads && g.threads() > f->fast->max_threads) {
    emu::error(fn, "launch-bounds", "kernel %s: %zu threads in a block, its __launch_bounds__ are %u",
               f->name.c_str(), g.threads(), f->fast->max_threads);
    return CUDA_ERROR_INVALID_VALUE;
  }
  auto arguments = std::make_shared<Arguments>();
  if (!read_arguments(fn, *f, params, *arguments)) return CUDA_ERROR_INVALID_VALUE;
  // By handle: a graph may be launched when the module is gone.
  return emu::enqueue(stream, fn, f->name.c_str(), {}, [=] {
    auto it = emu::handles().find(handle);
    if (it == emu::handles().end() || !it->second.alive) {
      emu::error_async(CUDA_ERROR_ILLEGAL_ADDRESS, fn, "use-after-destroy",
                       "the kernel's module was unloaded");
      return;
    }
    // A kernel may write to its parameters, so each run has its own copy.
    Arguments copy = *arguments;
    std::vector<void*> own = copy.pointers(), from = arguments->pointers();
    auto* kernel = static_cast<Function*>(it->second.payload);
    for (size_t i = 0; i < own.size(); i++) memcpy(own[i], from[i], kernel->fast->args[i].size);
    emu::run_grid(*kernel, g, own.data());
  });
}

int occupancy(const Function& f, int threads, size_t dynamic) {
  if (threads <= 0 || threads > 1024) return 0;
  size_t shared = f.static_shared + dynamic + 1024;
  return (int)std::min<size_t>({32, size_t(2048 / ((threads + 31) / 32 * 32)), 233472 / shared});
}

}  // namespace

CUAPI cuLaunchKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                     unsigned bz, unsigned shared, CUstream stream, void** params, void** extra) {
  EMU_ENTER("cuLaunchKernel");
  return launch(fn, function, {{gx, gy, gz, bx, by, bz}, shared}, stream, params, extra);
}

CUAPI cuFuncGetAttribute(int* value, int which, CUfunction function) {
  EMU_ENTER("cuFuncGetAttribute");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  switch (which) {
    case 0: *value = f->fast->max_threads ? (int)f->fast->max_threads : 1024; break;
    case 1: *value = (int)f->static_shared; break;
    case 4: *value = 32; break;
    case 5: case 6: *value = (int)(emu::setting("compute.major", 9) * 10); break;
    case 8: *value = (int)f->dynamic_limit; break;
    default: *value = 0;
  }
  return CUDA_SUCCESS;
}

CUAPI cuFuncSetAttribute(CUfunction function, int which, int value) {
  EMU_ENTER("cuFuncSetAttribute");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  if (which != 8) return CUDA_SUCCESS;
  EMU_REQUIRE(value >= 0 && (size_t)value + f->static_shared <= 232448, "shared-memory-limit",
              "%d bytes of dynamic shared memory; a block has at most 232448 in all", value);
  f->dynamic_limit = (size_t)value;
  return CUDA_SUCCESS;
}

CUAPI cuFuncSetCacheConfig(CUfunction function, int) {
  EMU_ENTER("cuFuncSetCacheConfig");
  return emu::payload<Function>(fn, "function", function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUAPI cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int threads,
                                                  size_t dynamic) {
  EMU_ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  *blocks = occupancy(*f, threads, dynamic);
  return CUDA_SUCCESS;
}

CUAPI cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction function, int threads,
                                                           size_t dynamic, unsigned) {
  EMU_ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  *blocks = occupancy(*f, threads, dynamic);
  return CUDA_SUCCESS;
}

CUAPI cuOccupancyAvailableDynamicSMemPerBlock(size_t* bytes, CUfunction function, int blocks, int) {
  EMU_ENTER("cuOccupancyAvailableDynamicSMemPerBlock");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  EMU_REQUIRE(blocks > 0, "launch-shape", "%d blocks", blocks);
  *bytes = std::min<size_t>(f->dynamic_limit, 233472 / (size_t)blocks - 1024 - f->static_shared);
  return CUDA_SUCCESS;
}

CUAPI cuOccupancyMaxPotentialBlockSize(int* grid, int* block, CUfunction function,
                                       size_t (*dynamic_for)(int), size_t dynamic, int limit) {
  EMU_ENTER("cuOccupancyMaxPotentialBlockSize");
  auto* f = emu::payload<Function>(fn, "function", function);
  if (!f) return CUDA_ERROR_INVALID_HANDLE;
  int threads = f->fast->max_threads ? (int)f->fast->max_threads : 256;
  if (limit > 0) threads = std::min(threads, limit);
  *block = threads;
  *grid = 4 * occupancy(*f, threads, dynamic_for ? dynamic_for(threads) : dynamic);
  return CUDA_SUCCESS;
}
