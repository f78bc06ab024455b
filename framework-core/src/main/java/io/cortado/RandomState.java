package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.RandomKey;
import org.jspecify.annotations.Nullable;

/**
 * Where a device is in its streams of random numbers.
 *
 * <p>Every recording step draws from {@link RandomStream#DROPOUT} at its own number; inference
 * steps draw from {@link RandomStream#INFERENCE}, so that evaluating never changes how training
 * goes on. Seed and number are all that a checkpoint has to keep.
 */
public final class RandomState {

  private final Backend backend;
  private final int[] words = new int[2];
  private @Nullable Buffer deviceStep;
  private long uploaded = -1;
  private long seed;
  private long steps;
  private long inferences;
  private boolean training = true;
  private int ordinal;

  RandomState(Backend backend) {
    this.backend = backend;
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns how many recording steps have begun since the seed was set. */
  public long steps() {
    return steps;
  }

  /**
   * Goes to a place in the streams, as after loading a checkpoint.
   *
   * @param newSeed the seed
   * @param newSteps how many recording steps have been
   */
  public void set(long newSeed, long newSteps) {
    seed = newSeed;
    steps = newSteps;
    inferences = 0;
    ordinal = 0;
    uploaded = -1;
  }

  void begin(boolean recording) {
    training = recording;
    ordinal = 0;
    if (recording) {
      steps++;
    } else {
      inferences++;
    }
  }

  /** Names the next run of random numbers of the running step. */
  public RandomKey next() {
    RandomStream stream = training ? RandomStream.DROPOUT : RandomStream.INFERENCE;
    return new RandomKey(seed, stream.id(), ordinal++);
  }

  /** Returns the device's copy of the running step's number, which {@link RandomKey} describes. */
  public Buffer step() {
    if (deviceStep == null) {
      deviceStep = backend.allocate(DType.INT32, 2);
    }
    long step = training ? steps : inferences;
    if (step != uploaded) {
      words[0] = (int) step;
      words[1] = (int) (step >>> 32);
      backend.upload(words, 0, deviceStep, 0, 2);
      uploaded = step;
    }
    return deviceStep;
  }

  void close() {
    if (deviceStep != null) {
      backend.release(deviceStep);
      deviceStep = null;
    }
  }
}
