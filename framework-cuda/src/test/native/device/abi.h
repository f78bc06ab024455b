// What a compiled kernel module and libcuda.so.1 know of each other.
#pragma once

#include <cstddef>

#define EMU_ABI 1u

enum EmuAccess { EMU_READ = 1, EMU_WRITE = 2, EMU_ATOMIC = 4, EMU_FENCE = 8 };
enum EmuArgKind { EMU_VALUE = 0, EMU_POINTER_TO_CONST = 1, EMU_POINTER = 2 };
enum EmuWarpKind {
  EMU_WARP_SYNC,
  EMU_WARP_SHUFFLE,
  EMU_WARP_BALLOT,
  EMU_WARP_ADD,
  EMU_WARP_MIN,
  EMU_WARP_MAX,
  EMU_WARP_AND,
  EMU_WARP_OR,
  EMU_WARP_XOR
};

struct EmuArg {
  unsigned size, align, kind, pointee_align;
};

struct EmuWarp {
  int kind, line;
  unsigned mask, source;       // source: the lane that a shuffle reads
  unsigned long long value;
};

// Services of libcuda.so.1. A trap does not return: it ends the launch.
struct EmuRuntime {
  void (*access)(const volatile void* p, unsigned bytes, unsigned how);
  int (*barrier)(int line, int predicate);  // how many predicates were true
  unsigned long long (*warp)(const EmuWarp* request);
  void (*trap)(const char* name, const char* text, const char* file, unsigned line);
};

struct EmuKernel {
  const char* name;
  unsigned arg_count;
  const EmuArg* args;
  unsigned synchronises;  // uses barriers or warp operations: its threads run as fibers
  unsigned c_linkage;
  unsigned max_threads;   // of __launch_bounds__, or 0
  void (*run_thread)(void** args);
  void (*run_block)(void** args);  // all threads of a block, one after the other
};

struct EmuGlobal {
  const char* name;
  void* p;
  size_t bytes;
};

struct EmuModule {
  unsigned abi;
  const EmuKernel* kernels;
  unsigned kernel_count;
  const EmuGlobal* globals;
  unsigned global_count;
  char *shared_begin, *shared_end;
  void (*set_runtime)(const EmuRuntime* runtime);
  void (*set_grid)(const unsigned grid_and_block[6]);
  void (*set_block)(unsigned x, unsigned y, unsigned z);
  void (*set_thread)(unsigned x, unsigned y, unsigned z);
  void (*set_dynamic_shared)(char* p);
};
