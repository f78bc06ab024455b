// One launcher for each kernel; the emulated libnvrtc appends EMU_KERNEL lines and one EMU_MODULE to the source.
#pragma once

template <class T>
struct EmuArgOf {
  static constexpr EmuArg value = {sizeof(T), alignof(T), EMU_VALUE, 1};
};
template <class T>
struct EmuArgOf<T*> {
  using P = std::remove_cv_t<T>;
  static constexpr unsigned align() {
    if constexpr (std::is_void_v<P>) return 1;
    else return alignof(P);
  }
  static constexpr EmuArg value = {sizeof(T*), alignof(T*),
                                   std::is_const_v<T> ? EMU_POINTER_TO_CONST : EMU_POINTER, align()};
};

template <auto K>
struct EmuLauncher;

template <class... A, void (*K)(A...)>
struct EmuLauncher<K> {
  static constexpr unsigned count = sizeof...(A);
  static constexpr EmuArg args[count + 1] = {EmuArgOf<std::remove_cv_t<A>>::value..., {}};
  using Values = std::tuple<std::remove_cv_t<A>...>;

  template <size_t... I>
  EMU_UNCHECKED static void thread(void** p, std::index_sequence<I...>) {
    K(*static_cast<std::remove_cv_t<A>*>(p[I])...);
  }
  EMU_UNCHECKED static void run_thread(void** p) { thread(p, std::index_sequence_for<A...>{}); }

  template <size_t... I>
  __attribute__((flatten)) static void block(void** p, std::index_sequence<I...>) {
    const Values v(*static_cast<std::remove_cv_t<A>*>(p[I])...);
    (void)v;
    for (auto z = blockDim.z * 0; z < blockDim.z; z++)
      for (auto y = blockDim.y * 0; y < blockDim.y; y++)
        for (auto x = blockDim.x * 0; x < blockDim.x; x++) {
          threadIdx.x = x;
          threadIdx.y = y;
          threadIdx.z = z;
          K(std::get<I>(v)...);
        }
  }
  static void run_block(void** p) {
#ifndef EMU_CHECKED
    block(p, std::index_sequence_for<A...>{});
#else
    (void)p;
#endif
  }
};

extern "C" __attribute__((visibility("hidden"))) char __start_emu_shared[] __attribute__((weak));
extern "C" __attribute__((visibility("hidden"))) char __stop_emu_shared[] __attribute__((weak));

EMU_UNCHECKED static void emu_set_runtime(const EmuRuntime* runtime) {
  emu_runtime = runtime;
#ifdef EMU_CHECKED
  emu_set_checks(runtime);
#endif
}
EMU_UNCHECKED static void emu_set_grid(const unsigned g[6]) {
  gridDim.x = g[0];
  gridDim.y = g[1];
  gridDim.z = g[2];
  blockDim.x = g[3];
  blockDim.y = g[4];
  blockDim.z = g[5];
}
EMU_UNCHECKED static void emu_set_block(unsigned x, unsigned y, unsigned z) {
  blockIdx.x = x;
  blockIdx.y = y;
  blockIdx.z = z;
}
EMU_UNCHECKED static void emu_set_thread(unsigned x, unsigned y, unsigned z) {
  threadIdx.x = x;
  threadIdx.y = y;
  threadIdx.z = z;
}
EMU_UNCHECKED static void emu_set_dynamic_shared(char* p) { emu_dynamic_shared_memory = p; }

template <class T>
EMU_UNCHECKED static inline T* emu_dynamic_shared() {
  return reinterpret_cast<T*>(emu_dynamic_shared_memory);
}

#define EMU_KERNEL(kernel, name, synchronises, c_linkage, max_threads)                       \
  {name, EmuLauncher<&kernel>::count, EmuLauncher<&kernel>::args, synchronises, c_linkage, \
   max_threads, &EmuLauncher<&kernel>::run_thread, &EmuLauncher<&kernel>::run_block}
#define EMU_GLOBAL(variable, name) {name, (void*)&variable, sizeof variable}
#define EMU_MODULE(kernels, kernel_count, globals, global_count)                             \
  extern "C" __attribute__((visibility("default"))) const EmuModule* emu_module() {        \
    static const EmuModule module = {EMU_ABI, kernels, kernel_count, globals, global_count,  \
                                     __start_emu_shared, __stop_emu_shared, emu_set_runtime, \
                                     emu_set_grid, emu_set_block, emu_set_thread,            \
                                     emu_set_dynamic_shared};                                \
    return &module;                                                                          \
  }
