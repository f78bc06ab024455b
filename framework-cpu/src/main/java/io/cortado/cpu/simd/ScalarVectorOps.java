package io.cortado.cpu.simd;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.BinaryOp;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.UnaryOp;
import org.jspecify.annotations.Nullable;

/** The loops without the Vector API; the compiler vectorises the simpler ones by itself. */
final class ScalarVectorOps implements VectorOps {

  @Override
  public String description() {
    return "scalar loops";
  }

  @Override
  public void unary(UnaryOp op, int n, float[] x, int xo, float[] y, int yo) {
    ScalarUnary.apply(op, n, x, xo, y, yo);
  }

  @Override
  public void unaryBackward(
      UnaryOp op,
      int n,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float beta,
      float[] dx,
      int dxo) {
    ScalarUnary.backward(op, n, x, xo, y, yo, dy, dyo, beta, dx, dxo);
  }

  @Override
  public void binary(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float beta, float[] out, int oo) {
    ScalarLinear.binary(op, n, a, ao, b, bo, beta, out, oo);
  }

  @Override
  public void binaryScalar(
      BinaryOp op, int n, float[] a, int ao, float b, float beta, float[] out, int oo) {
    ScalarLinear.binaryScalar(op, n, a, ao, b, beta, out, oo);
  }

  @Override
  public void scalarBinary(
      BinaryOp op, int n, float a, float[] b, int bo, float beta, float[] out, int oo) {
    ScalarLinear.scalarBinary(op, n, a, b, bo, beta, out, oo);
  }

  @Override
  public void axpby(int n, float alpha, float[] x, int xo, float beta, float[] y, int yo) {
    ScalarLinear.axpby(n, alpha, x, xo, beta, y, yo);
  }

  @Override
  public double sum(int n, float[] x, int xo) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += x[xo + i];
      s1 += x[xo + i + 1];
      s2 += x[xo + i + 2];
      s3 += x[xo + i + 3];
    }
    for (; i < n; i++) {
      s0 += x[xo + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public double dot(int n, float[] x, int xo, float[] y, int yo) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += (double) x[xo + i] * y[yo + i];
      s1 += (double) x[xo + i + 1] * y[yo + i + 1];
      s2 += (double) x[xo + i + 2] * y[yo + i + 2];
      s3 += (double) x[xo + i + 3] * y[yo + i + 3];
    }
    for (; i < n; i++) {
      s0 += (double) x[xo + i] * y[yo + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public void addRows(int rows, int cols, float[] x, int xo, int stride, double[] sums, int so) {
    for (int r = 0; r < rows; r++) {
      int o = xo + r * stride;
      for (int c = 0; c < cols; c++) {
        sums[so + c] += x[o + c];
      }
    }
  }

  @Override
  public void addRuns(int runs, int n, float[] x, int xo, double[] sums, int so) {
    for (int r = 0; r < runs; r++) {
      sums[so + r] += sum(n, x, xo + r * n);
    }
  }

  @Override
  public float max(int n, float[] x, int xo) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  @Override
  public double expSum(int n, float[] x, int xo, float shift, float[] y, int yo) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float e = ScalarMath.exp(x[xo + i] - shift);
      y[yo + i] = e;
      sum += e;
    }
    return sum;
  }

  @Override
  public double sumExp(int n, float[] x, int xo, float shift) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += ScalarMath.exp(x[xo + i] - shift);
    }
    return sum;
  }

  @Override
  public void softmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    for (int i = 0; i < n; i++) {
      float v = y[yo + i] * (dy[dyo + i] - s);
      dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
    }
  }

  @Override
  public void logSoftmaxBackward(
      int n, float[] y, int yo, float[] dy, int dyo, float s, float beta, float[] dx, int dxo) {
    for (int i = 0; i < n; i++) {
      float v = dy[dyo + i] - s * ScalarMath.exp(y[yo + i]);
      dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
    }
  }

  @Override
  public double sumSquaredDeviations(int n, float[] x, int xo, float mean) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double d = x[xo + i] - mean;
      sum += d * d;
    }
    return sum;
  }

  @Override
  public double dotDeviations(int n, float[] x, int xo, float mean, float[] dy, int dyo) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) (x[xo + i] - mean) * dy[dyo + i];
    }
    return sum;
  }

  @Override
  public void normalize(
      int n, float[] x, int xo, float mean, float scale, float shift, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = (x[xo + i] - mean) * scale + shift;
    }
  }

  @Override
  public float normalizeAndMax(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float shift,
      float[] y,
      int yo,
      float[] next,
      int no) {
    normalize(n, x, xo, mean, scale, shift, y, yo);
    return max(n, next, no);
  }

  @Override
  public int indexOf(float value, int n, float[] x, int xo) {
    for (int i = 0; i < n; i++) {
      float v = x[xo + i];
      if (v == value || Float.isNaN(v)) {
        return i;
      }
    }
    return 0;
  }

  @Override
  public int squareSide() {
    return MAX_SQUARE;
  }

  @Override
  public void transpose(float[] x, int xo, int[] from, float beta, float[] y, int yo, int[] to) {
    for (int j = 0; j < MAX_SQUARE; j++) {
      int out = yo + to[j];
      for (int i = 0; i < MAX_SQUARE; i++) {
        float value = x[xo + from[i] + j];
        y[out + i] = beta == 0 ? value : value + y[out + i];
      }
    }
  }

  @Override
  public void normalize(
      int n,
      float[] x,
      int xo,
      float mean,
      float scale,
      float offset,
      float[] gamma,
      int go,
      float[] shift,
      int so,
      float[] y,
      int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ((x[xo + i] - mean) * scale + offset) * gamma[go + i] + shift[so + i];
    }
  }

  @Override
  public void normalizeBackward(
      int n,
      float[] x,
      int xo,
      float mean,
      float[] dy,
      int dyo,
      float a,
      float b,
      float c,
      float beta,
      float[] dx,
      int dxo) {
    for (int i = 0; i < n; i++) {
      float v = a * dy[dyo + i] + (b * (x[xo + i] - mean) + c);
      dx[dxo + i] = beta == 0 ? v : v + dx[dxo + i];
    }
  }

  @Override
  public void philox(
      int key0,
      int key1,
      int counter0,
      int counter1,
      int counter2,
      int counter3,
      int blocks,
      int[] out) {
    ScalarPhilox.words(key0, key1, counter0, counter1, counter2, counter3, 0, blocks, out);
  }

  @Override
  public double pointwiseLoss(
      PointwiseLossSpec.Kind kind,
      int n,
      float[] x,
      int xo,
      float[] target,
      int to,
      float @Nullable [] weight,
      int wo,
      float @Nullable [] posWeight,
      int po,
      float @Nullable [] loss,
      int lo,
      float scale,
      float @Nullable [] grad,
      int go,
      float[] scratch) {
    return ScalarLoss.apply(
        kind, n, x, xo, target, to, weight, wo, posWeight, po, loss, lo, scale, grad, go);
  }

  @Override
  public void sgd(
      SgdSpec spec,
      float lr,
      boolean first,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float @Nullable [] momentum,
      int mo) {
    float decay = spec.weightDecay();
    if (momentum == null) {
      for (int i = 0; i < n; i++) {
        float p = param[po + i];
        param[po + i] = p - lr * (grad[go + i] + decay * p);
      }
      return;
    }
    float keep = spec.momentum();
    float take = first ? 1f : 1f - spec.dampening();
    for (int i = 0; i < n; i++) {
      float p = param[po + i];
      float g = grad[go + i] + decay * p;
      float d = first ? g : keep * momentum[mo + i] + take * g;
      momentum[mo + i] = d;
      param[po + i] = p - lr * (spec.nesterov() ? g + keep * d : d);
    }
  }

  @Override
  public void adam(
      AdamSpec spec,
      float stepSize,
      float invSqrtCorrection2,
      float decayFactor,
      int n,
      float[] param,
      int po,
      float[] grad,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo) {
    float shrink = spec.decoupled() ? decayFactor : 1f;
    float penalty = spec.decoupled() ? 0f : spec.weightDecay();
    float keep1 = (float) spec.beta1();
    float take1 = (float) (1 - spec.beta1());
    float keep2 = (float) spec.beta2();
    float take2 = (float) (1 - spec.beta2());
    for (int i = 0; i < n; i++) {
      float p = param[po + i];
      float g = grad[go + i] + penalty * p;
      float m1 = keep1 * m[mo + i] + take1 * g;
      float v1 = keep2 * v[vo + i] + take2 * (g * g);
      m[mo + i] = m1;
      v[vo + i] = v1;
      float denominator = (float) Math.sqrt(v1) * invSqrtCorrection2 + spec.eps();
      param[po + i] = p * shrink - stepSize * m1 / denominator;
    }
  }

  @Override
  public void keepFrom(
      long threshold,
      int n,
      int[] words,
      float scale,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    for (int i = 0; i < n; i++) {
      float v = Integer.toUnsignedLong(words[i]) >= threshold ? x[xo + i] * scale : 0f;
      y[yo + i] = beta == 0 ? v : v + y[yo + i];
    }
  }
}
