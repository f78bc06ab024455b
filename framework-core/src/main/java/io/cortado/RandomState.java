package io.cortado;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.RecordingException;
import io.cortado.backend.spec.RandomKey;
import io.cortado.internal.DeviceCounter;
import org.jspecify.annotations.Nullable;

/**
 * Where a device is in its streams of random numbers.
 *
 * <p>Every recording step draws from {@link RandomStream#DROPOUT} at its own number; inference
 * steps draw from {@link RandomStream#INFERENCE}, so that evaluating never changes how training
 * goes on. Seed and both numbers are all that a checkpoint has to keep.
 */
public final class RandomState {

  /**
   * A place in the streams, within a step too.
   *
   * @param training whether the running step, or else the last, is one that records
   * @param ordinal how many runs of random numbers that step has named
   */
  public record Place(long seed, long steps, long inferences, boolean training, int ordinal) {}

  private final Backend backend;
  private @Nullable DeviceCounter trainingSteps;
  private @Nullable DeviceCounter inferenceSteps;
  private long seed;
  private long steps;
  private long inferences;
  private boolean training = true;
  private int ordinal;
  private @Nullable Replay recording;
  private long stepsBefore; // the recording

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

  /** Returns how many inference steps have begun since the seed was set. */
  public long inferences() {
    return inferences;
  }

  /**
   * Goes to a place in the streams before any inference step.
   *
   * <p>What was drawn before stays as it is, also where a backward pass draws it again.
   *
   * @param newSeed the seed
   * @param newSteps how many recording steps have been
   * @throws RecordingException if a step is being recorded, whose replays could not do the same
   */
  public void set(long newSeed, long newSteps) {
    set(newSeed, newSteps, 0);
  }

  /**
   * Goes to a place in the streams, as after loading a checkpoint.
   *
   * @param newSeed the seed
   * @param newSteps how many recording steps have been
   * @param newInferences how many inference steps have been
   * @throws RecordingException if a step is being recorded, whose replays could not do the same
   */
  public void set(long newSeed, long newSteps, long newInferences) {
    if (recording != null) {
      throw new RecordingException("seed: the random numbers of each replay would start anew");
    }
    seed = newSeed;
    steps = newSteps;
    inferences = newInferences;
    ordinal = 0;
    if (trainingSteps != null) {
      trainingSteps.forget();
    }
    if (inferenceSteps != null) {
      inferenceSteps.forget();
    }
  }

  void begin(boolean forTraining) {
    training = forTraining;
    ordinal = 0;
    if (forTraining) {
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

  /** Returns where the running step is, so that it can name the same runs again. */
  public Place place() {
    return new Place(seed, steps, inferences, training, ordinal);
  }

  /** Goes back to a place where the running step was, or on to one. */
  public void moveTo(Place place) {
    seed = place.seed();
    steps = place.steps();
    inferences = place.inferences();
    training = place.training();
    ordinal = place.ordinal();
  }

  /** Returns the running step's number, for {@link #step(long)}. */
  public long number() {
    return training ? steps : inferences;
  }

  /** Returns the device's copy of the running step's number, which {@link RandomKey} describes. */
  public Buffer step() {
    return step(number());
  }

  /**
   * Returns the device's copy of the number that the running step had at some point of it, so that
   * what was drawn there is drawn again whatever seed has been set since.
   */
  public Buffer step(long number) {
    if (recording != null) { // whose number is the device's affair, and does not change within it
      return recording.step();
    }
    DeviceCounter counter;
    if (training) {
      counter = trainingSteps = opened(trainingSteps);
    } else {
      counter = inferenceSteps = opened(inferenceSteps);
    }
    counter.moveTo(number);
    return counter.buffer();
  }

  /**
   * Begins a recording, of a step that does not happen yet.
   *
   * @return what each of its replays needs
   */
  StepGraph.HostPart beginRecording() {
    stepsBefore = steps;
    trainingSteps = opened(trainingSteps); // is there when the recording needs it
    Replay replay = new Replay(seed, trainingSteps);
    recording = replay;
    return replay;
  }

  void endRecording() {
    recording = null;
    steps = stepsBefore;
  }

  private DeviceCounter opened(@Nullable DeviceCounter counter) {
    return counter == null
        ? new DeviceCounter(backend, backend.allocate(DType.INT32, DeviceCounter.WORDS))
        : counter;
  }

  void close() {
    if (trainingSteps != null) {
      backend.release(trainingSteps.buffer());
      trainingSteps = null;
    }
    if (inferenceSteps != null) {
      backend.release(inferenceSteps.buffer());
      inferenceSteps = null;
    }
  }

  /** The random numbers of one recorded step. */
  private final class Replay implements StepGraph.HostPart {

    private final long recordedSeed;
    private final DeviceCounter counter;
    private boolean draws;

    Replay(long recordedSeed, DeviceCounter counter) {
      this.recordedSeed = recordedSeed;
      this.counter = counter;
    }

    /** Returns the step's number; the recorded step counts itself, once, if it draws at all. */
    Buffer step() {
      if (!draws) {
        counter.record(null);
        draws = true;
      }
      return counter.buffer();
    }

    @Override
    public boolean fits() {
      return seed == recordedSeed;
    }

    @Override
    public void beforeReplay() {
      if (draws) {
        counter.moveTo(steps);
      }
    }

    @Override
    public void afterReplay() {
      training = true;
      steps++;
      if (draws) {
        counter.advanced();
      }
    }
  }
}
