// What the API functions of the emulated cuBLAS and cuDNN have in common: one call at a time, fault injection,
// errors by name, and work that is queued instead of done.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "emu/emulator.h"

namespace lib {

// Ends an API call with a status. The name is empty where the emulator has reported the error already.
struct Failure {
  int status;
  std::string name, text;
};

class Call {
 public:
  explicit Call(const char* name) : function(name) {}

  const char* const function;

  [[noreturn]] void fail(int status, const char* name, const char* format, ...) const
      __attribute__((format(printf, 4, 5))) {
    char text[512];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    throw Failure{status, name, text};
  }

  void require(bool right, int status, const char* name, const char* format, ...) const
      __attribute__((format(printf, 5, 6))) {
    if (right) return;
    char text[512];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    throw Failure{status, name, text};
  }

  // Ends the call with a status after the emulator itself has reported what is wrong.
  void reported(bool right, int status) const {
    if (!right) throw Failure{status, "", ""};
  }

  // Queues work. The ranges must not overlap where one of them is written, unless inPlace is set and they begin at
  // the same address. The flops, and the bytes of all ranges, are counted when the work runs.
  void enqueue(CUstream stream, const char* kernel, std::vector<emu::Range> ranges, uint64_t flops, bool inPlace,
               int overlapStatus, int failedStatus, std::function<void()> body) const {
    uint64_t bytes = 0;
    for (size_t i = 0; i < ranges.size(); i++) {
      bytes += ranges[i].bytes;
      for (size_t j = 0; j < i; j++) requireApart(ranges[i], ranges[j], inPlace, overlapStatus);
    }
    int code = emu::enqueue(stream, function, kernel, std::move(ranges), [=] {
      body();
      emu::count("flops", flops);
      emu::count("bytes", bytes);
    });
    reported(code == 0, failedStatus);
  }

 private:
  void requireApart(const emu::Range& a, const emu::Range& b, bool inPlace, int status) const {
    if (!(a.write || b.write) || a.bytes == 0 || b.bytes == 0) return;
    if (inPlace && a.p == b.p) return;
    auto first = reinterpret_cast<uintptr_t>(a.p), second = reinterpret_cast<uintptr_t>(b.p);
    require(first + a.bytes <= second || second + b.bytes <= first, status, "overlapping-buffers",
            "%s (%zu bytes) and %s (%zu bytes) overlap, and one of them is written", a.what, a.bytes, b.what,
            b.bytes);
  }
};

// Runs one API function with the emulator's lock held; the code that enter() gives ends it at once.
template <typename Body>
int guarded(const char* function, int enterCode, Body body) {
  if (enterCode != 0) return enterCode;
  try {
    Call call(function);
    body(call);
    return 0;
  } catch (const Failure& failure) {
    if (!failure.name.empty()) emu::error(function, failure.name.c_str(), "%s", failure.text.c_str());
    return failure.status;
  }
}

template <typename Body>
int withContext(const char* function, int noContextStatus, Body body) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  return guarded(function, emu::enter(function, noContextStatus), body);
}

template <typename Body>
int withoutContext(const char* function, Body body) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  return guarded(function, emu::enter_without_context(function), body);
}

// What a function does that is there only because JCuda names it.
inline int unsupported(const char* function, int status) {
  return withoutContext(function, [&](Call& call) {
    call.fail(status, "not-supported", "the emulated CUDA libraries do not have this function");
  });
}

// For a function that destroys something: where it was made to fail, what it should have destroyed is no leak.
template <typename Body>
int releasing(const void* handle, Body body) {
  std::lock_guard<std::recursive_mutex> held(emu::lock());
  int status = body();
  if (status != 0) emu::excuse(handle);
  return status;
}

}  // namespace lib
