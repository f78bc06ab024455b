package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.nn.init.Initializers;
import io.cortado.pointwise.Pointwise;
import java.util.Arrays;

/**
 * {@code x} where positive, else {@code weight x} with a learned slope, one for all or one for each
 * channel.
 *
 * <p>Input and output {@code [N, C, ...]}; the weight is {@code [1]} or {@code [C]}, at first 0.25.
 *
 * @see <a href="https://arxiv.org/abs/1502.01852">He et al., "Delving Deep into Rectifiers"
 *     (2015)</a>
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html">torch.nn.PReLU</a>
 */
public final class PReLU extends Layer {

  private static final Pointwise FUNCTION =
      Pointwise.of("prelu", (x, w) -> x.le(0).where(Activations.negative(x).mul(w), x));

  private final int count;
  private final Parameter weight;

  /** Makes a layer of one slope. */
  public PReLU() {
    this(1, 0.25);
  }

  /**
   * Makes a layer.
   *
   * @param numParameters 1, or the extent of axis 1
   * @param init the first slope
   * @throws IllegalArgumentException if there is no slope
   */
  public PReLU(int numParameters, double init) {
    if (numParameters < 1) {
      throw new IllegalArgumentException(
          "prelu: " + numParameters + " parameters; give 1, or one for each channel");
    }
    count = numParameters;
    weight = parameter("weight", Shape.of(numParameters), Initializers.constant((float) init));
  }

  /** Returns the slopes. */
  public Parameter weight() {
    return weight;
  }

  @Override
  public Tensor forward(Tensor x) {
    Shape s = x.shape();
    if (count == 1) {
      return FUNCTION.apply(x, weight.value());
    }
    int channels = s.rank() < 2 ? 1 : s.dim(1);
    if (channels != count) {
      throw new IllegalArgumentException(
          "prelu: input %s has %d channels, the layer was made for %d"
              .formatted(s, channels, count));
    }
    int[] dims = new int[s.rank() - 1]; // from the channels on
    Arrays.fill(dims, 1);
    dims[0] = count;
    return FUNCTION.apply(x, weight.value().reshape(dims));
  }

  @Override
  public String toString() {
    return "PReLU(" + count + ")";
  }
}
