// The number formats that cuBLAS and cuDNN compute with, as conversions from and to float.
// Part of the emulated CUDA libraries: test equipment, never shipped.
#pragma once

#include <cstdint>
#include <cstring>

namespace math {

inline uint32_t bitsOf(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  return bits;
}

inline float floatOf(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}

// Rounds to TF32 (10 mantissa bits, ties away from zero, as cvt.rna.tf32 does); infinities and NaN stay.
inline float tf32(float x) {
  uint32_t bits = bitsOf(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) return x;
  return floatOf((bits + 0x1000u) & 0xffffe000u);
}

inline float bf16ToFloat(uint16_t h) { return floatOf(uint32_t(h) << 16); }

inline uint16_t floatToBf16(float x) {
  uint32_t bits = bitsOf(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return uint16_t((bits >> 16) | 0x40u);
  return uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float halfToFloat(uint16_t h) {
  uint32_t sign = uint32_t(h & 0x8000u) << 16, exponent = (h >> 10) & 31u, mantissa = h & 1023u;
  if (exponent == 31) return floatOf(sign | 0x7f800000u | (mantissa << 13));
  if (exponent == 0) {
    // A subnormal half is mantissa * 2^-24, exact in float.
    float magnitude = float(mantissa) * 5.9604644775390625e-8f;
    return floatOf(sign | bitsOf(magnitude));
  }
  return floatOf(sign | ((exponent + 112u) << 23) | (mantissa << 13));
}

inline uint16_t floatToHalf(float x) {
  uint32_t bits = bitsOf(x), sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return uint16_t(sign | 0x7e00u);
  if (magnitude >= 0x477ff000u) return uint16_t(sign | 0x7c00u);  // rounds to 65536 or more
  if (magnitude < 0x38800000u) {
    // Adding 0.5 aligns a subnormal's bits so that the addition itself rounds to nearest even.
    return uint16_t(sign | (bitsOf(floatOf(magnitude) + 0.5f) - 0x3f000000u));
  }
  return uint16_t(sign | ((magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13));
}

}  // namespace math
