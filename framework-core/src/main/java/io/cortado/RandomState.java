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
  private final Counter trainingSteps = new Counter();
  private final Counter inferenceSteps = new Counter();
  private long seed;
  private long steps;
  private long inferences;
  private boolean training = true;
  private int ordinal;
  private boolean recording;
  private long stepsBefore; // the recording
  private boolean recordedAdvance;

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
    trainingSteps.forget();
    inferenceSteps.forget();
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
    if (recording) {
      if (!recordedAdvance) {
        backend.advance(trainingSteps.buffer(), null);
        recordedAdvance = true;
      }
      return trainingSteps.buffer();
    }
    return training ? trainingSteps.at(steps) : inferenceSteps.at(inferences);
  }

  /** Begins a recording, of a step that does not happen yet. */
  void beginRecording() {
    stepsBefore = steps;
    recordedAdvance = false;
    Buffer unused = trainingSteps.buffer(); // is there when the recording needs it
    recording = true;
  }

  void endRecording() {
    recording = false;
    steps = stepsBefore;
  }

  void beforeReplay() {
    if (recordedAdvance) {
      trainingSteps.at(steps);
    }
  }

  void afterReplay() {
    training = true;
    steps++;
    if (recordedAdvance) {
      trainingSteps.advanced();
    }
  }

  void close() {
    trainingSteps.close();
    inferenceSteps.close();
  }

  /** A step's number in device memory. */
  private final class Counter {

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int[] words = new int[2];
    private @Nullable Buffer buffer;
    private long value = UNKNOWN;

    Buffer buffer() {
      if (buffer == null) {
        buffer = backend.allocate(DType.INT32, words.length);
      }
      return buffer;
    }

    /** Returns the buffer, holding a number; the one that follows needs no copy to the device. */
    Buffer at(long number) {
      Buffer b = buffer();
      if (number == value + 1) {
        backend.advance(b, null);
      } else if (number != value) {
        words[0] = (int) number;
        words[1] = (int) (number >>> 32);
        backend.upload(words, 0, b, 0, words.length);
      }
      value = number;
      return b;
    }

    void advanced() {
      value++;
    }

    void forget() {
      value = UNKNOWN;
    }

    void close() {
      if (buffer != null) {
        backend.release(buffer);
        buffer = null;
      }
    }
  }
}
