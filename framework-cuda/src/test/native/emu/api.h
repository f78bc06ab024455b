// What every file of libcuda.so.1 that defines driver functions includes.
#pragma once

#include "codes.h"
#include "emulator.h"
#include "state.h"

#define CUAPI extern "C" EMU_API CUresult

// The first lines of a driver function: the lock, the log, injected failures, the context.
#define EMU_ENTER(name)              \
  emu::Call emu_call(name);          \
  static const char* const fn = name; \
  (void)fn;                          \
  if (emu_call.code) return emu_call.code

// The same for a function that gives something back.
#define EMU_ENTER_RELEASE(name, object) \
  emu::Call emu_call(name);             \
  static const char* const fn = name;   \
  (void)fn;                             \
  if (emu_call.code) {                  \
    emu::excuse((const void*)(object)); \
    return emu_call.code;               \
  }

// The same for a function that needs no context.
#define EMU_ENTER_FREE(name)                                       \
  std::lock_guard<std::recursive_mutex> emu_held(emu::lock());     \
  static const char* const fn = name;                              \
  (void)fn;                                                        \
  if (int emu_code = emu::enter_without_context(name)) return emu_code

#define EMU_REQUIRE(condition, name, ...)                          \
  if (!(condition)) {                                              \
    emu::error(fn, name, __VA_ARGS__);                             \
    return CUDA_ERROR_INVALID_VALUE;                               \
  }
