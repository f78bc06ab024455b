package io.cortado.cpu.simd;

import org.jspecify.annotations.Nullable;

/** The loops of normalisations in plain Java: the twin of {@link VectorNormKernel}. */
final class ScalarNormKernel implements NormKernel {

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
    double sum = 0;
    double dot = 0;
    for (int i = 0; i < n; i++) {
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
    for (int i = 0; i < n; i++) {
      float v = gamma[go + i] * dy[dyo + i] * a + ((x[xo + i] - mean) * b + c);
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
    for (int r = 0; r < rows; r++) {
      float centre = mean == null ? 0 : mean[mo + r];
      for (int c = 0, at = r * stride; c < cols; c++, at++) {
        dots[doff + c] += (double) (x[xo + at] - centre) * invStd[io + r] * dy[dyo + at];
      }
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
    for (int image = 0; image < images; image++) {
      for (int c = 0, i = xo + image * stride; c < channels; c++) {
        double sum = 0;
        double squares = 0;
        for (int end = i + inner; i < end; i++) {
          double d = x[i] - shift[co + c];
          sum += d;
          squares += d * d;
        }
        sums[so + c] += sum;
        sums[qo + c] += squares;
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
    for (int image = 0; image < images; image++) {
      for (int c = 0, i = image * stride; c < channels; c++) {
        double sum = 0;
        double dot = 0;
        for (int end = i + inner; i < end; i++) {
          sum += dy[dyo + i];
          dot += (double) (x[xo + i] - centre[co + c]) * dy[dyo + i];
        }
        sums[so + c] += sum;
        sums[qo + c] += dot;
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
    for (int image = 0; image < images; image++) {
      for (int c = 0, i = image * stride; c < channels; c++) {
        for (int end = i + inner; i < end; i++) {
          y[yo + i] = (x[xo + i] - centre[co + c]) * scale[fo + c] + offset[fo + c];
        }
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
    for (int image = 0; image < images; image++) {
      for (int c = 0, i = image * stride; c < channels; c++) {
        for (int end = i + inner; i < end; i++) {
          float d = (x[xo + i] - centre[co + c]) * slope[fo + c] + offset[fo + c];
          float v = dy[dyo + i] * scale[fo + c] + d;
          dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
        }
      }
    }
  }
}
