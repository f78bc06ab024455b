package io.cortado.nn;

import io.cortado.Tensor;
import io.cortado.autograd.LocalResponse;

/**
 * Divides by what neighbouring channels respond: {@code y = x / (k + alpha / size * s)^beta}, s
 * being the sum of the squares in a window of channels.
 *
 * <p>Input and output are {@code [N, C]} or {@code [N, C, ...]}.
 *
 * @see <a href="https://papers.nips.cc/paper/4824">Krizhevsky, Sutskever and Hinton, ImageNet
 *     Classification with Deep Convolutional Neural Networks (2012)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html">torch.nn.LocalResponseNorm</a>
 */
public final class LocalResponseNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param alpha factor of the mean square
   * @param beta the exponent
   * @param k added to the mean square
   */
  public record Options(double alpha, double beta, double k) {

    /** PyTorch's defaults. AlexNet's are 1e-4, 0.75 and 2. */
    public static final Options DEFAULTS = new Options(1e-4, 0.75, 1);
  }

  private final int size;
  private final Options options;

  /**
   * Makes a layer.
   *
   * @param size channels in a window
   * @throws IllegalArgumentException if there is none
   */
  public LocalResponseNorm(int size, Options options) {
    if (size < 1) {
      throw new IllegalArgumentException(
          "localResponseNorm: a window of " + size + " channels; at least 1 is needed");
    }
    this.size = size;
    this.options = options;
  }

  /** Returns how many channels a window has. */
  public int size() {
    return size;
  }

  /** Returns the options. */
  public Options options() {
    return options;
  }

  @Override
  public Tensor forward(Tensor x) {
    return LocalResponse.localResponseNorm(
        x, size, (float) options.alpha(), (float) options.beta(), (float) options.k());
  }

  @Override
  public String toString() {
    return "LocalResponseNorm(" + size + ")";
  }
}
