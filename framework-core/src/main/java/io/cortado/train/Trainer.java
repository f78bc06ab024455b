package io.cortado.train;

import io.cortado.Device;
import io.cortado.StepGraph;
import io.cortado.backend.MathPrecision;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.loss.Loss;
import io.cortado.metrics.Metric;
import io.cortado.metrics.ScalarMetric;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.GradScaler;
import io.cortado.optim.LRSchedule;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ReduceLROnPlateau;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model.
 *
 * <pre>{@code
 * TrainingResult result =
 *     Trainer.of(model)
 *         .loss(crossEntropy()).optimizer(new Adam(1e-3)).metric(accuracy())
 *         .on(new CsvLog(Path.of("runs/lenet/log.csv")), new EarlyStopping(3))
 *         .epochs(5).batchSize(128).seed(42)
 *         .fit(train, validation);
 * }</pre>
 *
 * <p>It is the loop that one would write by hand, {@code for each batch: loss, backward, step},
 * with what stands around it. A second call of {@link #fit} goes on where the first ended.
 */
public final class Trainer {

  final Module model;
  private final Forward forward;
  final List<Metric> metrics = new ArrayList<>();
  final List<Callback> callbacks = new ArrayList<>();
  private @Nullable BatchLoss loss;
  private @Nullable Optimizer optimizer;
  final LearningRates rates = new LearningRates();
  private @Nullable Monitor monitor;
  int epochs = 1;
  private int batchSize = 32;
  private int prefetch = 2;
  boolean captureSteps;
  boolean detectAnomaly;
  @Nullable GradScaler scaler;
  @Nullable AveragedModel average;
  private long seed;
  private double clipNorm;
  private double clipValue;
  private boolean started;
  int epochsDone;
  long stepsDone;
  private @Nullable Checkpoints checkpoints;
  private @Nullable Path resumed;
  String name = UUID.randomUUID().toString();
  private volatile boolean stopRequested;
  private volatile boolean checkpointRequested;

  private Trainer(Module model, Forward forward, @Nullable BatchLoss loss) {
    this.model = model;
    this.forward = forward;
    this.loss = loss;
  }

  /** Makes a trainer of a model that computes its output from {@link Batch#inputs}. */
  public static Trainer of(Layer model) {
    return new Trainer(model, batch -> model.call(batch.inputs()), null);
  }

  /** Makes a trainer of a model of any number of inputs. */
  public static Trainer of(Module model, Forward forward) {
    return new Trainer(model, forward, null);
  }

  // ---------------------------------------------------------------- settings

  /** Sets the loss, which compares the output with {@link Batch#labels}. */
  public Trainer loss(Loss l) {
    return objective((output, batch) -> l.forward(output, batch.labels()));
  }

  /** Sets a loss that looks at the batch itself, as one of several fields or of the inputs does. */
  public Trainer objective(BatchLoss l) {
    loss = l;
    return this;
  }

  /** Sets the optimizer; {@link #fit} attaches it to the model. */
  public Trainer optimizer(Optimizer o) {
    optimizer = o;
    return this;
  }

  /** Adds metrics, which are measured on the validation set after each epoch. */
  public Trainer metric(Metric... added) {
    metrics.addAll(List.of(added));
    Evaluator.checkNames(metrics);
    return this;
  }

  /** Adds callbacks. */
  public Trainer on(Callback... added) {
    callbacks.addAll(List.of(added));
    return this;
  }

  /** Sets how many epochs {@link #fit} trains; at first 1. */
  public Trainer epochs(int count) {
    epochs = checkPositive("epochs", count);
    return this;
  }

  /** Sets how many samples a step takes; at first 32. */
  public Trainer batchSize(int samples) {
    batchSize = checkPositive("batchSize", samples);
    return this;
  }

  /** Sets how many batches are made ahead; at first 2. */
  public Trainer prefetch(int batches) {
    prefetch = batches;
    return this;
  }

  /**
   * Sets whether steps are recorded once and replayed, on a device that can; at first not. The CPU
   * executes operations at once, and trains as ever.
   *
   * <p>Forward pass and loss then must not depend on anything that Java code computes anew at each
   * step: see {@link StepGraph}. Results are the same bits. {@link TrainingContext#graph()} tells
   * how many steps were replayed, and why others were not.
   */
  public Trainer captureSteps(boolean on) {
    captureSteps = on;
    return this;
  }

  /**
   * Sets whether every operation's output and gradients are looked at, and {@link #fit} ends with
   * an {@link io.cortado.observe.AnomalyException} at the first infinite or NaN value; at first
   * not.
   *
   * <p>It names operation, layer, shape and step, and makes training slower. Steps are not captured
   * then.
   *
   * @see <a
   *     href="https://pytorch.org/docs/stable/autograd.html#anomaly-detection">torch.autograd.set_detect_anomaly</a>
   */
  public Trainer detectAnomaly(boolean on) {
    detectAnomaly = on;
    return this;
  }

  /**
   * Scales the loss, so that small gradients do not vanish in 16 bits.
   *
   * <p>On a device of {@link io.cortado.backend.MathPrecision#FLOAT16} that happens by itself, with
   * {@link GradScaler}'s defaults. An epoch's result then has {@code skipped_steps}, how many of
   * its steps changed nothing because a gradient was not finite, and {@code loss_scale}, that of
   * the next step.
   */
  public Trainer lossScaling(GradScaler s) {
    scaler = s;
    return this;
  }

  /**
   * Keeps an average of the weights, which often predicts better than the last ones: it takes them
   * in after each step.
   *
   * <p>The model has the averaged weights while it is validated and while callbacks are told of the
   * epoch's end, so that {@link BestModel} saves those. A checkpoint has both. Afterwards the model
   * has its own weights, and {@link AveragedModel#use} lends it the averaged ones.
   *
   * @throws IllegalArgumentException if it is of another model
   * @see <a
   *     href="https://lightning.ai/docs/pytorch/stable/api/lightning.pytorch.callbacks.WeightAveraging.html">Lightning's
   *     WeightAveraging</a>
   */
  public Trainer average(AveragedModel of) {
    if (of.module() != model) {
      throw new IllegalArgumentException(
          "average: it is of another model than this trainer's; make it of this one");
    }
    average = of;
    return this;
  }

  /** Saves the training while it goes on, so that {@link #resume} can go on from there. */
  public Trainer checkpoint(Checkpoints where) {
    checkpoints = where;
    return this;
  }

  /**
   * Goes on from a checkpoint at the next {@link #fit}, which ends where the one that was saved
   * would have ended: {@link #epochs} counts from that one's beginning.
   *
   * <p>With the same settings, data and machine the results are the same bits as those of a run
   * that was never stopped, wherever in an epoch that was. Settings are not in a checkpoint; seed,
   * batch size, number of samples and kind of optimizer are compared with it. Callbacks that are
   * {@link Resumable} go on too. The device may be another kind.
   *
   * @param checkpoint a checkpoint's folder, or a folder of them, of which the newest whole one is
   *     taken
   * @throws IllegalStateException if this trainer has trained already
   */
  public Trainer resume(Path checkpoint) {
    if (started) {
      throw new IllegalStateException(
          "resume: this trainer has trained already; make another with a new model and optimizer");
    }
    resumed = checkpoint;
    return this;
  }

  /** Sets what the order of the samples, augmentation and dropout depend on; at first 0. */
  public Trainer seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Sets the learning rate before each epoch; schedules count epochs.
   *
   * @param perEpoch one for all parameter groups, or one for each of {@link Optimizer#groups()}
   */
  public Trainer schedule(LRSchedule... perEpoch) {
    rates.perEpoch(perEpoch);
    return this;
  }

  /**
   * Sets the learning rate before each step; schedules count the steps of all epochs.
   *
   * @param perStep one for all parameter groups, or one for each of {@link Optimizer#groups()}
   */
  public Trainer scheduleSteps(LRSchedule... perStep) {
    rates.perStep(perStep);
    return this;
  }

  /**
   * Lowers the learning rate after an epoch, when what {@link #monitor} names has not become better
   * for some time.
   */
  public Trainer schedule(ReduceLROnPlateau onPlateau) {
    rates.onPlateau(onPlateau);
    return this;
  }

  /** Scales gradients down to a norm. See {@link io.cortado.nn.ParameterStore#clipGradNorm}. */
  public Trainer clipGradNorm(double maxNorm) {
    clipNorm = checkLimit("clipGradNorm", maxNorm);
    return this;
  }

  /** Limits each gradient element. See {@link io.cortado.nn.ParameterStore#clipGradValue}. */
  public Trainer clipGradValue(double limit) {
    clipValue = checkLimit("clipGradValue", limit);
    return this;
  }

  /**
   * Sets by which number epochs are compared.
   *
   * <p>At first that is the first metric, without metrics the validation set's loss, without
   * validation the loss.
   */
  public Trainer monitor(Monitor by) {
    monitor = by;
    return this;
  }

  private static int checkPositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + ": is " + value + ", it has to be at least 1");
    }
    return value;
  }

  private static double checkLimit(String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(what + ": is " + value + ", it has to be positive");
    }
    return value;
  }

  // ---------------------------------------------------------------- training

  /**
   * Ends {@link #fit} before its next step, from any thread; callbacks such as {@link BestModel}
   * have their say, then fit returns. Interrupting the thread does the same.
   */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Makes a checkpoint after the step that is being done, beside those that are due; from any
   * thread. While another is written it waits for that; after {@link #fit} it is forgotten.
   *
   * @throws IllegalStateException if the training is not saved: see {@link #checkpoint}
   */
  public void requestCheckpoint() {
    if (checkpoints == null) {
      throw new IllegalStateException(
          "requestCheckpoint: the training is not saved; call checkpoint(...) before fit");
    }
    checkpointRequested = true;
  }

  /** Trains on a set, without validation. */
  public TrainingResult fit(Dataset train) {
    return fit(train, null);
  }

  /**
   * Trains on a set, and measures the model on another after each epoch.
   *
   * @param validation null for none; there must be no metrics then
   * @throws NonFiniteLossException if the loss, or a gradient without a loss scale, becomes
   *     infinite or NaN
   * @throws IllegalStateException if loss or optimizer are not set, or the model has no device yet
   */
  public TrainingResult fit(Dataset train, @Nullable Dataset validation) {
    return fit(
        loader(train),
        validation == null
            ? null
            : DataLoader.of(validation).batchSize(batchSize).prefetch(prefetch));
  }

  /**
   * Trains on batches that do not come from a data set; order, {@link #batchSize} and {@link
   * #prefetch} are the source's own.
   *
   * @param validation null for none; there must be no metrics then
   * @throws NonFiniteLossException if the loss becomes infinite or NaN
   * @throws IllegalStateException if loss or optimizer are not set, or the model has no device yet
   */
  public TrainingResult fit(BatchSource train, @Nullable BatchSource validation) {
    if (validation == null && !metrics.isEmpty()) {
      throw new IllegalArgumentException(
          "fit: metric '"
              + metrics.getFirst().name()
              + "' is measured on a validation set, and none is given");
    }
    TrainingStep step = begin("fit");
    Optimizer o = step.optimizer();
    Device device = model.device();
    Checkpoints to = checkpoints;
    try (RunningLoss running = new RunningLoss(device);
        StepHealth health = new StepHealth(device, scaler != null);
        CheckpointFolder folder = to == null ? null : to.lock()) {
      ResumePoint point = resumed == null ? null : ResumePoint.of(Checkpoints.open(resumed));
      Position at = point == null ? null : point.at();
      TrainingContext context =
          new TrainingContext(
              model,
              o,
              running,
              health,
              valueNames(validation != null),
              monitor == null ? defaultMonitor(validation != null) : monitor,
              (at == null ? epochsDone : at.epochsBefore()) + epochs);
      rates.check(context.checked("fit", context.monitor()));
      TrainingState state =
          new TrainingState(
              model,
              o,
              scaler,
              average,
              rates,
              running,
              callbacks,
              TrainingState.fixed(o, seed, batchSize, train, average != null));
      if (point != null && at != null) {
        at.checkWithin(
            point.checkpoint().folder().toString(),
            train.batches(at.epochsDone()),
            train.samples(at.epochsDone()));
        state.restore(point);
        resumed = null;
        name = at.run();
        epochsDone = at.epochsDone();
        stepsDone = at.totalSteps() - at.step();
        point.history().forEach(context::epochDone);
      }
      FitRun run =
          new FitRun(this, step.watchedBy(health), running, context, train, validation, point);
      if (to == null || folder == null) {
        return run.fit(null);
      }
      CheckpointName start = stepsDone == 0 ? null : new CheckpointName(stepsDone, epochsDone);
      folder.begin(name, at == null ? start : at.name());
      try (RunSaver saver =
          new RunSaver(
              to,
              folder,
              state,
              context,
              point == null ? null : point.checkpoint().texts(),
              at == null ? stepsDone : at.totalSteps())) {
        return run.fit(saver);
      }
    } finally {
      stopRequested = false;
      checkpointRequested = false;
    }
  }

  /**
   * Trains for some steps with a growing learning rate, which shows where to begin; afterwards the
   * model is as it was.
   *
   * @throws IllegalStateException if loss or optimizer are not set, or the model has no device yet
   * @see LearningRateFinder
   */
  public LearningRateCurve findLearningRate(Dataset train, LearningRateFinder how) {
    return how.find(begin("findLearningRate"), loader(train));
  }

  /** Does the same with batches that no data set makes. */
  public LearningRateCurve findLearningRate(BatchSource train, LearningRateFinder how) {
    return how.find(begin("findLearningRate"), train);
  }

  private DataLoader loader(Dataset train) {
    return DataLoader.of(train).batchSize(batchSize).prefetch(prefetch).shuffle(seed);
  }

  /** Puts loss, optimizer and seed to work if this was not done before. */
  private TrainingStep begin(String operation) {
    BatchLoss l = loss;
    Optimizer o = optimizer;
    if (l == null || o == null) {
      throw new IllegalStateException(
          operation
              + ": set "
              + (l == null ? "loss(...) or objective(...)" : "optimizer(...)")
              + " first");
    }
    Device device = model.device();
    if (scaler == null && device.backend().precision() == MathPrecision.FLOAT16) {
      scaler = new GradScaler();
    }
    if (scaler != null) {
      scaler.attach(device);
    }
    if (!started) {
      o.attach(model);
      device.seed(seed);
      started = true;
    }
    return new TrainingStep(model, forward, l, o, scaler, clipValue, clipNorm, null);
  }

  private List<String> valueNames(boolean validated) {
    List<String> names = new ArrayList<>();
    names.add(EpochResult.LOSS);
    if (validated) {
      names.add(EpochResult.VALIDATION + EpochResult.LOSS);
      for (Metric m : metrics) {
        if (m instanceof ScalarMetric) {
          names.add(EpochResult.VALIDATION + m.name());
        }
      }
    }
    if (scaler != null) {
      names.add(EpochResult.SKIPPED_STEPS);
      names.add(EpochResult.LOSS_SCALE);
    }
    return List.copyOf(names);
  }

  private Monitor defaultMonitor(boolean validated) {
    for (Metric m : metrics) {
      if (m instanceof ScalarMetric s) {
        return Monitor.of(s);
      }
    }
    return Monitor.min(validated ? EpochResult.VALIDATION + EpochResult.LOSS : EpochResult.LOSS);
  }

  boolean checkpointRequested() {
    return checkpointRequested;
  }

  void checkpointBegun() {
    checkpointRequested = false;
  }

  boolean stopping() {
    return stopRequested || Thread.currentThread().isInterrupted();
  }
}
