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
