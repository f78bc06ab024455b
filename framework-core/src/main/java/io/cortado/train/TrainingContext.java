package io.cortado.train;

import io.cortado.Device;
import io.cortado.StepGraph;
import io.cortado.nn.Module;
import io.cortado.optim.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a training is, for its callbacks. */
public final class TrainingContext {

  private final Module model;
  private final Optimizer optimizer;
  private final RunningLoss running;
  private final StepHealth health;
  private final List<String> valueNames;
  private final Monitor monitor;
  private final int epochs;
  private int steps;
  private int samples;
  private final List<EpochResult> history = new ArrayList<>();
  private int epoch;
  private int step;
  private int samplesDone;
  private long totalSteps;
  private long batchNanos;
  private @Nullable String stopMessage;
  private @Nullable StepGraph graph;
  private @Nullable Function<LearningRateFinder, LearningRateCurve> search;

  TrainingContext(
      Module model,
      Optimizer optimizer,
      RunningLoss running,
      StepHealth health,
      List<String> valueNames,
      Monitor monitor,
      int epochs) {
    this.model = model;
    this.optimizer = optimizer;
    this.running = running;
    this.health = health;
    this.valueNames = valueNames;
    this.monitor = monitor;
    this.epochs = epochs;
  }

  void beginEpoch(int number, long stepsBefore, int stepsOfEpoch, int samplesOfEpoch) {
    epoch = number;
    steps = stepsOfEpoch;
    samples = samplesOfEpoch;
    step = 0;
    samplesDone = 0;
    totalSteps = stepsBefore;
    running.reset();
  }

  /** Goes into the middle of the epoch that has begun, as a resumed run does. */
  void moveTo(int stepsOfEpoch, int samplesOfEpoch, long stepsOfAll) {
    step = stepsOfEpoch;
    samplesDone = samplesOfEpoch;
    totalSteps = stepsOfAll;
  }

  void stepDone(int batchSize) {
    step++;
    totalSteps++;
    samplesDone += batchSize;
  }

  void epochDone(EpochResult result) {
    history.add(result);
  }

  /** Returns the model. */
  public Module model() {
    return model;
  }

  /** Returns the device the model lives on. */
  public Device device() {
    return model.device();
  }

  void setGraph(@Nullable StepGraph g) {
    graph = g;
  }

  /** Returns the recorded step, null where steps are {@link Trainer#captureSteps not recorded}. */
  public @Nullable StepGraph graph() {
    return graph;
  }

  /** Returns the optimizer. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Returns the number of the epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /** Returns the number of the last epoch. */
  public int epochs() {
    return epochs;
  }

  /** Returns how many steps of this epoch are done. */
  public int step() {
    return step;
  }

  /** Returns how many steps this epoch has. */
  public int steps() {
    return steps;
  }

  /** Returns how many steps were done in all epochs. */
  public long totalSteps() {
    return totalSteps;
  }

  /** Returns how many samples of this epoch are done. */
  public int samplesDone() {
    return samplesDone;
  }

  /** Returns how many samples this epoch has. */
  public int samples() {
    return samples;
  }

  /**
   * Returns the mean loss of this epoch so far, NaN before its first step.
   *
   * <p>It waits for the device: a callback that shows it should ask a few times a second, not after
   * every step.
   */
  public double loss() {
    return running.mean();
  }

  void searchBy(@Nullable Function<LearningRateFinder, LearningRateCurve> how) {
    search = how;
  }

  /**
   * Trains for some steps with a growing learning rate, and undoes them; from {@link
   * Callback#onFitBegin} alone.
   *
   * @throws IllegalStateException at another time
   */
  public LearningRateCurve findLearningRate(LearningRateFinder how) {
    Function<LearningRateFinder, LearningRateCurve> s = search;
    if (s == null) {
      throw new IllegalStateException(
          "findLearningRate: the training has begun; search from onFitBegin");
    }
    return s.apply(how);
  }

  StepHealth health() {
    return health;
  }

  /**
   * Returns the Euclidean norm of the last step's gradients, before they were clipped; NaN where
   * the device's memory is not the host's, since a step would have to wait for it.
   */
  public double gradientNorm() {
    return health.norm();
  }

  /** Returns the last step's loss, NaN where a step would have to wait for it. */
  public double stepLoss() {
    return health.loss();
  }

  /**
   * Returns how long this training has waited for batches so far, and brought them to the device.
   */
  public long batchNanos() {
    return batchNanos;
  }

  void batchTook(long nanos) {
    batchNanos += nanos;
  }

  /** Returns the names of the numbers that every epoch's result has. */
  public List<String> valueNames() {
    return valueNames;
  }

  /** Returns by which number epochs are compared where nobody says otherwise. */
  public Monitor monitor() {
    return monitor;
  }

  /**
   * Complains if an epoch's result does not have the number that a callback watches.
   *
   * @param who the callback, for the message
   */
  public Monitor checked(String who, Monitor watched) {
    if (!valueNames.contains(watched.name())) {
      throw new IllegalArgumentException(
          who
              + ": there is no '"
              + watched.name()
              + "' to watch; there are: "
              + String.join(", ", valueNames)
              + " (metrics need a validation set)");
    }
    return watched;
  }

  /** Returns the epochs finished so far. */
  public List<EpochResult> history() {
    return Collections.unmodifiableList(history);
  }

  /** Ends the training after this callback; the first message counts. */
  public void stop(String message) {
    if (stopMessage == null) {
      stopMessage = message;
    }
  }

  @Nullable String stopMessage() {
    return stopMessage;
  }
}
