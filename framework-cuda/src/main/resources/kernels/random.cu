// Random numbers by Philox 4x32-10 (Salmon et al., 2011), the same on every backend.

__device__ inline void philox(unsigned c[4], unsigned k0, unsigned k1) {
  for (int round = 0; round < 10; round++) {
    unsigned high0 = __umulhi(0xD2511F53u, c[0]), low0 = 0xD2511F53u * c[0];
    unsigned high1 = __umulhi(0xCD9E8D57u, c[2]), low1 = 0xCD9E8D57u * c[2];
    c[0] = high1 ^ c[1] ^ k0;
    c[1] = low1;
    c[2] = high0 ^ c[3] ^ k1;
    c[3] = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

// One thread for the four elements of a block of random words. An element is kept where its word is at least the
// threshold, which for a probability of 1 does not fit into 32 bits.
extern "C" __global__ void dropout(unsigned key0, unsigned key1, unsigned ordinal, unsigned stream,
                                   const int* step, unsigned long long threshold, float scale,
                                   Index n, const float* x, float beta, float* y) {
  Index blocks = (n + 3) / 4;
  for (Index block = first(); block < blocks; block += stride()) {
    unsigned word[4] = {(unsigned)block, ordinal, (unsigned)step[0],
                        stream << 24 | ((unsigned)step[1] & 0xFFFFFFu)};
    philox(word, key0, key1);
    for (int k = 0; k < 4; k++) {
      Index i = block * 4 + k;
      if (i < n) y[i] = accumulate(word[k] >= threshold ? x[i] * scale : 0.0f, beta, y, i);
    }
  }
}

// Which run of random numbers, as the kernels' struct.
struct Run {
  unsigned key0;
  unsigned key1;
  unsigned ordinal;
  unsigned stream;
};

__device__ inline void words(const Run& run, const int* step, Index block, unsigned word[4]) {
  word[0] = (unsigned)block;
  word[1] = run.ordinal;
  word[2] = (unsigned)step[0];
  word[3] = run.stream << 24 | ((unsigned)step[1] & 0xFFFFFFu);
  philox(word, run.key0, run.key1);
}

// The logarithm and the cosine of io.cortado.backend.RandomMath, to the bit: every sum, product and quotient is rounded by
// itself, and none is fused.
__device__ inline double exact_log(double x) {
  long long bits = __double_as_longlong(x);
  int exponent = (int)(bits >> 52) - 1023;
  double m = __longlong_as_double((bits & 0xFFFFFFFFFFFFFLL) | 0x3FF0000000000000LL);
  if (m > 1.4142135623730951) {
    m = __dmul_rn(m, 0.5);
    exponent++;
  }
  double s = __ddiv_rn(__dadd_rn(m, -1.0), __dadd_rn(m, 1.0));
  double square = __dmul_rn(s, s);
  double sum = __ddiv_rn(1.0, 21.0);
  for (int k = 19; k >= 1; k -= 2) sum = __dadd_rn(__dmul_rn(sum, square), __ddiv_rn(1.0, (double)k));
  return __dadd_rn(__dmul_rn((double)exponent, 0.6931471805599453), __dmul_rn(__dmul_rn(2.0, s), sum));
}

__device__ inline double exact_cos_of_turns(double v) {
  int quarter = (int)__dadd_rn(__dmul_rn(4.0, v), 0.5);
  double t = __dmul_rn(__dadd_rn(v, -__dmul_rn(0.25, (double)quarter)), 6.283185307179586);
  double square = __dmul_rn(t, t);
  bool sine = quarter & 1;
  double sum = 1.0;
  for (int k = sine ? 17 : 16; k >= 2; k -= 2)
    sum = __dadd_rn(1.0, -__ddiv_rn(__dmul_rn(sum, square), (double)(k * (k - 1))));
  double value = sine ? __dmul_rn(sum, t) : sum;
  return quarter == 1 || quarter == 2 ? -value : value;
}

__device__ inline double turned(unsigned word, double shift) {
  return __dmul_rn(__dadd_rn((double)word, shift), 1.0 / 4294967296.0);
}

// second is the number of the block that has the second words of this one's normal numbers.
extern "C" __global__ void random_numbers(int kind, Run run, const int* step, Index n, Index second, float a, float b,
                                          unsigned long long threshold, float* y) {
  Index blocks = (n + 3) / 4;
  for (Index block = first(); block < blocks; block += stride()) {
    unsigned word[4], other[4];
    words(run, step, block, word);
    if (kind == RANDOM_NORMAL) words(run, step, second + block, other);
    for (int k = 0; k < 4; k++) {
      Index i = block * 4 + k;
      float z = 0.0f;
      switch (kind) {
        case RANDOM_UNIFORM:
          z = __fadd_rn(a, __fmul_rn(__fadd_rn(b, -a), (float)(word[k] >> 8) * (1.0f / 16777216.0f)));
          break;
        case RANDOM_NORMAL: {
          double radius = __dsqrt_rn(__dmul_rn(-2.0, exact_log(turned(word[k], 1.0))));
          float normal = (float)__dmul_rn(radius, exact_cos_of_turns(turned(other[k], 0.0)));
          z = __fadd_rn(a, __fmul_rn(b, normal));
          break;
        }
        case RANDOM_BERNOULLI: z = word[k] < threshold ? 1.0f : 0.0f; break;
        case RANDOM_GUMBEL: {
          float gumbel = (float)-exact_log(-exact_log(turned(word[k], 0.5)));
          z = __fadd_rn(a, __fmul_rn(b, gumbel));
          break;
        }
        case RANDOM_SORT_KEY: z = __uint_as_float(word[k] & 0xBFFFFFFFu); break;
      }
      if (i < n) y[i] = z;
    }
  }
}

extern "C" __global__ void random_integers(Run run, const int* step, Index n, int low, unsigned range, int* y) {
  Index blocks = (n + 3) / 4;
  for (Index block = first(); block < blocks; block += stride()) {
    unsigned word[4];
    words(run, step, block, word);
    for (int k = 0; k < 4; k++) {
      Index i = block * 4 + k;
      if (i < n) y[i] = (int)((unsigned)low + (range ? __umulhi(word[k], range) : word[k]));
    }
  }
}
