package io.cortado.tck.reference;

import io.cortado.backend.spec.ConvSpec;
import org.jspecify.annotations.Nullable;

/** Convolution: one walk over all products, used for the output and for both gradients. */
public final class ReferenceConv {

  private ReferenceConv() {}

  /**
   * Gets the flat positions of an output element, and of an input element and a weight multiplied
   * for it.
   */
  private interface Product {
    void at(int y, int x, int w);
  }

  private static void forEachProduct(ConvSpec s, Product product) {
    int channels = s.c() / s.groups();
    int kernels = s.k() / s.groups();
    int y = 0;
    for (int n = 0; n < s.n(); n++) {
      for (int k = 0; k < s.k(); k++) {
        int firstChannel = k / kernels * channels;
        for (int i = 0; i < s.outH(); i++) {
          for (int j = 0; j < s.outW(); j++, y++) {
            for (int c = 0; c < channels; c++) {
              for (int r = 0; r < s.kernelH(); r++) {
                int row = i * s.strideH() - s.padH() + r * s.dilationH();
                for (int q = 0; q < s.kernelW(); q++) {
                  int col = j * s.strideW() - s.padW() + q * s.dilationW();
                  if (row >= 0 && row < s.h() && col >= 0 && col < s.w()) {
                    int x = ((n * s.c() + firstChannel + c) * s.h() + row) * s.w() + col;
                    int w = ((k * channels + c) * s.kernelH() + r) * s.kernelW() + q;
                    product.at(y, x, w);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /** Returns the output before the activation. */
  public static double[] sums(ConvSpec s, double[] x, double[] w, double @Nullable [] bias) {
    double[] y = new double[(int) s.outputShape().size()];
    int plane = s.outH() * s.outW();
    if (bias != null) {
      for (int i = 0; i < y.length; i++) {
        y[i] = bias[i / plane % s.k()];
      }
    }
    forEachProduct(s, (yi, xi, wi) -> y[yi] += x[xi] * w[wi]);
    return y;
  }

  /** Returns the output. */
  public static double[] forward(ConvSpec s, double[] x, double[] w, double @Nullable [] bias) {
    return ReferenceUnary.forward(s.activation(), sums(s, x, w, bias));
  }

  /** Returns the input's gradient; dy is the gradient before the activation. */
  public static double[] backwardData(ConvSpec s, double[] dy, double[] w) {
    double[] dx = new double[(int) s.inputShape().size()];
    forEachProduct(s, (yi, xi, wi) -> dx[xi] += dy[yi] * w[wi]);
    return dx;
  }

  /** Returns the weights' gradient; dy is the gradient before the activation. */
  public static double[] backwardFilter(ConvSpec s, double[] x, double[] dy) {
    double[] dw = new double[(int) s.weightShape().size()];
    forEachProduct(s, (yi, xi, wi) -> dw[wi] += dy[yi] * x[xi]);
    return dw;
  }
}
