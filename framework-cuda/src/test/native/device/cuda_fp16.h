// Half precision: storage and conversion by the host's _Float16, arithmetic in float and rounded, as a GPU's rounds.
#pragma once

struct alignas(2) __half {
  unsigned short bits = 0;
  __half() = default;
  __half(float f) {
    _Float16 h = (_Float16)f;
    __builtin_memcpy(&bits, &h, 2);
  }
  operator float() const {
    _Float16 h;
    __builtin_memcpy(&h, &bits, 2);
    return (float)h;
  }
};
typedef __half half;

struct alignas(4) __half2 {
  __half x, y;
};
typedef __half2 half2;

static inline __half __float2half(float f) { return __half(f); }
static inline __half __float2half_rn(float f) { return __half(f); }
static inline float __half2float(__half h) { return (float)h; }
static inline __half2 __floats2half2_rn(float a, float b) { return {__half(a), __half(b)}; }
static inline __half2 __halves2half2(__half a, __half b) { return {a, b}; }
static inline float __low2float(__half2 h) { return (float)h.x; }
static inline float __high2float(__half2 h) { return (float)h.y; }
static inline float2 __half22float2(__half2 h) { return {(float)h.x, (float)h.y}; }
static inline __half __hadd(__half a, __half b) { return __half((float)a + (float)b); }
static inline __half __hsub(__half a, __half b) { return __half((float)a - (float)b); }
static inline __half __hmul(__half a, __half b) { return __half((float)a * (float)b); }
static inline __half __hdiv(__half a, __half b) { return __half((float)a / (float)b); }
static inline __half __hneg(__half a) { return __half(-(float)a); }
static inline bool __hisnan(__half a) { return isnan((float)a); }
static inline int __hisinf(__half a) { return isinf((float)a) ? ((float)a > 0 ? 1 : -1) : 0; }
static inline unsigned short __half_as_ushort(__half a) { return a.bits; }
static inline __half __ushort_as_half(unsigned short b) {
  __half h;
  h.bits = b;
  return h;
}
