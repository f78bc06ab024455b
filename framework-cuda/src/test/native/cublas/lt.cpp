// The emulated cublasLt: a name to load. cuBLAS needs the library, and JCuda has no class for it.
#include <cstddef>

extern "C" __attribute__((visibility("default"))) size_t cublasLtGetVersion(void) { return 120600; }
extern "C" __attribute__((visibility("default"))) size_t cublasLtGetCudartVersion(void) { return 12060; }
