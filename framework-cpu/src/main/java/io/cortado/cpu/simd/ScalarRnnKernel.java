package io.cortado.cpu.simd;

/** The loops of recurrent layers in plain Java: the twin of {@link SimdRnnKernel}. */
final class ScalarRnnKernel implements RnnKernel {

  private static final int ROWS = 4;
  private static final int COLUMNS = 4;
  private static final int BLOCK = ROWS * COLUMNS;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void tile(
      int k,
      float[] a,
      int ao,
      int aStride,
      float[] b,
      int bo,
      boolean add,
      float[] bias,
      int biasOff,
      float[] c,
      int co) {
    for (int i = 0; i < ROWS; i++) {
      int at = co + i * COLUMNS;
      float c0 = add ? c[at] : bias[biasOff + i];
      float c1 = add ? c[at + 1] : c0;
      float c2 = add ? c[at + 2] : c0;
      float c3 = add ? c[at + 3] : c0;
      int bi = bo;
      for (int p = 0; p < k; p++) {
        float v = a[ao + p * aStride + i];
        c0 += v * b[bi];
        c1 += v * b[bi + 1];
        c2 += v * b[bi + 2];
        c3 += v * b[bi + 3];
        bi += COLUMNS;
      }
      c[at] = c0;
      c[at + 1] = c1;
      c[at + 2] = c2;
      c[at + 3] = c3;
    }
  }

  @Override
  public void lstm(boolean keep, float[] z, int zo, float[] c, int co, float[] h, int ho) {
    for (int i = 0; i < BLOCK; i++) {
      float in = ScalarMath.sigmoid(z[zo + i]);
      float forget = ScalarMath.sigmoid(z[zo + BLOCK + i]);
      float out = ScalarMath.sigmoid(z[zo + 2 * BLOCK + i]);
      float fresh = ScalarMath.tanh(z[zo + 3 * BLOCK + i]);
      float before = c[co + i];
      float after = forget * before + in * fresh;
      float tanh = ScalarMath.tanh(after);
      if (keep) {
        z[zo + i] = in;
        z[zo + BLOCK + i] = forget;
        z[zo + 2 * BLOCK + i] = out;
        z[zo + 3 * BLOCK + i] = fresh;
        z[zo + 4 * BLOCK + i] = before;
        z[zo + 5 * BLOCK + i] = tanh;
      }
      c[co + i] = after;
      h[ho + i] = out * tanh;
    }
  }

  @Override
  public void lstmBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dc,
      int dco,
      float[] dz,
      int dzo) {
    for (int i = 0; i < BLOCK; i++) {
      float in = z[zo + i];
      float forget = z[zo + BLOCK + i];
      float out = z[zo + 2 * BLOCK + i];
      float fresh = z[zo + 3 * BLOCK + i];
      float before = z[zo + 4 * BLOCK + i];
      float tanh = z[zo + 5 * BLOCK + i];
      float up = dh[dho + i] + dy[dyo + i];
      float down = dc[dco + i] + up * out * (1 - tanh * tanh);
      dz[dzo + i] = down * fresh * in * (1 - in);
      dz[dzo + BLOCK + i] = down * before * forget * (1 - forget);
      dz[dzo + 2 * BLOCK + i] = up * tanh * out * (1 - out);
      dz[dzo + 3 * BLOCK + i] = down * in * (1 - fresh * fresh);
      dc[dco + i] = down * forget;
    }
  }

  @Override
  public void gru(boolean keep, float[] z, int zo, float[] h0, int h0o, float[] h1, int h1o) {
    for (int i = 0; i < BLOCK; i++) {
      float reset = ScalarMath.sigmoid(z[zo + i]);
      float update = ScalarMath.sigmoid(z[zo + BLOCK + i]);
      float fresh = ScalarMath.tanh(z[zo + 2 * BLOCK + i] + reset * z[zo + 3 * BLOCK + i]);
      float rest = h0[h0o + i] - fresh;
      if (keep) {
        z[zo + i] = reset;
        z[zo + BLOCK + i] = update;
        z[zo + 2 * BLOCK + i] = fresh;
        z[zo + 4 * BLOCK + i] = rest;
      }
      h1[h1o + i] = fresh + update * rest;
    }
  }

  @Override
  public void gruBackward(
      float[] z,
      int zo,
      float[] dh,
      int dho,
      float[] dy,
      int dyo,
      float[] dz,
      int dzo,
      float[] dn,
      int dno) {
    for (int i = 0; i < BLOCK; i++) {
      float reset = z[zo + i];
      float update = z[zo + BLOCK + i];
      float fresh = z[zo + 2 * BLOCK + i];
      float up = dh[dho + i] + dy[dyo + i];
      float down = up * (1 - update) * (1 - fresh * fresh);
      dz[dzo + i] = down * z[zo + 3 * BLOCK + i] * reset * (1 - reset);
      dz[dzo + BLOCK + i] = up * z[zo + 4 * BLOCK + i] * update * (1 - update);
      dz[dzo + 2 * BLOCK + i] = down * reset;
      dn[dno + i] = down;
      dh[dho + i] = up * update;
    }
  }

  @Override
  public void tanh(float[] z, int zo, float[] h, int ho) {
    for (int i = 0; i < BLOCK; i++) {
      float y = ScalarMath.tanh(z[zo + i]);
      z[zo + i] = y;
      h[ho + i] = y;
    }
  }

  @Override
  public void tanhBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo) {
    for (int i = 0; i < BLOCK; i++) {
      dz[dzo + i] = (dh[dho + i] + dy[dyo + i]) * (1 - h[ho + i] * h[ho + i]);
    }
  }

  @Override
  public void relu(float[] z, int zo, float[] h, int ho) {
    for (int i = 0; i < BLOCK; i++) {
      float y = Math.max(0, z[zo + i]);
      z[zo + i] = y;
      h[ho + i] = y;
    }
  }

  @Override
  public void reluBackward(
      float[] h, int ho, float[] dh, int dho, float[] dy, int dyo, float[] dz, int dzo) {
    for (int i = 0; i < BLOCK; i++) {
      dz[dzo + i] = h[ho + i] > 0 ? dh[dho + i] + dy[dyo + i] : 0;
    }
  }

  @Override
  public void toColumns(
      int sequences, int features, float[] src, int so, int stride, float[] dst, int dof) {
    columns(COLUMNS, 0, sequences, features, src, so, stride, dst, dof);
  }

  @Override
  public void toRows(
      int sequences, int features, float[] src, int so, float[] dst, int dof, int stride) {
    rows(COLUMNS, 0, sequences, features, src, so, dst, dof, stride);
  }

  /** See {@link RnnKernel#toColumns}, for so many sequences side by side, from one of them on. */
  static void columns(
      int columns,
      int firstSequence,
      int sequences,
      int features,
      float[] src,
      int so,
      int stride,
      float[] dst,
      int dof) {
    for (int s = firstSequence; s < columns; s++) {
      if (s < sequences) {
        int from = so + s * stride;
        for (int f = 0; f < features; f++) {
          dst[dof + f * columns + s] = src[from + f];
        }
      } else {
        for (int f = 0; f < features; f++) {
          dst[dof + f * columns + s] = 0;
        }
      }
    }
  }

  /** See {@link RnnKernel#toRows}, for so many sequences side by side, from one of them on. */
  static void rows(
      int columns,
      int firstSequence,
      int sequences,
      int features,
      float[] src,
      int so,
      float[] dst,
      int dof,
      int stride) {
    for (int s = firstSequence; s < sequences; s++) {
      int to = dof + s * stride;
      for (int f = 0; f < features; f++) {
        dst[to + f] = src[so + f * columns + s];
      }
    }
  }
}
