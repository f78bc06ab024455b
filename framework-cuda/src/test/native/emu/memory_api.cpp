// cuMemAlloc and its relatives.
#include "api.h"

namespace {

using emu::Allocation;
using emu::Memory;

emu::Allocation* device_allocation(const char* fn, CUdeviceptr p) {
  auto it = emu::allocations().find((uintptr_t)p);
  if (it == emu::allocations().end() || it->second.kind != Memory::device) {
    if (emu::was_freed((uintptr_t)p))
      emu::error(fn, "double-free", "%p was freed before", (void*)p);
    else
      emu::error(fn, "invalid-free", "%p is not the start of an allocation", (void*)p);
    return nullptr;
  }
  if (it->second.context != emu::current_context()) {
    emu::error(fn, "wrong-context", "%p belongs to another context", (void*)p);
    return nullptr;
  }
  if (it->second.freeing) {
    emu::error(fn, "double-free", "%p was given to cuMemFreeAsync before", (void*)p);
    return nullptr;
  }
  return &it->second;
}

CUresult allocate_pinned(const char* fn, void** out, size_t bytes, unsigned flags) {
  EMU_REQUIRE(bytes, "zero-size", "0 bytes were asked for");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  Allocation* a = emu::allocate(emu::current_context(), bytes, Memory::pinned);
  if (!a) return CUDA_ERROR_OUT_OF_MEMORY;
  a->mapped = flags & 2;
  emu::count("pinned_allocations");
  *out = reinterpret_cast<void*>(a->base);
  return CUDA_SUCCESS;
}

// The default pool and others: names for one and the same memory here.
struct Pool {};

}  // namespace

CUAPI cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
  EMU_ENTER("cuMemGetInfo_v2");
  *total = emu::memory_total();
  *free_bytes = emu::memory_total() - emu::memory_in_use();
  return CUDA_SUCCESS;
}

CUAPI cuMemAlloc_v2(CUdeviceptr* out, size_t bytes) {
  EMU_ENTER("cuMemAlloc_v2");
  EMU_REQUIRE(bytes, "zero-size", "0 bytes were asked for");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  Allocation* a = emu::allocate(emu::current_context(), bytes, Memory::device);
  if (!a) return CUDA_ERROR_OUT_OF_MEMORY;
  emu::count("allocations");
  emu::count("allocated_bytes", bytes);
  *out = a->base;
  return CUDA_SUCCESS;
}

CUAPI cuMemFree_v2(CUdeviceptr p) {
  EMU_ENTER_RELEASE("cuMemFree_v2", p);
  if (!p) return CUDA_SUCCESS;
  if (int code = emu::forbidden_in_capture(fn)) return code;
  if (!device_allocation(fn, p)) return CUDA_ERROR_INVALID_VALUE;
  // The real one waits for the device, too.
  int code = emu::synchronize_context(emu::current_context(), fn);
  emu::count("frees");
  if (Allocation* a = device_allocation(fn, p)) emu::release(a, fn);
  return code;
}

namespace {

CUresult allocate_ordered(const char* fn, CUdeviceptr* out, size_t bytes, CUstream stream) {
  EMU_REQUIRE(bytes, "zero-size", "0 bytes were asked for");
  if (!emu::check_stream(fn, stream)) return CUDA_ERROR_INVALID_HANDLE;
  if (emu::is_capturing(stream)) {
    emu::error(fn, "illegal-in-capture", "the emulator has no memory nodes in graphs");
    emu::spoil_capture(emu::stream_of(fn, stream)->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  Allocation* a = emu::allocate(emu::current_context(), bytes, Memory::device);
  if (!a) {
    emu::run_all(emu::current_context());  // memory on its way to the pool counts as free
    a = emu::allocate(emu::current_context(), bytes, Memory::device);
  }
  if (!a) return CUDA_ERROR_OUT_OF_MEMORY;
  a->ordered = true;
  emu::count("allocations");
  emu::count("allocated_bytes", bytes);
  *out = a->base;
  // Another stream may use it only after this point of this stream.
  return emu::enqueue(stream, fn, "", {emu::writes((void*)a->base, bytes, "allocation", 1)}, [] {});
}

}  // namespace

CUAPI cuMemAllocAsync(CUdeviceptr* out, size_t bytes, CUstream stream) {
  EMU_ENTER("cuMemAllocAsync");
  return allocate_ordered(fn, out, bytes, stream);
}

CUAPI cuMemFreeAsync(CUdeviceptr p, CUstream stream) {
  EMU_ENTER_RELEASE("cuMemFreeAsync", p);
  if (!emu::check_stream(fn, stream)) return CUDA_ERROR_INVALID_HANDLE;
  if (emu::is_capturing(stream)) {
    emu::error(fn, "illegal-in-capture", "the emulator has no memory nodes in graphs");
    emu::spoil_capture(emu::stream_of(fn, stream)->capture);
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  Allocation* a = device_allocation(fn, p);
  if (!a) return CUDA_ERROR_INVALID_VALUE;
  emu::count("frees");
  emu::Stream* s = emu::stream_of(fn, stream);
  emu::Op& op = emu::issue(*s, emu::intern(fn));
  op.ranges = {emu::writes((void*)p, a->bytes, "the freed memory", 1)};
  op.frees_first_range = true;
  op.body = [p] {
    if (Allocation* dead = emu::find_allocation(p)) emu::release(dead, "cuMemFreeAsync");
  };
  a->freeing = true;
  return CUDA_SUCCESS;
}

CUAPI cuMemAllocFromPoolAsync(CUdeviceptr* out, size_t bytes, void* pool, CUstream stream) {
  EMU_ENTER("cuMemAllocFromPoolAsync");
  if (!emu::payload<Pool>(fn, "memory pool", pool)) return CUDA_ERROR_INVALID_HANDLE;
  return allocate_ordered(fn, out, bytes, stream);
}

CUAPI cuMemPoolCreate(void** out, const void*) {
  EMU_ENTER("cuMemPoolCreate");
  *out = emu::create_handle("memory pool", new Pool);
  return CUDA_SUCCESS;
}

CUAPI cuMemPoolDestroy(void* pool) {
  EMU_ENTER_RELEASE("cuMemPoolDestroy", pool);
  auto* p = static_cast<Pool*>(emu::destroy_handle(fn, "memory pool", pool));
  delete p;
  return p ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUAPI cuMemPoolTrimTo(void* pool, size_t) {
  EMU_ENTER("cuMemPoolTrimTo");
  return emu::payload<Pool>(fn, "memory pool", pool) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUAPI cuMemAllocHost_v2(void** out, size_t bytes) {
  EMU_ENTER("cuMemAllocHost_v2");
  return allocate_pinned(fn, out, bytes, 0);
}

CUAPI cuMemHostAlloc(void** out, size_t bytes, unsigned flags) {
  EMU_ENTER("cuMemHostAlloc");
  return allocate_pinned(fn, out, bytes, flags);
}

CUAPI cuMemFreeHost(void* p) {
  EMU_ENTER_RELEASE("cuMemFreeHost", p);
  if (int code = emu::forbidden_in_capture(fn)) return code;
  auto it = emu::allocations().find((uintptr_t)p);
  if (it == emu::allocations().end() || it->second.kind != Memory::pinned || it->second.registered) {
    emu::error(fn, emu::was_freed((uintptr_t)p) ? "double-free" : "invalid-free",
               "%p is not the start of live pinned memory", p);
    return CUDA_ERROR_INVALID_VALUE;
  }
  int code = emu::synchronize_context(emu::current_context(), fn);
  emu::release(&it->second, fn);
  return code;
}

CUAPI cuMemHostRegister_v2(void* p, size_t bytes, unsigned flags) {
  EMU_ENTER("cuMemHostRegister_v2");
  if (int code = emu::forbidden_in_capture(fn)) return code;
  EMU_REQUIRE(p && bytes, "null-pointer", "nothing to register");
  if (emu::find_allocation((uintptr_t)p)) return 712;
  Allocation* a = emu::register_range(emu::current_context(), p, bytes, Memory::pinned);
  a->registered = true;
  a->mapped = flags & 2;
  return CUDA_SUCCESS;
}

CUAPI cuMemHostUnregister(void* p) {
  EMU_ENTER_RELEASE("cuMemHostUnregister", p);
  if (int code = emu::forbidden_in_capture(fn)) return code;
  auto it = emu::allocations().find((uintptr_t)p);
  if (it == emu::allocations().end() || !it->second.registered) return 713;
  int code = emu::synchronize_context(emu::current_context(), fn);
  emu::release(&it->second, fn);
  return code;
}

CUAPI cuMemHostGetDevicePointer_v2(CUdeviceptr* out, void* p, unsigned) {
  EMU_ENTER("cuMemHostGetDevicePointer_v2");
  Allocation* a = emu::find_allocation((uintptr_t)p);
  EMU_REQUIRE(a && a->kind == Memory::pinned && a->mapped, "host-pointer",
              "%p is not pinned memory mapped for the device", p);
  *out = (CUdeviceptr)p;
  return CUDA_SUCCESS;
}

CUAPI cuMemHostGetFlags(unsigned* flags, void* p) {
  EMU_ENTER("cuMemHostGetFlags");
  Allocation* a = emu::find_allocation((uintptr_t)p);
  EMU_REQUIRE(a && a->kind == Memory::pinned, "host-pointer", "%p is not pinned memory", p);
  *flags = a->mapped ? 2 : 0;
  return CUDA_SUCCESS;
}

CUAPI cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes, CUdeviceptr p) {
  EMU_ENTER("cuMemGetAddressRange_v2");
  if (!emu::device_range(fn, emu::reads((void*)p, 1, "pointer", 1))) return CUDA_ERROR_NOT_FOUND;
  Allocation* a = emu::find_allocation((uintptr_t)p);
  if (base) *base = a->base;
  if (bytes) *bytes = a->bytes;
  return CUDA_SUCCESS;
}
