// CUDA C's device side in C++, for kernels compiled by the host compiler. Included before the kernel source by the
// emulated libnvrtc. A module is compiled twice: fast, and with the compiler's own instrumentation of each memory
// access (EMU_CHECKED; see checks.cpp).
#pragma once

#include <climits>
#include <cfloat>
// Without C++17's special functions (Bessel's and others), which are most of what <cmath> takes to compile.
#include <bits/c++config.h>
#undef _GLIBCXX_USE_STD_SPEC_FUNCS
#define _GLIBCXX_USE_STD_SPEC_FUNCS 0
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#include "abi.h"

#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#define __CUDA_EMULATED__ 1
#ifdef EMU_CHECKED
#define __global__ __attribute__((noinline))  // into a launcher, which has no instrumentation
#else
#define __global__
#endif
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __shared__ static __attribute__((section("emu_shared")))
#define __align__(n) alignas(n)
#define EMU_UNCHECKED __attribute__((no_sanitize("thread", "undefined")))

struct uint3 { unsigned x, y, z; };
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

// File-static and never passed by address, so that the compiler keeps them in registers. In the fast variant they are
// signed: an index of unsigned ones may wrap round, as far as the compiler knows, and then it does not vectorise.
#ifdef EMU_CHECKED
typedef uint3 EmuIndex;
#else
struct EmuIndex {
  int x, y, z;
  operator uint3() const { return {(unsigned)x, (unsigned)y, (unsigned)z}; }
  operator dim3() const { return {(unsigned)x, (unsigned)y, (unsigned)z}; }
};
#endif
static EmuIndex threadIdx, blockIdx, blockDim, gridDim;
static constexpr int warpSize = 32;
static char* emu_dynamic_shared_memory;
static const EmuRuntime* emu_runtime;

#include "vector_types.h"
#include "device_math.h"
#include "sync.h"
#include "atomics.h"
#include "checks.h"
#include "launcher.h"
