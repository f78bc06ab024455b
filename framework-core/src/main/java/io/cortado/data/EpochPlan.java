package io.cortado.data;

import io.cortado.Philox;
import io.cortado.RandomStream;
import org.jspecify.annotations.Nullable;

/** Which samples an epoch's batches consist of. */
final class EpochPlan {

  private final long seed;
  private final int epoch;
  private final int samples;
  private final int batchSize;
  private final int @Nullable [] order;
  private volatile boolean cancelled;

  EpochPlan(int size, int batchSize, boolean shuffle, boolean dropLast, long seed, int epoch) {
    this.seed = seed;
    this.epoch = epoch;
    this.batchSize = batchSize;
    samples = dropLast ? size - size % batchSize : size;
    if (shuffle) {
      order = new int[size];
      new Philox(seed, RandomStream.SHUFFLE, 0, epoch).permutation(order);
    } else {
      order = null;
    }
  }

  long seed() {
    return seed;
  }

  int epoch() {
    return epoch;
  }

  int batches() {
    return (int) (((long) samples + batchSize - 1) / batchSize);
  }

  /** Returns the position of a batch's first sample; of the number of batches, the end. */
  int start(int batch) {
    return (int) Math.min((long) batch * batchSize, samples);
  }

  /** Returns the index in the set of the sample at a position. */
  int sample(int position) {
    return order == null ? position : order[position];
  }

  /** Says that no more samples are wanted. */
  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }
}
