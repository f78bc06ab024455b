package io.cortado.data;

import io.cortado.Device;

/**
 * Makes batches of a data set, ahead of the loop that uses them.
 *
 * <pre>{@code
 * DataLoader loader = DataLoader.of(train).batchSize(128).shuffle(42).dropLast(true);
 * for (int epoch = 0; epoch < 5; epoch++) {
 *   try (Epoch batches = loader.epoch(device, epoch)) {
 *     for (Batch batch : batches) { ... }
 *   }
 * }
 * }</pre>
 *
 * <p>A loader is immutable: each setting returns another one. Order and contents of the batches
 * depend on the settings and the epoch's number alone, neither on timing nor on {@link #prefetch}.
 */
public final class DataLoader implements BatchSource {

  private final Dataset dataset;
  private final int batchSize;
  private final boolean shuffle;
  private final long seed;
  private final boolean dropLast;
  private final int prefetch;

  private DataLoader(
      Dataset dataset, int batchSize, boolean shuffle, long seed, boolean dropLast, int prefetch) {
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.seed = seed;
    this.dropLast = dropLast;
    this.prefetch = prefetch;
  }

  /**
   * Makes a loader of batches of 32 samples in the set's order, two made ahead.
   *
   * @throws IllegalArgumentException if the set is empty
   */
  public static DataLoader of(Dataset dataset) {
    if (dataset.size() <= 0) {
      throw new IllegalArgumentException("the data set has no samples: " + dataset);
    }
    return new DataLoader(dataset, 32, false, 0, false, 2);
  }

  /**
   * Sets how many samples a batch has.
   *
   * @throws IllegalArgumentException if it is not positive, or so large that a field's batch
   *     exceeds an array
   */
  public DataLoader batchSize(int samples) {
    if (samples <= 0) {
      throw new IllegalArgumentException("batchSize: must be at least 1, but is " + samples);
    }
    for (Field f : dataset.fields()) {
      if ((long) samples * f.size() > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "batchSize: "
                + samples
                + " samples of field "
                + f.name()
                + " of shape "
                + f.shape()
                + " exceed 2^31 elements");
      }
    }
    return new DataLoader(dataset, samples, shuffle, seed, dropLast, prefetch);
  }

  /**
   * Orders the samples at random, anew in each epoch; the seed is that of random transforms too.
   */
  public DataLoader shuffle(long newSeed) {
    return new DataLoader(dataset, batchSize, true, newSeed, dropLast, prefetch);
  }

  /** Returns the seed of order and random transforms. */
  public long seed() {
    return seed;
  }

  /** Sets the seed of random transforms without changing whether samples are shuffled. */
  public DataLoader seed(long newSeed) {
    return new DataLoader(dataset, batchSize, shuffle, newSeed, dropLast, prefetch);
  }

  /** Says whether a last batch of fewer samples is left out. */
  public DataLoader dropLast(boolean drop) {
    return new DataLoader(dataset, batchSize, shuffle, seed, drop, prefetch);
  }

  /**
   * Sets how many batches are made ahead, each by a thread of its own.
   *
   * @param batches 0 for none: each is then made when it is asked for, by the asking thread
   * @throws IllegalArgumentException if it is negative or above 64
   */
  public DataLoader prefetch(int batches) {
    if (batches < 0 || batches > 64) {
      throw new IllegalArgumentException("prefetch: must be 0 to 64, but is " + batches);
    }
    return new DataLoader(dataset, batchSize, shuffle, seed, dropLast, batches);
  }

  /** Returns the set. */
  public Dataset dataset() {
    return dataset;
  }

  /** Returns how many samples a batch has. */
  public int batchSize() {
    return batchSize;
  }

  /** Returns the number of batches of an epoch. */
  public int batches() {
    int whole = dataset.size() / batchSize;
    return dropLast || dataset.size() % batchSize == 0 ? whole : whole + 1;
  }

  @Override
  public int batches(int epoch) {
    return batches();
  }

  @Override
  public int samples(int epoch) {
    return samples();
  }

  /** Returns the number of samples of an epoch. */
  public int samples() {
    return dropLast ? dataset.size() - dataset.size() % batchSize : dataset.size();
  }

  /** Starts an epoch. See {@link #epoch(Device, int, int)}. */
  public Epoch epoch(Device device, int epoch) {
    return epoch(device, epoch, 0);
  }

  /**
   * Starts an epoch at one of its batches, as a resumed run does.
   *
   * @param device where the batches' tensors are made; the epoch is used by the device's thread
   * @param epoch the epoch's number, from 0
   * @param fromBatch the first batch; the number of batches for none
   * @throws IllegalArgumentException if there is no such batch, or {@link #dropLast} leaves none at
   *     all
   */
  @Override
  public Epoch epoch(Device device, int epoch, int fromBatch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch: must not be negative, but is " + epoch);
    }
    if (batches() == 0) {
      throw new IllegalArgumentException(
          "dropLast leaves no batch: the set has "
              + dataset.size()
              + " samples and a batch "
              + batchSize
              + "; make batches smaller, or keep the last");
    }
    if (fromBatch < 0 || fromBatch > batches()) {
      throw new IllegalArgumentException(
          "epoch: there is no batch " + fromBatch + " to start from; there are " + batches());
    }
    EpochPlan plan = new EpochPlan(dataset.size(), batchSize, shuffle, dropLast, seed, epoch);
    return new Epoch(device, dataset, batchSize, prefetch, plan, fromBatch);
  }

  @Override
  public String toString() {
    return batches()
        + " batches of "
        + batchSize
        + (shuffle ? ", shuffled, of " : " of ")
        + dataset;
  }
}
