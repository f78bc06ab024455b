// From float to 16 bits and back. By integer arithmetic, which no compiler option changes and which needs no header.

struct Half {
  unsigned short bits;

  // To nearest, ties to even. What rounds to 65536 or more becomes infinite, NaN stays NaN.
  static __device__ inline Half of(float x) {
    unsigned all = __float_as_uint(x), sign = (all >> 16) & 0x8000u, size = all & 0x7fffffffu;
    if (size > 0x7f800000u) return {(unsigned short)(sign | 0x7e00u)};
    if (size >= 0x477ff000u) return {(unsigned short)(sign | 0x7c00u)};
    if (size >= 0x38800000u) {
      unsigned odd = (size >> 13) & 1u;
      return {(unsigned short)(sign | ((size - 0x38000000u + 0xfffu + odd) >> 13))};
    }
    if (size < 0x33000000u) return {(unsigned short)sign};
    // A subnormal half counts in units of 2^-24.
    unsigned shift = 126u - (size >> 23), mantissa = (size & 0x7fffffu) | 0x800000u;
    unsigned kept = mantissa >> shift, rest = mantissa & ((1u << shift) - 1u), middle = 1u << (shift - 1u);
    kept += rest > middle || (rest == middle && (kept & 1u)) ? 1u : 0u;
    return {(unsigned short)(sign | kept)};
  }

  __device__ inline float value() const {
    unsigned sign = (unsigned)(bits & 0x8000u) << 16, exponent = (bits >> 10) & 31u, mantissa = bits & 1023u;
    if (exponent == 31u) return __uint_as_float(sign | 0x7f800000u | (mantissa << 13));
    if (exponent != 0u) return __uint_as_float(sign | ((exponent + 112u) << 23) | (mantissa << 13));
    float size = (float)mantissa * 5.9604644775390625e-8f;  // 2^-24
    return sign ? -size : size;
  }
};

struct BFloat16 {
  unsigned short bits;

  // To nearest, ties to even. NaN stays NaN, whose mantissa must not be rounded up to that of infinity.
  static __device__ inline BFloat16 of(float x) {
    unsigned all = __float_as_uint(x);
    if ((all & 0x7fffffffu) > 0x7f800000u) return {(unsigned short)((all >> 16) | 0x40u)};
    return {(unsigned short)((all + 0x7fffu + ((all >> 16) & 1u)) >> 16)};
  }

  __device__ inline float value() const { return __uint_as_float((unsigned)bits << 16); }
};

template <class T>
__device__ inline void narrow(Index n, const float* x, T* y) {
  for (Index i = first(); i < n; i += stride()) y[i] = T::of(x[i]);
}

template <class T>
__device__ inline void widen(Index n, const T* x, float beta, float* y) {
  for (Index i = first(); i < n; i += stride()) y[i] = accumulate(x[i].value(), beta, y, i);
}

template <class T>
__device__ inline void widen_bias_activation(
    int kind, float a, float b, Index n, int channels, Index inner, const float* bias, const T* x, float* y) {
  for (Index i = first(); i < n; i += stride()) {
    float sum = x[i].value() + (bias ? bias[i / inner % channels] : 0.0f);
    y[i] = activate(kind, a, b, sum);
  }
}

extern "C" __global__ void narrow_half(Index n, const float* x, Half* y) { narrow(n, x, y); }

extern "C" __global__ void widen_half(Index n, const Half* x, float beta, float* y) { widen(n, x, beta, y); }

extern "C" __global__ void widen_bias_activation_half(int kind, float a, float b, Index n, int channels, Index inner,
                                                        const float* bias, const Half* x, float* y) {
  widen_bias_activation(kind, a, b, n, channels, inner, bias, x, y);
}

extern "C" __global__ void narrow_bfloat16(Index n, const float* x, BFloat16* y) { narrow(n, x, y); }

extern "C" __global__ void widen_bfloat16(Index n, const BFloat16* x, float beta, float* y) { widen(n, x, beta, y); }

extern "C" __global__ void widen_bias_activation_bfloat16(int kind, float a, float b, Index n, int channels, Index inner,
                                                        const float* bias, const BFloat16* x, float* y) {
  widen_bias_activation(kind, a, b, n, channels, inner, bias, x, y);
}
