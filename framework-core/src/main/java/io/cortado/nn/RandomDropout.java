package io.cortado.nn;

import io.cortado.Tensor;

/** What the layers that drop at random have in common: they do nothing in eval mode. */
abstract sealed class RandomDropout extends Layer
    permits AlphaDropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout {

  private final float p;

  RandomDropout(double p) {
    Dropout.checkProbability(p);
    this.p = (float) p;
  }

  /** Drops. */
  abstract Tensor drop(Tensor x, float probability);

  @Override
  public final Tensor forward(Tensor x) {
    return isTraining() && p > 0 ? drop(x, p) : x;
  }

  /** Returns how many axes tell a channel of a batch, or of a single sample of so many axes. */
  final int channelAxes(Tensor x, int sampleRank, int... batchRanks) {
    int rank = x.shape().rank();
    for (int r : batchRanks) {
      if (rank == r) {
        return 2;
      }
    }
    if (rank != sampleRank) {
      throw new IllegalArgumentException(
          "%s: input %s has %d axes; %d are needed, a batch, channels and places%s"
              .formatted(
                  getClass().getSimpleName(),
                  x.shape(),
                  rank,
                  batchRanks[0],
                  sampleRank > 0 ? ", or " + sampleRank + " without the batch" : ""));
    }
    return 1;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "(" + p + ")";
  }
}
