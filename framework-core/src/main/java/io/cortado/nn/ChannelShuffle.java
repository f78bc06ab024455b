package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;

/**
 * Channels of several groups dealt out in turn (Zhang et al., "ShuffleNet", 2018).
 *
 * <p>Input and output {@code [N, C, ...]}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html">torch.nn.ChannelShuffle</a>
 */
public final class ChannelShuffle extends Layer {

  private final int groups;

  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if there is no group
   */
  public ChannelShuffle(int groups) {
    if (groups < 1) {
      throw new IllegalArgumentException(
          "channelShuffle: " + groups + " groups; at least 1 is needed");
    }
    this.groups = groups;
  }

  /** Returns how many groups the channels fall into. */
  public int groups() {
    return groups;
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if there is no channel axis, or the channels do not fall into
   *     the groups
   */
  @Override
  public Tensor forward(Tensor x) {
    Shape s = x.shape();
    if (s.rank() < 3 || s.dim(1) % groups != 0) {
      throw new IllegalArgumentException(
          "channelShuffle: input %s and %d groups: give [N, C, ...] with C a multiple of the groups"
              .formatted(s, groups));
    }
    int inner = Math.toIntExact(s.product(2, s.rank()));
    return x.reshape(s.dim(0), groups, s.dim(1) / groups, inner)
        .transpose(1, 2)
        .reshape(s.toArray());
  }

  @Override
  public String toString() {
    return "ChannelShuffle(" + groups + ")";
  }
}
