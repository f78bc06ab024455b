// Versions and texts of the emulated cuBLAS.
#include "cublas/cublas.h"

using namespace blas;

namespace {

struct Text {
  int status;
  const char *name, *text;
};

constexpr Text kTexts[] = {
    {kSuccess, "CUBLAS_STATUS_SUCCESS", "success"},
    {kNotInitialized, "CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"},
    {kAllocFailed, "CUBLAS_STATUS_ALLOC_FAILED", "the resource allocation failed"},
    {kInvalidValue, "CUBLAS_STATUS_INVALID_VALUE", "an unsupported value or parameter was passed to the function"},
    {kArchMismatch, "CUBLAS_STATUS_ARCH_MISMATCH",
     "the function requires an architectural feature absent from the architecture of the device"},
    {kMappingError, "CUBLAS_STATUS_MAPPING_ERROR", "an access to GPU memory space failed"},
    {kExecutionFailed, "CUBLAS_STATUS_EXECUTION_FAILED", "the function failed to launch on the GPU"},
    {kInternalError, "CUBLAS_STATUS_INTERNAL_ERROR", "an internal operation failed"},
    {kNotSupported, "CUBLAS_STATUS_NOT_SUPPORTED", "the functionality requested is not supported"},
    {kLicenseError, "CUBLAS_STATUS_LICENSE_ERROR",
     "the functionality requested requires some license and an error was detected when trying to check it"},
};

const Text* find(int status) {
  for (const Text& t : kTexts)
    if (t.status == status) return &t;
  return nullptr;
}

constexpr int kVersion = 120600;

}  // namespace

CUBLAS_API const char* cublasGetStatusName(int status) {
  const Text* t = find(status);
  return t ? t->name : "unrecognized cublasStatus_t";
}

CUBLAS_API const char* cublasGetStatusString(int status) {
  const Text* t = find(status);
  return t ? t->text : "unknown cublas status (emulated)";
}

CUBLAS_API int cublasGetVersion_v2(void*, int* version) {
  return lib::withoutContext("cublasGetVersion_v2", [&](lib::Call& call) {
    call.require(version != nullptr, kInvalidValue, "null-pointer", "version is null");
    *version = int(emu::setting("cublas.version", kVersion));
  });
}

CUBLAS_API int cublasGetProperty(int type, int* value) {
  return lib::withoutContext("cublasGetProperty", [&](lib::Call& call) {
    call.require(value != nullptr, kInvalidValue, "null-pointer", "value is null");
    call.require(type >= 0 && type <= 2, kInvalidValue, "unknown-enum-value", "%d is no libraryPropertyType", type);
    int version = int(emu::setting("cublas.version", kVersion));
    *value = type == 0 ? version / 10000 : type == 1 ? version / 100 % 100 : version % 100;
  });
}

CUBLAS_API size_t cublasGetCudartVersion(void) { return 12060; }
