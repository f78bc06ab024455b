package io.cortado.cpu.simd;

import static io.cortado.cpu.simd.Lanes.LENGTH;
import static io.cortado.cpu.simd.Lanes.SPECIES;
import static io.cortado.cpu.simd.SimdReduce.HAS_16;
import static io.cortado.cpu.simd.SimdReduce.HAS_8;
import static io.cortado.cpu.simd.SimdReduce.SWAP_1;
import static io.cortado.cpu.simd.SimdReduce.SWAP_2;
import static io.cortado.cpu.simd.SimdReduce.SWAP_4;
import static io.cortado.cpu.simd.SimdReduce.SWAP_8;
import static io.cortado.cpu.simd.SimdReduce.WIDE;
import static io.cortado.cpu.simd.SimdReduce.lower;
import static io.cortado.cpu.simd.SimdReduce.upper;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * The loops of normalisations by the Vector API: of rows here, of channels in {@link VectorRuns},
 * or {@link VectorColumns} where a channel has one element in each image.
 *
 * <p>Bound by loads.
 */
final class VectorNormKernel implements NormKernel {

  private static final int HALF = WIDE.length();

  private static final int ROWS = 4;

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  @Override
  public void rowSums(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] gamma,
      int go,
      float[] dy,
      int dyo,
      double[] sums) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector d0 = s0;
    FloatVector d1 = s0;
    int i = 0;
    for (int end = n - 2 * LENGTH; i <= end; i += 2 * LENGTH) {
      FloatVector u0 = load(gamma, go + i).mul(load(dy, dyo + i));
      FloatVector u1 = load(gamma, go + i + LENGTH).mul(load(dy, dyo + i + LENGTH));
      s0 = s0.add(u0);
      s1 = s1.add(u1);
      d0 = load(x, xo + i).sub(mean).fma(u0, d0);
      d1 = load(x, xo + i + LENGTH).sub(mean).fma(u1, d1);
    }
    for (int end = n - LENGTH; i <= end; i += LENGTH) {
      FloatVector u = load(gamma, go + i).mul(load(dy, dyo + i));
      s0 = s0.add(u);
      d0 = load(x, xo + i).sub(mean).fma(u, d0);
    }
    FloatVector s = s0.add(s1);
    s = s.add(s.rearrange(SWAP_8), HAS_16);
    s = s.add(s.rearrange(SWAP_4), HAS_8);
    s = s.add(s.rearrange(SWAP_2));
    double sum = s.add(s.rearrange(SWAP_1)).lane(0);
    FloatVector d = d0.add(d1);
    d = d.add(d.rearrange(SWAP_8), HAS_16);
    d = d.add(d.rearrange(SWAP_4), HAS_8);
    d = d.add(d.rearrange(SWAP_2));
    double dot = d.add(d.rearrange(SWAP_1)).lane(0);
    for (; i < n; i++) {
      double up = (double) gamma[go + i] * dy[dyo + i];
      sum += up;
      dot += up * (x[xo + i] - mean);
    }
    sums[0] += sum;
    sums[1] += dot;
  }

  @Override
  public void rowGradient(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] gamma,
      int go,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo) {
    VectorMask<Float> add = SPECIES.maskAll(beta != 0f);
    FloatVector va = FloatVector.broadcast(SPECIES, a);
    FloatVector vb = FloatVector.broadcast(SPECIES, b);
    FloatVector vc = FloatVector.broadcast(SPECIES, c);
    int i = 0;
    for (int end = SPECIES.loopBound(n); i < end; i += LENGTH) {
      FloatVector u = load(gamma, go + i).mul(load(dy, dyo + i));
      FloatVector v = u.fma(va, load(x, xo + i).sub(mean).fma(vb, vc));
      v.add(FloatVector.fromArray(SPECIES, dx, dxo + i, add)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = Math.fma(gamma[go + i] * dy[dyo + i], a, Math.fma(x[xo + i] - mean, b, c));
      dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
    }
  }

  @Override
  public void addRows(
      int rows,
      int cols,
      int stride,
      float[] x,
      int xo,
      float @Nullable [] mean,
      int mo,
      float[] invStd,
      int io,
      float[] dy,
      int dyo,
      double[] dots,
      int doff) {
    int r = 0;
    for (; r + ROWS <= rows; r += ROWS) {
      fourRows(
          cols,
          stride,
          x,
          xo + r * stride,
          mean == null ? 0 : mean[mo + r],
          mean == null ? 0 : mean[mo + r + 1],
          mean == null ? 0 : mean[mo + r + 2],
          mean == null ? 0 : mean[mo + r + 3],
          invStd,
          io + r,
          dy,
          dyo + r * stride,
          dots,
          doff);
    }
    for (; r < rows; r++) {
      float centre = mean == null ? 0 : mean[mo + r];
      oneRow(cols, x, xo + r * stride, centre, invStd[io + r], dy, dyo + r * stride, dots, doff);
    }
  }

  private static void fourRows(
      int cols,
      int stride,
      float[] x,
      int xo,
      float m0,
      float m1,
      float m2,
      float m3,
      float[] invStd,
      int io,
      float[] dy,
      int dyo,
      double[] dots,
      int doff) {
    FloatVector c0 = FloatVector.broadcast(SPECIES, m0);
    FloatVector i0 = FloatVector.broadcast(SPECIES, invStd[io]);
    FloatVector c1 = FloatVector.broadcast(SPECIES, m1);
    FloatVector i1 = FloatVector.broadcast(SPECIES, invStd[io + 1]);
    FloatVector c2 = FloatVector.broadcast(SPECIES, m2);
    FloatVector i2 = FloatVector.broadcast(SPECIES, invStd[io + 2]);
    FloatVector c3 = FloatVector.broadcast(SPECIES, m3);
    FloatVector i3 = FloatVector.broadcast(SPECIES, invStd[io + 3]);
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      FloatVector u0 = load(dy, dyo + c);
      FloatVector u1 = load(dy, dyo + c + stride);
      FloatVector u2 = load(dy, dyo + c + 2 * stride);
      FloatVector u3 = load(dy, dyo + c + 3 * stride);
      FloatVector d0 = load(x, xo + c).sub(c0).mul(i0).mul(u0);
      FloatVector d2 = load(x, xo + c + 2 * stride).sub(c2).mul(i2).mul(u2);
      d0 = load(x, xo + c + stride).sub(c1).mul(i1).fma(u1, d0);
      d2 = load(x, xo + c + 3 * stride).sub(c3).mul(i3).fma(u3, d2);
      d0 = d0.add(d2);
      DoubleVector.fromArray(WIDE, dots, doff + c).add(lower(d0)).intoArray(dots, doff + c);
      DoubleVector.fromArray(WIDE, dots, doff + c + HALF)
          .add(upper(d0))
          .intoArray(dots, doff + c + HALF);
    }
    for (; c < cols; c++) {
      float u0 = dy[dyo + c];
      float u1 = dy[dyo + c + stride];
      float u2 = dy[dyo + c + 2 * stride];
      float u3 = dy[dyo + c + 3 * stride];
      double d0 = (double) ((x[xo + c] - m0) * invStd[io]) * u0;
      double d1 = (double) ((x[xo + c + stride] - m1) * invStd[io + 1]) * u1;
      double d2 = (double) ((x[xo + c + 2 * stride] - m2) * invStd[io + 2]) * u2;
      double d3 = (double) ((x[xo + c + 3 * stride] - m3) * invStd[io + 3]) * u3;
      dots[doff + c] += d0 + d1 + (d2 + d3);
    }
  }

  private static void oneRow(
      int cols,
      float[] x,
      int xo,
      float mean,
      float inverse,
      float[] dy,
      int dyo,
      double[] dots,
      int doff) {
    FloatVector i = FloatVector.broadcast(SPECIES, inverse);
    int c = 0;
    for (int end = SPECIES.loopBound(cols); c < end; c += LENGTH) {
      FloatVector u = load(dy, dyo + c);
      FloatVector d = load(x, xo + c).sub(mean).mul(i).mul(u);
      DoubleVector.fromArray(WIDE, dots, doff + c).add(lower(d)).intoArray(dots, doff + c);
      DoubleVector.fromArray(WIDE, dots, doff + c + HALF)
          .add(upper(d))
          .intoArray(dots, doff + c + HALF);
    }
    for (; c < cols; c++) {
      dots[doff + c] += (double) ((x[xo + c] - mean) * inverse) * dy[dyo + c];
    }
  }

  @Override
  public void moments(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] shift,
      int co,
      double[] sums,
      int so,
      int qo) {
    if (inner == 1) {
      VectorColumns.moments(images, channels, stride, x, xo, shift, co, sums, so, qo);
      return;
    }
    for (int image = 0; image < images; image++) {
      int at = xo + image * stride;
      if (inner <= VectorOps.MAX_RUN) {
        VectorRuns.moments(channels, inner, x, at, shift, co, sums, so, qo);
        continue;
      }
      for (int c = 0; c < channels; c++, at += inner) {
        for (int i = 0; i < inner; i += VectorOps.MAX_RUN) {
          int n = Math.min(VectorOps.MAX_RUN, inner - i);
          VectorRuns.moments(1, n, x, at + i, shift, co + c, sums, so + c, qo + c);
        }
      }
    }
  }

  @Override
  public void channelSums(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      double[] sums,
      int so,
      int qo) {
    if (inner == 1) {
      VectorColumns.sums(images, channels, stride, x, xo, centre, co, dy, dyo, sums, so, qo);
      return;
    }
    for (int image = 0; image < images; image++) {
      int at = image * stride;
      if (inner <= VectorOps.MAX_RUN) {
        VectorRuns.sums(channels, inner, x, xo + at, centre, co, dy, dyo + at, sums, so, qo);
        continue;
      }
      for (int c = 0; c < channels; c++, at += inner) {
        for (int i = 0; i < inner; i += VectorOps.MAX_RUN) {
          int n = Math.min(VectorOps.MAX_RUN, inner - i);
          VectorRuns.sums(
              1, n, x, xo + at + i, centre, co + c, dy, dyo + at + i, sums, so + c, qo + c);
        }
      }
    }
  }

  @Override
  public void normalizeChannels(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] scale,
      float[] offset,
      int fo,
      float[] y,
      int yo) {
    for (int image = 0, at = 0; image < images; image++, at += stride) {
      int i = xo + at;
      int o = yo + at;
      if (inner == 1) {
        VectorColumns.normalize(channels, x, i, centre, co, scale, offset, fo, y, o);
      } else {
        VectorRuns.normalize(channels, inner, x, i, centre, co, scale, offset, fo, y, o);
      }
    }
  }

  @Override
  public void channelGradient(
      int images,
      int channels,
      int inner,
      int stride,
      float[] x,
      int xo,
      float[] centre,
      int co,
      float[] dy,
      int dyo,
      float[] scale,
      float[] slope,
      float[] offset,
      int fo,
      float beta,
      float[] dx,
      int dxo) {
    for (int image = 0, at = 0; image < images; image++, at += stride) {
      int i = xo + at;
      int u = dyo + at;
      int o = dxo + at;
      if (inner == 1) {
        VectorColumns.gradient(
            channels, x, i, centre, co, dy, u, scale, slope, offset, fo, beta, dx, o);
      } else {
        VectorRuns.gradient(
            channels, inner, x, i, centre, co, dy, u, scale, slope, offset, fo, beta, dx, o);
      }
    }
  }
}
