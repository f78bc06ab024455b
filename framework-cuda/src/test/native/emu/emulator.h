// The emulated CUDA libraries: what libcuda.so.1 offers to the other emulated libraries.
//
// Test equipment. Nothing here talks to a GPU, and no figure from it is a GPU's figure.
//
// An API function of any emulated library looks like this:
//
//   cublasStatus_t cublasSscal_v2(cublasHandle_t h, int n, const float* alpha, float* x, int incx) {
//     emu::Call call("cublasSscal_v2", CUBLAS_STATUS_NOT_INITIALIZED);
//     if (call.code) return call.code;                      // injected, or no context on this thread
//     if (!emu::check_handle("cublasSscal_v2", "cublas handle", h)) return CUBLAS_STATUS_NOT_INITIALIZED;
//     float a = *alpha;                                     // host scalars are read now, not later
//     int rc = emu::enqueue(stream_of(h), "cublasSscal_v2", "cublas_scal",
//                           {emu::read_write(x, 4 * n, "x")},
//                           [=] { for (int i = 0; i < n; i++) x[i * incx] *= a; emu::count("flops", n); });
//     return rc ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS;
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#define EMU_API __attribute__((visibility("default")))

typedef struct CUctx_st* CUcontext;
typedef struct CUmod_st* CUmodule;
typedef struct CUfunc_st* CUfunction;
typedef struct CUstream_st* CUstream;
typedef struct CUevent_st* CUevent;
typedef unsigned long long CUdeviceptr;
typedef int CUresult;
typedef int CUdevice;

namespace emu {

// Bytes that a piece of work reads or writes on the device. `what` names the argument in errors.
struct Range {
  const void* p;
  size_t bytes;
  bool write;
  const char* what;
  size_t align = 4;      // what the element type demands of p
  bool pinned = false;   // pinned host memory is right, too (copies)
};

inline Range reads(const void* p, size_t bytes, const char* what, size_t align = 4) {
  return {p, bytes, false, what, align};
}
inline Range writes(const void* p, size_t bytes, const char* what, size_t align = 4) {
  return {p, bytes, true, what, align};
}
// For the race check a write includes a read.
inline Range read_write(const void* p, size_t bytes, const char* what, size_t align = 4) {
  return {p, bytes, true, what, align};
}

// The lock of the whole emulator; recursive. Bodies run with it held.
EMU_API std::recursive_mutex& lock();

// Does what every API function does first: logs and counts the call (counter "call.<function>"),
// applies fault injection, and checks that this thread has a live context current that has not met
// an asynchronous error. Returns a code to fail with, or 0. An injected code is returned as it is; for
// a missing or broken context it returns no_context_code.
EMU_API int enter(const char* function, int no_context_code = 201);

// The same for functions that need no context (creation of a program, a version, an error string).
EMU_API int enter_without_context(const char* function);

// For a release function whose enter() gave a code: if the failure was ordered, the object is no leak of the caller's.
EMU_API void excuse(const void* object);

// enter() with the lock held for the life of the object.
struct Call {
  std::unique_lock<std::recursive_mutex> held;
  int code;
  explicit Call(const char* function, int no_context_code = 201)
      : held(lock()), code(enter(function, no_context_code)) {}
};

// True when the range lies inside one live device allocation and is aligned; otherwise reports
// the error by name (null-pointer, host-pointer, use-after-free, out-of-bounds, misaligned).
// Zero bytes are always right.
EMU_API bool device_range(const char* function, const Range& range);

// The context that is current on this thread, or null.
EMU_API CUcontext current_context();

// Queues work on a stream. Now: the stream is checked (alive, of the current context), each range by
// device_range(), and legality during capture. Later, when something forces the stream: the ranges again,
// the race check against other streams, and then body(). While the stream is capturing the work becomes
// a node of its graph instead. `kernel` is the name that counters use: "kernel.<kernel>" and "launches".
// Returns 0 or a CUresult; the caller maps it to its own status.
EMU_API int enqueue(CUstream stream, const char* function, const char* kernel,
                    std::vector<Range> touched, std::function<void()> body);

// Is this stream recording a graph? A library function that must not be captured reports
// error(function, "illegal-in-capture", ...) and returns its own code.
EMU_API bool is_capturing(CUstream stream);

// Is this a live stream of the current context (null is)? Reports otherwise.
EMU_API bool check_stream(const char* function, CUstream stream);

// Runs everything queued on the stream; what a library call that blocks the host does. Counts a
// host synchronisation. Returns 0 or a CUresult (900 and an error during capture).
EMU_API int synchronize(CUstream stream, const char* function);

// Reports a strictness error by name: one line on stderr, counters "errors" and "error.<name>", and
// the list that emu_last_errors() gives to Java. Names are words with hyphens: "use-after-free".
EMU_API void error(const char* function, const char* name, const char* fmt, ...)
    __attribute__((format(printf, 3, 4)));

// For an error found inside a body: reported as by error(), and the context is broken with this code
// (as after an illegal address on a GPU) until it is destroyed.
EMU_API void error_async(int code, const char* function, const char* name, const char* fmt, ...)
    __attribute__((format(printf, 4, 5)));

// Adds n to a counter. "flops" and "bytes" are counted inside bodies, so that a replayed graph
// counts at each replay.
EMU_API void count(const char* counter, uint64_t n = 1);

// Handles and descriptors. `kind` is what errors call it ("cudnn tensor descriptor"). The payload is the
// library's own object; a handle is never reused as an address, and the payload of a destroyed one is gone.
// check_handle returns the payload, or null after an error: invalid-handle, use-after-destroy, wrong-kind,
// wrong-context. destroy_handle returns the payload for the caller to delete, or null after an error
// (double-destroy). Handles alive when their context is destroyed are leaks, by kind. A descriptor that belongs
// to no context is created with bound = false, and reported by emu_report_leaks().
EMU_API void* create_handle(const char* kind, void* payload, bool bound = true);
EMU_API void* check_handle(const char* function, const char* kind, const void* handle);
EMU_API void* destroy_handle(const char* function, const char* kind, const void* handle);

// A value set from Java with emu_configure(key, value), or the default. For instance
// "cudnn.version" for a library that answers with another version than expected.
EMU_API int64_t setting(const char* key, int64_t otherwise);

// What a function does that only exists so that the name does: reports "not-implemented", returns 801.
EMU_API int unimplemented(const char* function);

// A number from the emulator's seeded generator.
EMU_API uint64_t random();

}  // namespace emu

// For Java (java.lang.foreign) and for tests; plain C.
extern "C" {
// The value of a counter; 0 when nothing counted yet. Besides those named above: launches, kernel.<name>,
// graph_launches, graph_kernels, graph_nodes, allocations, frees, pinned_allocations, synchronisations, h2d_bytes, d2h_bytes,
// d2d_bytes, h2d_copies, d2h_copies, memory_in_use, memory_peak, flops, bytes, errors, error.<name>, call.<function>.
EMU_API int64_t emu_counter(const char* name);
// Sets every counter to 0, memory_in_use apart; memory_peak starts again from memory_in_use.
EMU_API void emu_reset_counters(void);
// "name=value" lines of all counters. The text lives until the next call on this thread.
EMU_API const char* emu_counters(void);
// "name|function|text" lines since the last call of emu_clear_errors().
EMU_API const char* emu_last_errors(void);
EMU_API void emu_clear_errors(void);
// The n-th call (1 = the next one) of the function fails with this code, once. The name may leave
// out a version suffix (_v2, _v3, _ptsz). n = 0 takes the order back.
EMU_API void emu_fail_nth(const char* function, int64_t n, int32_t code);
// How many orders of emu_fail_nth have not yet been reached.
EMU_API int64_t emu_pending_failures(void);
// Order of blocks, threads and unrelated streams.
EMU_API void emu_set_seed(uint64_t seed);
// Settings; see settings in README.md. Unknown keys are errors.
EMU_API void emu_configure(const char* key, int64_t value);
// Reports everything alive as leaks, and returns how many.
EMU_API int64_t emu_report_leaks(void);
// Forgets everything: contexts, memory, handles, queued work, errors, orders to fail; counters to 0.
EMU_API void emu_reset(void);
}
