// Handles, versions and error texts of the emulated cuDNN.
#include "cudnn/cudnn.h"

using namespace dnn;

namespace {

struct Name {
  int status;
  const char* name;
};

constexpr Name kNames[] = {
    {0, "CUDNN_STATUS_SUCCESS"},
    {1001, "CUDNN_STATUS_NOT_INITIALIZED"},
    {1002, "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH"},
    {1003, "CUDNN_STATUS_SERIALIZATION_VERSION_MISMATCH"},
    {1004, "CUDNN_STATUS_DEPRECATED"},
    {1005, "CUDNN_STATUS_LICENSE_ERROR"},
    {1006, "CUDNN_STATUS_RUNTIME_IN_PROGRESS"},
    {1007, "CUDNN_STATUS_RUNTIME_FP_OVERFLOW"},
    {1008, "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED"},
    {2000, "CUDNN_STATUS_BAD_PARAM"},
    {2002, "CUDNN_STATUS_BAD_PARAM_NULL_POINTER"},
    {2003, "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER"},
    {2004, "CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED"},
    {2005, "CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND"},
    {2006, "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT"},
    {2007, "CUDNN_STATUS_BAD_PARAM_STREAM_MISMATCH"},
    {2008, "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH"},
    {3000, "CUDNN_STATUS_NOT_SUPPORTED"},
    {3002, "CUDNN_STATUS_NOT_SUPPORTED_SHAPE"},
    {3003, "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE"},
    {3004, "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT"},
    {3007, "CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH"},
    {3008, "CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING"},
    {4000, "CUDNN_STATUS_INTERNAL_ERROR"},
    {4003, "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED"},
    {4004, "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"},
    {5000, "CUDNN_STATUS_EXECUTION_FAILED"},
    {5001, "CUDNN_STATUS_EXECUTION_FAILED_CUDA_DRIVER"},
    {5002, "CUDNN_STATUS_EXECUTION_FAILED_CUBLAS"},
    {5003, "CUDNN_STATUS_EXECUTION_FAILED_CUDART"},
};

constexpr int64_t kVersion = 90501;

int versionCheck(const char* function) {
  return describe(function, [](Call&) {});
}

}  // namespace

CUDNN_API const char* cudnnGetErrorString(int status) {
  for (const Name& n : kNames)
    if (n.status == status) return n.name;
  return "CUDNN_UNKNOWN_STATUS";
}

CUDNN_API size_t cudnnGetVersion(void) { return size_t(emu::setting("cudnn.version", kVersion)); }

CUDNN_API size_t cudnnGetCudartVersion(void) { return 12060; }

CUDNN_API size_t cudnnGetMaxDeviceVersion(void) { return 900; }

CUDNN_API int cudnnGetProperty(int type, int* value) {
  return describe("cudnnGetProperty", [&](Call& call) {
    call.notNull(value, "value");
    call.require(type >= 0 && type <= 2, kBadParam, "unknown-enum-value", "%d is no libraryPropertyType", type);
    int version = int(cudnnGetVersion());
    *value = type == 0 ? version / 10000 : type == 1 ? version / 100 % 100 : version % 100;
  });
}

CUDNN_API int cudnnOpsVersionCheck(void) { return versionCheck("cudnnOpsVersionCheck"); }
CUDNN_API int cudnnCnnVersionCheck(void) { return versionCheck("cudnnCnnVersionCheck"); }
CUDNN_API int cudnnAdvVersionCheck(void) { return versionCheck("cudnnAdvVersionCheck"); }
CUDNN_API int cudnnGraphVersionCheck(void) { return versionCheck("cudnnGraphVersionCheck"); }

CUDNN_API int cudnnCreate(void** handle) {
  return lib::withContext("cudnnCreate", kNotInitialized, [&](lib::Call& c) {
    Call call(c);
    call.notNull(handle, "handle");
    *handle = emu::create_handle(Handle::kKind, new Handle());
  });
}

CUDNN_API int cudnnDestroy(void* handle) {
  auto body = [&](Call& call, Handle& h) {
    call.require(!emu::is_capturing(h.stream), kBadParam, "illegal-in-capture",
                 "cudnnDestroy while the handle's stream is being captured");
    // The real library waits for the device here.
    call.reported(emu::synchronize(h.stream, call.function) == 0, kExecutionFailed);
    delete static_cast<Handle*>(emu::destroy_handle(call.function, Handle::kKind, handle));
  };
  return lib::releasing(handle, [&] { return run("cudnnDestroy", handle, body); });
}

CUDNN_API int cudnnSetStream(void* handle, CUstream stream) {
  return run("cudnnSetStream", handle, [&](Call& call, Handle& h) {
    call.reported(emu::check_stream(call.function, stream), kBadParam);
    h.stream = stream;
  });
}

CUDNN_API int cudnnGetStream(void* handle, CUstream* stream) {
  return run("cudnnGetStream", handle, [&](Call& call, Handle& h) {
    call.notNull(stream, "streamId");
    *stream = h.stream;
  });
}
