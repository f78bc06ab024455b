package io.cortado.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels of matrix products by the Vector API: tiles of {@link VectorTiles}, packing, dot
 * products four at a time.
 *
 * <p>Packing rows is bound by loads and stores, about 0.1 cycles an element. Packing columns
 * transposes 8 x 8 elements in registers, in three rounds that each exchange half of the elements
 * of two vectors (4 x 4 where vectors hold four): about 0.65 cycles an element, half of what single
 * elements cost; 16 x 16 was no faster. The last eight columns may be some of those before, packed
 * again: a second kind of transposition for what is left over, called once or twice a step, would
 * be interpreted for hundreds of steps. The dot products are bound by loads, 5 for 4 FMAs.
 */
final class VectorProductKernel implements ProductKernel {

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;
  private static final VectorSpecies<Float> QUAD = FloatVector.SPECIES_128;

  /** Steps of depth transposed for all rows before the next: what is written stays in cache. */
  private static final int CHUNK = 128;

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public int rows() {
    return VectorTiles.ROWS;
  }

  @Override
  public int columns() {
    return VectorTiles.COLUMNS;
  }

  @Override
  public void tiles(
      int k,
      float alpha,
      float[] a,
      int aOff,
      int aRow,
      int aStep,
      float[] b,
      int bOff,
      int bStep,
      int bSliver,
      float beta,
      float[] c,
      int cOff,
      int ldc,
      int rows,
      int columns) {
    VectorTiles.tiles(
        k, alpha, a, aOff, aRow, aStep, b, bOff, bStep, bSliver, beta, c, cOff, ldc, rows, columns);
  }

  @Override
  public void packRows(
      int depth,
      int count,
      float[] src,
      int srcOff,
      int ld,
      float[] dst,
      int dstOff,
      int sliver,
      int width) {
    int j = 0;
    int d = dstOff;
    if (width == VectorTiles.ROWS) {
      for (; j <= count - 4 * width; j += 4 * width) {
        packSixes(depth, src, srcOff + j, ld, dst, d, sliver);
        d += 4 * sliver;
      }
    }
    for (; j < count; j += width) {
      int now = Math.min(width, count - j);
      int s = srcOff + j;
      int whole = width == VectorTiles.ROWS ? 0 : readable(depth, width, src, s, ld);
      packTwo(whole, src, s, ld, dst, d);
      packSingly(whole, depth, now, src, s, ld, dst, d, width);
      d += sliver;
    }
  }

  /** Returns how many rows can be read up to width, beyond their end, without leaving the array. */
  private static int readable(int depth, int width, float[] src, int srcOff, int ld) {
    int rows = depth;
    while (rows > 0 && srcOff + (rows - 1) * ld > src.length - width) {
      rows--;
    }
    return rows;
  }

  private static void packTwo(int depth, float[] src, int srcOff, int ld, float[] dst, int dstOff) {
    int s = srcOff;
    for (int p = 0; p < depth; p++) {
      int d = dstOff + p * VectorTiles.COLUMNS;
      FloatVector v0 = FloatVector.fromArray(S, src, s);
      FloatVector v1 = FloatVector.fromArray(S, src, s + L);
      v0.intoArray(dst, d);
      v1.intoArray(dst, d + L);
      s += ld;
    }
  }

  /**
   * Packs four slivers of six: two vectors of four each, that overlap. Side by side, because with
   * rows a power of two apart few of their cache lines stay in the first level until the next
   * sliver.
   */
  private static void packSixes(
      int depth, float[] src, int srcOff, int ld, float[] dst, int dstOff, int sliver) {
    int s = srcOff;
    int d0 = dstOff;
    int d1 = d0 + sliver;
    int d2 = d1 + sliver;
    int d3 = d2 + sliver;
    for (int p = 0; p < depth; p++) {
      int q = p * VectorTiles.ROWS;
      FloatVector v0 = FloatVector.fromArray(QUAD, src, s);
      FloatVector w0 = FloatVector.fromArray(QUAD, src, s + 2);
      FloatVector v1 = FloatVector.fromArray(QUAD, src, s + 6);
      FloatVector w1 = FloatVector.fromArray(QUAD, src, s + 8);
      FloatVector v2 = FloatVector.fromArray(QUAD, src, s + 12);
      FloatVector w2 = FloatVector.fromArray(QUAD, src, s + 14);
      FloatVector v3 = FloatVector.fromArray(QUAD, src, s + 18);
      FloatVector w3 = FloatVector.fromArray(QUAD, src, s + 20);
      v0.intoArray(dst, d0 + q);
      w0.intoArray(dst, d0 + q + 2);
      v1.intoArray(dst, d1 + q);
      w1.intoArray(dst, d1 + q + 2);
      v2.intoArray(dst, d2 + q);
      w2.intoArray(dst, d2 + q + 2);
      v3.intoArray(dst, d3 + q);
      w3.intoArray(dst, d3 + q + 2);
      s += ld;
    }
  }

  private static void packSingly(
      int first,
      int depth,
      int count,
      float[] src,
      int srcOff,
      int ld,
      float[] dst,
      int dstOff,
      int width) {
    for (int p = first; p < depth; p++) {
      int s = srcOff + p * ld;
      int d = dstOff + p * width;
      for (int i = 0; i < count; i++) {
        dst[d + i] = src[s + i];
      }
    }
  }

  @Override
  public void packColumns(
      int depth, int count, float[] src, int srcOff, int ld, float[] dst, int dstOff, int width) {
    for (int p = 0; p < depth; p += CHUNK) {
      int now = Math.min(CHUNK, depth - p);
      int s = srcOff + p;
      int d = dstOff + p * width;
      if (L >= 8 && count >= 8) {
        for (int i = 0; i < count; i += 8) {
          int c = Math.min(i, count - 8);
          Transpose8.pack(now, src, s + c * ld, ld, dst, d + c, width);
        }
      } else if (count >= 4) {
        for (int i = 0; i < count; i += 4) {
          int c = Math.min(i, count - 4);
          Transpose4.pack(now, src, s + c * ld, ld, dst, d + c, width);
        }
      } else {
        for (int i = 0; i < count; i++) {
          packColumn(now, src, s + i * ld, dst, d + i, width);
        }
      }
    }
  }

  /** Packs one column: what is left over of the transpositions. */
  static void packColumn(int depth, float[] src, int s, float[] dst, int d, int width) {
    for (int p = 0; p < depth; p++) {
      dst[d + p * width] = src[s + p];
    }
  }

  @Override
  public void dots(
      int n, float[] x, int xOff, float[] y, int y0, int y1, int y2, int y3, float[] out) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = FloatVector.zero(S);
    FloatVector s10 = FloatVector.zero(S);
    FloatVector s11 = FloatVector.zero(S);
    FloatVector s20 = FloatVector.zero(S);
    FloatVector s21 = FloatVector.zero(S);
    FloatVector s30 = FloatVector.zero(S);
    FloatVector s31 = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      FloatVector v0 = FloatVector.fromArray(S, x, xOff + i);
      FloatVector v1 = FloatVector.fromArray(S, x, xOff + i + L);
      s00 = v0.fma(FloatVector.fromArray(S, y, y0 + i), s00);
      s01 = v1.fma(FloatVector.fromArray(S, y, y0 + i + L), s01);
      s10 = v0.fma(FloatVector.fromArray(S, y, y1 + i), s10);
      s11 = v1.fma(FloatVector.fromArray(S, y, y1 + i + L), s11);
      s20 = v0.fma(FloatVector.fromArray(S, y, y2 + i), s20);
      s21 = v1.fma(FloatVector.fromArray(S, y, y2 + i + L), s21);
      s30 = v0.fma(FloatVector.fromArray(S, y, y3 + i), s30);
      s31 = v1.fma(FloatVector.fromArray(S, y, y3 + i + L), s31);
    }
    if (i <= n - L) {
      FloatVector v0 = FloatVector.fromArray(S, x, xOff + i);
      s00 = v0.fma(FloatVector.fromArray(S, y, y0 + i), s00);
      s10 = v0.fma(FloatVector.fromArray(S, y, y1 + i), s10);
      s20 = v0.fma(FloatVector.fromArray(S, y, y2 + i), s20);
      s30 = v0.fma(FloatVector.fromArray(S, y, y3 + i), s30);
      i += L;
    }
    VectorSums.sums(s00.add(s01), s10.add(s11), s20.add(s21), s30.add(s31), out, 0);
    for (; i < n; i++) {
      float v = x[xOff + i];
      out[0] += v * y[y0 + i];
      out[1] += v * y[y1 + i];
      out[2] += v * y[y2 + i];
      out[3] += v * y[y3 + i];
    }
  }

  @Override
  public void dotTile(
      int n, float[] x, int xOff, float[] y, int y0, int y1, float[] sums, int sumsOff) {
    VectorDots.tile(n, x, xOff, y, y0, y1, sums, sumsOff);
  }

  @Override
  public void dotSums(float[] sums, int sumsOff, float[] out) {
    VectorDots.addLanes(sums, sumsOff, out);
  }

  @Override
  public void axpys(
      int n,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] x,
      int xOff,
      int ld,
      float[] y,
      int yOff) {
    FloatVector v0 = FloatVector.broadcast(S, a0);
    FloatVector v1 = FloatVector.broadcast(S, a1);
    FloatVector v2 = FloatVector.broadcast(S, a2);
    FloatVector v3 = FloatVector.broadcast(S, a3);
    int x1 = xOff + ld;
    int x2 = x1 + ld;
    int x3 = x2 + ld;
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector sum = FloatVector.fromArray(S, y, yOff + i);
      sum = FloatVector.fromArray(S, x, xOff + i).fma(v0, sum);
      sum = FloatVector.fromArray(S, x, x1 + i).fma(v1, sum);
      sum = FloatVector.fromArray(S, x, x2 + i).fma(v2, sum);
      sum = FloatVector.fromArray(S, x, x3 + i).fma(v3, sum);
      sum.intoArray(y, yOff + i);
    }
    for (; i < n; i++) {
      float sum = y[yOff + i] + a0 * x[xOff + i];
      sum += a1 * x[x1 + i];
      sum += a2 * x[x2 + i];
      sum += a3 * x[x3 + i];
      y[yOff + i] = sum;
    }
  }

  @Override
  public void axpy(int n, float a, float[] x, int xOff, float[] y, int yOff) {
    FloatVector v = FloatVector.broadcast(S, a);
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromArray(S, x, xOff + i)
          .fma(v, FloatVector.fromArray(S, y, yOff + i))
          .intoArray(y, yOff + i);
    }
    for (; i < n; i++) {
      y[yOff + i] += a * x[xOff + i];
    }
  }
}
