// Barriers and warp operations. The line tells the emulator whether all threads are at the same one.
#pragma once

static inline void emu_leave(const char* name, const char* text, int line) {
  emu_runtime->trap(name, text, "", (unsigned)line);
  __builtin_unreachable();
}

static inline unsigned emu_lane() {
  return (threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32;
}

static inline unsigned long long emu_warp(int kind, int line, unsigned mask, unsigned source,
                                          unsigned long long value) {
  EmuWarp request = {kind, line, mask, source, value};
  return emu_runtime->warp(&request);
}

template <class T>
static inline unsigned long long emu_pack(T v) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &v, sizeof v);
  return bits;
}

template <class T>
static inline T emu_unpack(unsigned long long bits) {
  T v;
  __builtin_memcpy(&v, &bits, sizeof v);
  return v;
}

template <class T>
static inline T emu_shuffle(int line, unsigned mask, T v, unsigned source) {
  return emu_unpack<T>(emu_warp(EMU_WARP_SHUFFLE, line, mask, source, emu_pack(v)));
}

template <class T>
static inline T emu_shfl(int line, unsigned mask, T v, int lane, int width = 32) {
  unsigned first = emu_lane() & ~unsigned(width - 1);
  return emu_shuffle(line, mask, v, first + ((unsigned)lane & unsigned(width - 1)));
}
template <class T>
static inline T emu_shfl_up(int line, unsigned mask, T v, unsigned delta, int width = 32) {
  unsigned me = emu_lane();
  return emu_shuffle(line, mask, v, (me & unsigned(width - 1)) < delta ? me : me - delta);
}
template <class T>
static inline T emu_shfl_down(int line, unsigned mask, T v, unsigned delta, int width = 32) {
  unsigned me = emu_lane();
  return emu_shuffle(line, mask, v, (me & unsigned(width - 1)) + delta >= (unsigned)width ? me : me + delta);
}
template <class T>
static inline T emu_shfl_xor(int line, unsigned mask, T v, int bits, int width = 32) {
  unsigned me = emu_lane(), to = me ^ (unsigned)bits;
  bool same = (me & ~unsigned(width - 1)) >= (to & ~unsigned(width - 1));
  return emu_shuffle(line, mask, v, same ? to : me);
}
template <class T>
static inline T emu_reduce(int kind, int line, unsigned mask, T v) {
  static_assert(std::is_integral_v<T> && sizeof(T) == 4, "reductions take int or unsigned");
  // Sign extension keeps the order of signed values; unsigned ones stay as they are.
  unsigned long long wide = (unsigned long long)(long long)v;
  return (T)emu_warp(kind, line, mask, std::is_signed_v<T>, wide);
}

#define __syncthreads() ((void)emu_runtime->barrier(__LINE__, 0))
#define __syncthreads_count(p) (emu_runtime->barrier(__LINE__, (p) ? 1 : 0))
#define __syncthreads_or(p) (emu_runtime->barrier(__LINE__, (p) ? 1 : 0) != 0)
#define __syncthreads_and(p) (emu_runtime->barrier(__LINE__, (p) ? 0 : 1) == 0)
#define EMU_FULL_MASK 0xffffffffu
#define EMU_FIRST(a, ...) a
#define __syncwarp(...) ((void)emu_warp(EMU_WARP_SYNC, __LINE__, emu_mask(__VA_ARGS__), 0, 0))
#define __shfl_sync(...) emu_shfl(__LINE__, __VA_ARGS__)
#define __shfl_up_sync(...) emu_shfl_up(__LINE__, __VA_ARGS__)
#define __shfl_down_sync(...) emu_shfl_down(__LINE__, __VA_ARGS__)
#define __shfl_xor_sync(...) emu_shfl_xor(__LINE__, __VA_ARGS__)
#define __ballot_sync(mask, p) ((unsigned)emu_warp(EMU_WARP_BALLOT, __LINE__, (mask), 0, (p) ? 1 : 0))
#define __any_sync(mask, p) ((int)(emu_warp(EMU_WARP_BALLOT, __LINE__, (mask), 0, (p) ? 1 : 0) != 0))
#define __all_sync(mask, p) ((int)(emu_warp(EMU_WARP_BALLOT, __LINE__, (mask), 0, (p) ? 0 : 1) == 0))
#define __reduce_add_sync(mask, v) emu_reduce(EMU_WARP_ADD, __LINE__, (mask), (v))
#define __reduce_min_sync(mask, v) emu_reduce(EMU_WARP_MIN, __LINE__, (mask), (v))
#define __reduce_max_sync(mask, v) emu_reduce(EMU_WARP_MAX, __LINE__, (mask), (v))
#define __reduce_and_sync(mask, v) emu_reduce(EMU_WARP_AND, __LINE__, (mask), (v))
#define __reduce_or_sync(mask, v) emu_reduce(EMU_WARP_OR, __LINE__, (mask), (v))
#define __reduce_xor_sync(mask, v) emu_reduce(EMU_WARP_XOR, __LINE__, (mask), (v))

static inline unsigned emu_mask(unsigned mask = EMU_FULL_MASK) { return mask; }
static inline void __threadfence_block() {}
static inline void __threadfence() {
#ifdef EMU_CHECKED
  emu_runtime->access(nullptr, 0, EMU_FENCE);
#endif
}
static inline void __threadfence_system() { __threadfence(); }
static inline void __trap() { emu_leave("trap", "the kernel called __trap()", 0); }
#undef assert
#define assert(x) ((x) ? (void)0 : emu_leave("assert", "assertion failed: " #x, __LINE__))
