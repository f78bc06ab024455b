// Copies and fills.
//
// A copy between the device and pinned memory runs late, as on a GPU. So the host may neither change the source nor
// look at the target before it has synchronised: the source is hashed when the copy is queued and again when it runs;
// the target is filled with NaN when the copy is queued, and gets its values when the host synchronises.
#include <cstring>

#include "api.h"

namespace {

using emu::Allocation;
using emu::Memory;
using emu::Range;

const Allocation* pinned(const void* p, size_t bytes) {
  Allocation* a = emu::find_allocation((uintptr_t)p);
  return a && a->kind == Memory::pinned && (uintptr_t)p + bytes <= a->end() ? a : nullptr;
}

// Host memory of a copy: not the device's, and not freed pinned memory.
bool host_ok(const char* fn, const void* p, size_t bytes, const char* what) {
  if (!bytes) return true;
  if (!p) {
    emu::error(fn, "null-pointer", "%s is null", what);
    return false;
  }
  Allocation* a = emu::find_allocation((uintptr_t)p);
  if (a && (uintptr_t)p < a->end()) {
    if (a->kind != Memory::pinned) {
      emu::error(fn, "device-pointer", "%s is device memory, host memory is needed", what);
      return false;
    }
    if ((uintptr_t)p + bytes > a->end()) {
      emu::error(fn, "out-of-bounds", "%s runs past the end of its pinned allocation of %zu bytes",
                 what, a->bytes);
      return false;
    }
  } else if (emu::was_freed((uintptr_t)p)) {
    emu::error(fn, "use-after-free", "%s was freed", what);
    return false;
  }
  return true;
}

uint64_t hash(const void* p, size_t bytes) {
  uint64_t h = bytes * 0x9e3779b97f4a7c15ull + 1;
  auto* c = static_cast<const unsigned char*>(p);
  for (; bytes >= 8; bytes -= 8, c += 8) {
    uint64_t w;
    memcpy(&w, c, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdull;
    h ^= h >> 29;
  }
  for (; bytes; bytes--, c++) h = (h ^ *c) * 0xff51afd7ed558ccdull;
  return h;
}

// The ranges that races are looked for in: pinned memory takes part, pageable memory cannot.
std::vector<Range> ranges_of(const void* device, size_t bytes, bool write, const void* host) {
  std::vector<Range> r = {{device, bytes, write, write ? "destination" : "source", 1}};
  if (host && pinned(host, bytes))
    r.push_back({host, bytes, !write, write ? "pinned source" : "pinned destination", 1, true});
  return r;
}

void counted(const char* direction, size_t bytes) {
  emu::count((std::string(direction) + "_bytes").c_str(), bytes);
  emu::count((std::string(direction) + "_copies").c_str());
}

CUresult blocking(const char* fn, int code) {
  return code ? code : emu::synchronize(nullptr, fn);
}

CUresult host_to_device(const char* fn, CUdeviceptr d, const void* h, size_t n, CUstream stream,
                        bool async) {
  if (!host_ok(fn, h, n, "source")) return CUDA_ERROR_INVALID_VALUE;
  void* to = (void*)d;
  if (!async || !pinned(h, n)) {
    if (async && emu::is_capturing(stream)) {
      emu::error(fn, "pageable-memory-in-capture",
                 "the source is pageable host memory, which a graph would read at each launch");
      emu::spoil_capture(emu::stream_of(fn, stream)->capture);
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    // Pageable memory is staged before the call returns.
    auto staged = std::make_shared<std::vector<char>>((const char*)h, (const char*)h + n);
    return emu::enqueue(stream, fn, "", ranges_of(to, n, true, nullptr), [=] {
      memcpy(to, staged->data(), n);
      counted("h2d", n);
    });
  }
  return emu::enqueue_prepared(stream, fn, "", ranges_of(to, n, true, h), [=]() -> emu::Body {
    // Work of the device itself may change it, in its turn.
    bool settled = !emu::pending_use(h, n);
    uint64_t before = settled ? hash(h, n) : 0;
    return [=] {
      if (settled && hash(h, n) != before)
        emu::error_async(CUDA_ERROR_LAUNCH_FAILED, fn, "pinned-memory-race",
                         "the pinned source was changed before the copy had run; synchronise first");
      emu::deliver_range(h, n);
      memcpy(to, h, n);
      counted("h2d", n);
    };
  });
}

CUresult device_to_host(const char* fn, void* h, CUdeviceptr d, size_t n, CUstream stream,
                        bool async) {
  if (!host_ok(fn, h, n, "destination")) return CUDA_ERROR_INVALID_VALUE;
  const void* from = (const void*)d;
  bool pinned_target = pinned(h, n), late = async && pinned_target;
  if (emu::is_capturing(stream) && !pinned_target) {
    emu::error(fn, "pageable-memory-in-capture", "the destination is pageable host memory");
    emu::spoil_capture(emu::stream_of(fn, stream)->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  auto prepare = [=]() -> emu::Body {
    bool settled = late && !emu::pending_use(h, n);
    if (settled) memset(h, 0xff, n);
    uint64_t before = settled ? hash(h, n) : 0;
    return [=] {
      if (settled && hash(h, n) != before)
        emu::error_async(CUDA_ERROR_LAUNCH_FAILED, fn, "pinned-memory-race",
                         "the pinned destination was written before the copy had run");
      if (late)
        emu::deliver_later(*emu::running_op(), h, from, n);
      else
        memcpy(h, from, n);
      counted("d2h", n);
    };
  };
  int code = emu::enqueue_prepared(stream, fn, "", ranges_of(from, n, false, h), prepare);
  // The host waits for a copy into pageable memory.
  return !code && async && !pinned_target ? emu::synchronize(stream, fn) : code;
}

CUresult device_to_device(const char* fn, CUdeviceptr to, CUdeviceptr from, size_t n,
                          CUstream stream) {
  if (n && to < from + n && from < to + n) {
    emu::error(fn, "overlapping-copy", "source and destination overlap");
    return CUDA_ERROR_INVALID_VALUE;
  }
  return emu::enqueue(stream, fn, "",
                      {emu::reads((void*)from, n, "source", 1),
                       emu::writes((void*)to, n, "destination", 1)},
                      [=] {
                        memcpy((void*)to, (const void*)from, n);
                        counted("d2d", n);
                      });
}

template <class T>
CUresult fill(const char* fn, CUdeviceptr d, T value, size_t n, CUstream stream) {
  return emu::enqueue(stream, fn, "", {emu::writes((void*)d, n * sizeof(T), "destination", sizeof(T))},
                      [=] {
                        std::fill_n((T*)d, n, value);
                        emu::count("memsets");
                      });
}

}  // namespace

// A blocking copy or fill in the legacy stream is not allowed while any stream captures.
#define NOT_IN_CAPTURE \
  if (int code = emu::forbidden_in_capture(fn)) return code

CUAPI cuMemcpyHtoD_v2(CUdeviceptr d, const void* h, size_t n) {
  EMU_ENTER("cuMemcpyHtoD_v2");
  NOT_IN_CAPTURE;
  return blocking(fn, host_to_device(fn, d, h, n, nullptr, false));
}

CUAPI cuMemcpyDtoH_v2(void* h, CUdeviceptr d, size_t n) {
  EMU_ENTER("cuMemcpyDtoH_v2");
  NOT_IN_CAPTURE;
  return blocking(fn, device_to_host(fn, h, d, n, nullptr, false));
}

CUAPI cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t n) {
  EMU_ENTER("cuMemcpyDtoD_v2");
  NOT_IN_CAPTURE;
  return device_to_device(fn, to, from, n, nullptr);
}

CUAPI cuMemcpyHtoDAsync_v2(CUdeviceptr d, const void* h, size_t n, CUstream stream) {
  EMU_ENTER("cuMemcpyHtoDAsync_v2");
  return host_to_device(fn, d, h, n, stream, true);
}

CUAPI cuMemcpyDtoHAsync_v2(void* h, CUdeviceptr d, size_t n, CUstream stream) {
  EMU_ENTER("cuMemcpyDtoHAsync_v2");
  return device_to_host(fn, h, d, n, stream, true);
}

CUAPI cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t n, CUstream stream) {
  EMU_ENTER("cuMemcpyDtoDAsync_v2");
  return device_to_device(fn, to, from, n, stream);
}

CUAPI cuMemsetD8_v2(CUdeviceptr d, unsigned char value, size_t n) {
  EMU_ENTER("cuMemsetD8_v2");
  NOT_IN_CAPTURE;
  return fill(fn, d, value, n, nullptr);
}

CUAPI cuMemsetD16_v2(CUdeviceptr d, unsigned short value, size_t n) {
  EMU_ENTER("cuMemsetD16_v2");
  NOT_IN_CAPTURE;
  return fill(fn, d, value, n, nullptr);
}

CUAPI cuMemsetD32_v2(CUdeviceptr d, unsigned value, size_t n) {
  EMU_ENTER("cuMemsetD32_v2");
  NOT_IN_CAPTURE;
  return fill(fn, d, value, n, nullptr);
}

CUAPI cuMemsetD8Async(CUdeviceptr d, unsigned char value, size_t n, CUstream stream) {
  EMU_ENTER("cuMemsetD8Async");
  return fill(fn, d, value, n, stream);
}

CUAPI cuMemsetD16Async(CUdeviceptr d, unsigned short value, size_t n, CUstream stream) {
  EMU_ENTER("cuMemsetD16Async");
  return fill(fn, d, value, n, stream);
}

CUAPI cuMemsetD32Async(CUdeviceptr d, unsigned value, size_t n, CUstream stream) {
  EMU_ENTER("cuMemsetD32Async");
  return fill(fn, d, value, n, stream);
}
