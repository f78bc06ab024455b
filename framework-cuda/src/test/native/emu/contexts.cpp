// Initialisation, the device and its attributes, contexts.
#include <cstdio>
#include <cstring>

#include "api.h"

namespace emu {
namespace {

std::map<CUcontext, std::unique_ptr<Context>>& contexts() {
  static auto* m = new std::map<CUcontext, std::unique_ptr<Context>>;
  return *m;
}

std::vector<CUcontext>& primaries() {
  static auto* v = new std::vector<CUcontext>(16, nullptr);
  return *v;
}

bool initialised = false;
uint64_t generation = 0;  // emu_reset() empties the stacks of all threads
uint64_t numbers = 0;

CUcontext create_context(int device, unsigned flags, bool primary) {
  auto* c = new Context;
  c->device = device;
  c->flags = flags;
  c->primary = primary;
  c->number = ++numbers;
  c->handle = (CUcontext)create_handle("context", c, false);
  contexts()[c->handle].reset(c);
  return c->handle;
}

void destroy_context(CUcontext handle) {
  Context* c = context_of(handle);
  if (!c->sticky) run_all(handle);
  if (!c->sticky) report_leaks(handle);
  for (Stream* s : streams_of(handle)) free_lane(s->lane);
  drop_streams(handle);
  drop_null_stream(handle);
  forget_deliveries(handle);
  for (auto& [address, h] : handles())
    if (h.context == handle) h.alive = false;
  release_all(handle);
  for (CUcontext& p : primaries())
    if (p == handle) p = nullptr;
  contexts().erase(handle);
  auto it = handles().find(handle);
  if (it != handles().end()) it->second.alive = false;
}

}  // namespace

std::vector<CUcontext>& context_stack() {
  static thread_local std::vector<CUcontext> stack;
  static thread_local uint64_t seen = 0;
  if (seen != generation) {
    stack.clear();
    seen = generation;
  }
  return stack;
}

Context* context_of(CUcontext handle) {
  auto it = contexts().find(handle);
  return it == contexts().end() ? nullptr : it->second.get();
}

CUcontext current_context() {
  auto& stack = context_stack();
  return stack.empty() || !context_of(stack.back()) ? nullptr : stack.back();
}

Context* current() { return context_of(current_context()); }

void break_context(CUcontext handle, int code) {
  if (Context* c = context_of(handle))
    if (!c->sticky) c->sticky = code;
}

void forget_contexts() {
  contexts().clear();
  for (CUcontext& p : primaries()) p = nullptr;
  initialised = false;
  generation++;
}

}  // namespace emu

namespace {

using emu::Context;

int devices() { return (int)emu::setting("devices", 1); }

#define NEEDS_INIT \
  if (!emu::initialised) return CUDA_ERROR_NOT_INITIALIZED
#define NEEDS_DEVICE(d) \
  NEEDS_INIT;           \
  if (d < 0 || d >= devices()) return CUDA_ERROR_INVALID_DEVICE

int attribute(int which) {
  switch (which) {
    case 1: return 1024;                // max threads per block
    case 2: case 3: return 1024;        // block x, y
    case 4: return 64;                  // block z
    case 5: return 2147483647;          // grid x
    case 6: case 7: return 65535;       // grid y, z
    case 8: return 49152;               // shared memory per block
    case 9: return 65536;               // constant memory
    case 10: return 32;                 // warp size
    case 11: return 2147483647;         // max pitch
    case 12: return 65536;              // registers per block
    case 13: return 1000000;            // clock, kHz
    case 14: return 512;                // texture alignment
    case 15: return 1;                  // overlap
    case 16: return 4;                  // multiprocessors: few, so that grid-stride loops stride
    case 17: return 0;                  // timeout
    case 18: return 0;                  // integrated
    case 19: return 1;                  // can map host memory
    case 20: return 0;                  // compute mode
    case 31: return 1;                  // concurrent kernels
    case 33: return 0; case 34: return 0; case 50: return 0;  // PCI
    case 35: return 0;                  // TCC
    case 36: return 1000000;            // memory clock
    case 37: return 256;                // bus width
    case 38: return 1 << 22;            // L2
    case 39: return 2048;               // threads per multiprocessor
    case 40: return 2;                  // async engines
    case 41: return 1;                  // unified addressing
    case 75: return (int)emu::setting("compute.major", 9);
    case 76: return (int)emu::setting("compute.minor", 0);
    case 78: return 1;                  // stream priorities
    case 81: return 233472;             // shared memory per multiprocessor
    case 82: return 65536;              // registers per multiprocessor
    case 83: return 0;                  // managed memory
    case 95: return 1;                  // cooperative launch
    case 97: return 232448;             // shared memory per block, opt-in
    case 106: return 32;                // blocks per multiprocessor
    case 111: return 1024;              // reserved shared memory
    case 115: return 1;                 // memory pools
    default: return 0;
  }
}

}  // namespace

CUAPI cuInit(unsigned) {
  EMU_ENTER_FREE("cuInit");
  if (devices() == 0) return CUDA_ERROR_NO_DEVICE;
  emu::initialised = true;
  return CUDA_SUCCESS;
}

CUAPI cuDriverGetVersion(int* version) {
  EMU_ENTER_FREE("cuDriverGetVersion");
  *version = (int)emu::setting("driver.version", 12060);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGetCount(int* n) {
  EMU_ENTER_FREE("cuDeviceGetCount");
  NEEDS_INIT;
  *n = devices();
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGet(CUdevice* out, int ordinal) {
  EMU_ENTER_FREE("cuDeviceGet");
  NEEDS_DEVICE(ordinal);
  *out = ordinal;
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGetName(char* out, int length, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceGetName");
  NEEDS_DEVICE(device);
  snprintf(out, (size_t)length, "emulated CUDA device %d (host CPU, test equipment)", device);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGetUuid(unsigned char* uuid, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceGetUuid");
  NEEDS_DEVICE(device);
  memcpy(uuid, "emulated-CUDA-0", 16);
  uuid[14] = (unsigned char)('0' + device);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGetPCIBusId(char* out, int length, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceGetPCIBusId");
  NEEDS_DEVICE(device);
  snprintf(out, (size_t)length, "0000:%02x:00.0", device);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceTotalMem_v2");
  NEEDS_DEVICE(device);
  *bytes = emu::memory_total();
  return CUDA_SUCCESS;
}

CUAPI cuDeviceGetAttribute(int* value, int which, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceGetAttribute");
  NEEDS_DEVICE(device);
  *value = attribute(which);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  EMU_ENTER_FREE("cuDeviceComputeCapability");
  NEEDS_DEVICE(device);
  *major = attribute(75);
  *minor = attribute(76);
  return CUDA_SUCCESS;
}

CUAPI cuDeviceCanAccessPeer(int* can, CUdevice, CUdevice) {
  EMU_ENTER_FREE("cuDeviceCanAccessPeer");
  *can = 0;
  return CUDA_SUCCESS;
}

CUAPI cuDevicePrimaryCtxRetain(CUcontext* out, CUdevice device) {
  EMU_ENTER_FREE("cuDevicePrimaryCtxRetain");
  NEEDS_DEVICE(device);
  CUcontext& c = emu::primaries()[(size_t)device];
  if (!c) c = emu::create_context(device, 0, true);
  emu::context_of(c)->retained++;
  *out = c;
  return CUDA_SUCCESS;
}

CUAPI cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  EMU_ENTER_FREE("cuDevicePrimaryCtxRelease_v2");
  NEEDS_DEVICE(device);
  CUcontext c = emu::primaries()[(size_t)device];
  if (!c) {
    emu::error(fn, "double-destroy", "the primary context is not retained");
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (--emu::context_of(c)->retained == 0) emu::destroy_context(c);
  return CUDA_SUCCESS;
}

CUAPI cuDevicePrimaryCtxReset_v2(CUdevice device) {
  EMU_ENTER_FREE("cuDevicePrimaryCtxReset_v2");
  NEEDS_DEVICE(device);
  if (CUcontext c = emu::primaries()[(size_t)device]) emu::destroy_context(c);
  return CUDA_SUCCESS;
}

CUAPI cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned) {
  EMU_ENTER_FREE("cuDevicePrimaryCtxSetFlags_v2");
  NEEDS_DEVICE(device);
  return CUDA_SUCCESS;
}

CUAPI cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  EMU_ENTER_FREE("cuDevicePrimaryCtxGetState");
  NEEDS_DEVICE(device);
  *flags = 0;
  *active = emu::primaries()[(size_t)device] != nullptr;
  return CUDA_SUCCESS;
}

CUAPI cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice device) {
  EMU_ENTER_FREE("cuCtxCreate_v2");
  NEEDS_DEVICE(device);
  *out = emu::create_context(device, flags, false);
  emu::context_stack().push_back(*out);
  return CUDA_SUCCESS;
}

CUAPI cuCtxDestroy_v2(CUcontext context) {
  EMU_ENTER_FREE("cuCtxDestroy_v2");
  NEEDS_INIT;
  if (!emu::payload<Context>(fn, "context", context)) return CUDA_ERROR_INVALID_CONTEXT;
  auto& stack = emu::context_stack();
  emu::destroy_context(context);
  if (!stack.empty() && stack.back() == context) stack.pop_back();
  return CUDA_SUCCESS;
}

CUAPI cuCtxPushCurrent_v2(CUcontext context) {
  EMU_ENTER_FREE("cuCtxPushCurrent_v2");
  NEEDS_INIT;
  if (!emu::payload<Context>(fn, "context", context)) return CUDA_ERROR_INVALID_CONTEXT;
  emu::context_stack().push_back(context);
  return CUDA_SUCCESS;
}

CUAPI cuCtxPopCurrent_v2(CUcontext* out) {
  EMU_ENTER_FREE("cuCtxPopCurrent_v2");
  NEEDS_INIT;
  auto& stack = emu::context_stack();
  if (stack.empty()) {
    emu::error(fn, "no-context", "no context is current on this thread");
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (out) *out = stack.back();
  stack.pop_back();
  return CUDA_SUCCESS;
}

CUAPI cuCtxSetCurrent(CUcontext context) {
  EMU_ENTER_FREE("cuCtxSetCurrent");
  NEEDS_INIT;
  if (context && !emu::payload<Context>(fn, "context", context)) return CUDA_ERROR_INVALID_CONTEXT;
  auto& stack = emu::context_stack();
  if (!stack.empty()) stack.pop_back();
  if (context) stack.push_back(context);
  return CUDA_SUCCESS;
}

CUAPI cuCtxGetCurrent(CUcontext* out) {
  EMU_ENTER_FREE("cuCtxGetCurrent");
  NEEDS_INIT;
  auto& stack = emu::context_stack();
  *out = stack.empty() ? nullptr : stack.back();
  return CUDA_SUCCESS;
}

CUAPI cuCtxGetDevice(CUdevice* out) {
  EMU_ENTER("cuCtxGetDevice");
  *out = emu::current()->device;
  return CUDA_SUCCESS;
}

CUAPI cuCtxGetFlags(unsigned* flags) {
  EMU_ENTER("cuCtxGetFlags");
  *flags = emu::current()->flags;
  return CUDA_SUCCESS;
}

CUAPI cuCtxGetApiVersion(CUcontext, unsigned* version) {
  EMU_ENTER("cuCtxGetApiVersion");
  *version = 3020;
  return CUDA_SUCCESS;
}

CUAPI cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  EMU_ENTER("cuCtxGetStreamPriorityRange");
  *least = 0;
  *greatest = -5;
  return CUDA_SUCCESS;
}

CUAPI cuCtxSetCacheConfig(int) {
  EMU_ENTER("cuCtxSetCacheConfig");
  return CUDA_SUCCESS;
}

CUAPI cuCtxSynchronize(void) {
  EMU_ENTER("cuCtxSynchronize");
  if (int code = emu::context_capturing(fn, emu::current_context())) return code;
  return emu::synchronize_context(emu::current_context(), fn);
}
