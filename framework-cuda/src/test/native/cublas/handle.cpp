// Handles of the emulated cuBLAS: creation, stream, workspace and modes.
#include "cublas/cublas.h"

using namespace blas;

CUBLAS_API int cublasCreate_v2(void** handle) {
  return lib::withContext("cublasCreate_v2", kNotInitialized, [&](lib::Call& call) {
    call.require(handle != nullptr, kInvalidValue, "null-pointer", "handle is null");
    *handle = emu::create_handle(kHandleKind, new Handle());
  });
}

CUBLAS_API int cublasDestroy_v2(void* handle) {
  auto body = [&](lib::Call& call) {
    Handle& h = handleOf(call, handle);
    call.require(!emu::is_capturing(h.stream), kInternalError, "illegal-in-capture",
                 "cublasDestroy while the handle's stream is being captured");
    // The real library waits for the device here.
    call.reported(emu::synchronize(h.stream, call.function) == 0, kExecutionFailed);
    delete static_cast<Handle*>(emu::destroy_handle(call.function, kHandleKind, handle));
  };
  return lib::releasing(handle, [&] { return lib::withContext("cublasDestroy_v2", kNotInitialized, body); });
}

CUBLAS_API int cublasSetStream_v2(void* handle, CUstream stream) {
  return run("cublasSetStream_v2", handle, [&](lib::Call& call, Handle& h) {
    call.reported(emu::check_stream(call.function, stream), kInvalidValue);
    h.stream = stream;
    // As documented: the workspace goes back to the library's own.
    h.workspace = nullptr;
    h.workspaceBytes = 0;
  });
}

CUBLAS_API int cublasGetStream_v2(void* handle, CUstream* stream) {
  return run("cublasGetStream_v2", handle, [&](lib::Call& call, Handle& h) {
    call.require(stream != nullptr, kInvalidValue, "null-pointer", "streamId is null");
    *stream = h.stream;
  });
}

CUBLAS_API int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
  return run("cublasSetWorkspace_v2", handle, [&](lib::Call& call, Handle& h) {
    call.require(reinterpret_cast<uintptr_t>(workspace) % 256 == 0, kInvalidValue, "misaligned",
                 "the workspace must be aligned to 256 bytes");
    call.require(bytes == 0 || workspace != nullptr, kInvalidValue, "null-pointer",
                 "the workspace is null, but has %zu bytes", bytes);
    call.reported(emu::device_range(call.function, emu::writes(workspace, bytes, "workspace", 256)), kInvalidValue);
    h.workspace = workspace;
    h.workspaceBytes = bytes;
  });
}

CUBLAS_API int cublasSetMathMode(void* handle, int mode) {
  return run("cublasSetMathMode", handle, [&](lib::Call& call, Handle& h) {
    call.require((mode & ~kNoReducedReduction) >= 0 && (mode & ~kNoReducedReduction) <= kTf32Math, kInvalidValue,
                 "unknown-enum-value", "%d is no cublasMath_t", mode);
    h.mathMode = mode;
  });
}

CUBLAS_API int cublasGetMathMode(void* handle, int* mode) {
  return run("cublasGetMathMode", handle, [&](lib::Call& call, Handle& h) {
    call.require(mode != nullptr, kInvalidValue, "null-pointer", "mode is null");
    *mode = h.mathMode;
  });
}

CUBLAS_API int cublasSetPointerMode_v2(void* handle, int mode) {
  return run("cublasSetPointerMode_v2", handle, [&](lib::Call& call, Handle& h) {
    call.require(mode == 0 || mode == 1, kInvalidValue, "unknown-enum-value", "%d is no cublasPointerMode_t", mode);
    h.devicePointers = mode == 1;
  });
}

CUBLAS_API int cublasGetPointerMode_v2(void* handle, int* mode) {
  return run("cublasGetPointerMode_v2", handle, [&](lib::Call& call, Handle& h) {
    call.require(mode != nullptr, kInvalidValue, "null-pointer", "mode is null");
    *mode = h.devicePointers ? 1 : 0;
  });
}

CUBLAS_API int cublasSetAtomicsMode(void* handle, int mode) {
  return run("cublasSetAtomicsMode", handle, [&](lib::Call& call, Handle& h) {
    call.require(mode == 0 || mode == 1, kInvalidValue, "unknown-enum-value", "%d is no cublasAtomicsMode_t", mode);
    h.atomics = mode;
  });
}

CUBLAS_API int cublasGetAtomicsMode(void* handle, int* mode) {
  return run("cublasGetAtomicsMode", handle, [&](lib::Call& call, Handle& h) {
    call.require(mode != nullptr, kInvalidValue, "null-pointer", "mode is null");
    *mode = h.atomics;
  });
}

CUBLAS_API int cublasSetSmCountTarget(void* handle, int count) {
  return run("cublasSetSmCountTarget", handle, [&](lib::Call& call, Handle& h) {
    call.require(count >= 0, kInvalidValue, "negative-size", "smCountTarget = %d", count);
    h.smCountTarget = count;
  });
}

CUBLAS_API int cublasGetSmCountTarget(void* handle, int* count) {
  return run("cublasGetSmCountTarget", handle, [&](lib::Call& call, Handle& h) {
    call.require(count != nullptr, kInvalidValue, "null-pointer", "smCountTarget is null");
    *count = h.smCountTarget;
  });
}
