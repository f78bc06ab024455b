package io.cortado.train;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.backend.MathPrecision;
import io.cortado.data.Batch;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.data.Epoch;
import io.cortado.loss.Loss;
import io.cortado.metrics.Metric;
import io.cortado.metrics.ScalarMetric;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import io.cortado.optim.GradScaler;
import io.cortado.optim.LRSchedule;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ReduceLROnPlateau;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private final Module model;
  private final Forward forward;
  private final List<Metric> metrics = new ArrayList<>();
  private final List<Callback> callbacks = new ArrayList<>();
  private @Nullable BatchLoss loss;
  private @Nullable Optimizer optimizer;
  private final LearningRates rates = new LearningRates();
  private @Nullable Monitor monitor;
  private int epochs = 1;
  private int batchSize = 32;
  private int prefetch = 2;
  private boolean captureSteps;
  private @Nullable GradScaler scaler;
  private long seed;
  private double clipNorm;
  private double clipValue;
  private boolean started;
  private int epochsDone;
  private long stepsDone;
  private volatile boolean stopRequested;

  private Trainer(Module model, Forward forward, @Nullable BatchLoss loss) {
    this.model = model;
    this.forward = forward;
    this.loss = loss;
  }

  /** Makes a trainer of a model that computes its output from {@link Batch#inputs}. */
  public static Trainer of(Layer model) {
    return new Trainer(model, batch -> model.forward(batch.inputs()), null);
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

  /** Trains on a set, without validation. */
  public TrainingResult fit(Dataset train) {
    return fit(train, null);
  }

  /**
   * Trains on a set, and measures the model on another after each epoch.
   *
   * @param validation null for none; there must be no metrics then
   * @throws NonFiniteLossException if the loss becomes infinite or NaN
   * @throws IllegalStateException if loss or optimizer are not set, or the model has no device yet
   */
  public TrainingResult fit(Dataset train, @Nullable Dataset validation) {
    BatchLoss l = loss;
    Optimizer o = optimizer;
    if (l == null || o == null) {
      throw new IllegalStateException(
          "fit: set " + (l == null ? "loss(...) or objective(...)" : "optimizer(...)") + " first");
    }
    if (validation == null && !metrics.isEmpty()) {
      throw new IllegalArgumentException(
          "fit: metric '"
              + metrics.getFirst().name()
              + "' is measured on a validation set, and none is given");
    }
    Device device = model.device();
    DataLoader loader = DataLoader.of(train).batchSize(batchSize).prefetch(prefetch).shuffle(seed);
    DataLoader check =
        validation == null
            ? null
            : DataLoader.of(validation).batchSize(batchSize).prefetch(prefetch);
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
    try (RunningLoss running = new RunningLoss(device)) {
      List<String> names = valueNames(validation != null);
      TrainingContext context =
          new TrainingContext(
              model,
              o,
              running,
              names,
              monitor == null ? defaultMonitor(validation != null) : monitor,
              epochsDone + epochs,
              loader.batches(),
              loader.samples());
      rates.check(context.checked("fit", context.monitor()));
      return new Run(l, o, running, context, loader, check).fit();
    } finally {
      stopRequested = false;
    }
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

  private boolean stopping() {
    return stopRequested || Thread.currentThread().isInterrupted();
  }

  /** One call of fit. */
  private final class Run {

    private final BatchLoss loss;
    private final Optimizer optimizer;
    private final RunningLoss running;
    private final TrainingContext context;
    private final DataLoader loader;
    private final @Nullable DataLoader check;
    private final Callback[] told = callbacks.toArray(Callback[]::new);
    private final Evaluator evaluator;
    private final @Nullable StepGraph graph;
    private long skippedBefore;
    private @Nullable Batch current;

    Run(
        BatchLoss loss,
        Optimizer optimizer,
        RunningLoss running,
        TrainingContext context,
        DataLoader loader,
        @Nullable DataLoader check) {
      this.loss = loss;
      this.optimizer = optimizer;
      this.running = running;
      this.context = context;
      this.loader = loader;
      this.check = check;
      this.evaluator = new Evaluator(model, forward, loss, metrics);
      this.graph =
          captureSteps && model.device().backend().canRecord()
              ? model.device().capture(this::recordedStep)
              : null;
      context.setGraph(graph);
      this.skippedBefore = scaler == null ? 0 : scaler.skippedSteps();
    }

    TrainingResult fit() {
      StopReason why;
      try {
        for (Callback c : told) {
          c.onFitBegin(context);
        }
        why = epochs();
      } catch (Throwable e) {
        end(StopReason.FAILED, e);
        throw e;
      } finally {
        if (graph != null) {
          graph.close();
        }
      }
      end(why, null);
      if (graph != null) {
        LOG.info("{}", graph);
      }
      TrainingResult result =
          new TrainingResult(context.history(), why, message(why), context.monitor());
      if (why == StopReason.NON_FINITE_LOSS) {
        throw new NonFiniteLossException(result.message(), result);
      }
      return result;
    }

    private StopReason epochs() {
      while (epochsDone < context.epochs()) {
        context.beginEpoch(epochsDone + 1, stepsDone);
        for (Callback c : told) {
          c.onEpochBegin(context);
        }
        long begin = System.nanoTime();
        boolean finished = train();
        stepsDone = context.totalSteps();
        double mean = running.mean();
        if (!running.isFinite()) {
          return StopReason.NON_FINITE_LOSS;
        }
        EpochResult result = finished ? measure(mean, begin) : null;
        if (result == null) {
          return context.stopMessage() == null ? StopReason.REQUESTED : StopReason.BY_CALLBACK;
        }
        epochsDone++;
        context.epochDone(result);
        rates.afterEpoch(optimizer, context.monitor(), result);
        for (Callback c : told) {
          c.onEpochEnd(context, result);
        }
        if (context.stopMessage() != null) {
          return StopReason.BY_CALLBACK;
        }
      }
      return StopReason.COMPLETED;
    }

    /** Trains for an epoch; says whether it was finished. */
    private boolean train() {
      Device device = model.device();
      model.train();
      rates.beforeEpoch(optimizer, epochsDone);
      try (Epoch batches = loader.epoch(device, epochsDone)) {
        while (batches.hasNext()) {
          if (stopping() || context.stopMessage() != null || !running.isFinite()) {
            return false;
          }
          Batch batch = batches.next();
          rates.beforeStep(optimizer, context.totalSteps());
          if (graph == null) {
            try (Step _ = device.step()) {
              Tensor unused = step(batch);
            }
          } else {
            current = batch;
            Tensor unused = graph.run(batch.tensors());
          }
          running.count(batch.size());
          context.stepDone(batch.size());
          for (Callback c : told) {
            c.onStepEnd(context);
          }
        }
        return true;
      } catch (CancellationException e) {
        if (stopping()) {
          return false; // interrupted while it waited for a batch
        }
        throw e;
      }
    }

    private Tensor step(Batch batch) {
      Tensor value = loss.loss(forward.forward(batch), batch);
      GradScaler s = scaler;
      if (s == null) {
        value.backward();
        clip();
        optimizer.step();
      } else {
        s.scale(value).backward();
        s.unscale(optimizer);
        clip();
        s.step(optimizer);
        s.update();
      }
      running.add(value, batch.size());
      return value;
    }

    private Tensor recordedStep(Tensor[] inputs) {
      Batch batch = current;
      if (batch == null) {
        throw new IllegalStateException("a step without a batch");
      }
      return step(batch.with(inputs));
    }

    private void clip() {
      if (clipValue > 0) {
        model.store().clipGradValue(clipValue);
      }
      if (clipNorm > 0) {
        model.store().clipGradNorm(clipNorm);
      }
    }

    /** Validates, and gathers the epoch's numbers; null if that was ended before its time. */
    private @Nullable EpochResult measure(double mean, long begin) {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(EpochResult.LOSS, mean);
      double trainSeconds = (System.nanoTime() - begin) * 1e-9;
      if (check != null) {
        Evaluation e = validate(check);
        if (e == null) {
          return null;
        }
        values.put(EpochResult.VALIDATION + EpochResult.LOSS, e.loss());
        e.metrics().forEach((name, value) -> values.put(EpochResult.VALIDATION + name, value));
      }
      if (scaler != null) {
        long skipped = scaler.skippedSteps();
        values.put(EpochResult.SKIPPED_STEPS, (double) (skipped - skippedBefore));
        values.put(EpochResult.LOSS_SCALE, scaler.scale());
        skippedBefore = skipped;
      }
      return new EpochResult(
          context.epoch(),
          values,
          optimizer.lr(),
          context.step(),
          context.samplesDone(),
          trainSeconds,
          (System.nanoTime() - begin) * 1e-9);
    }

    private @Nullable Evaluation validate(DataLoader set) {
      try {
        return evaluator.evaluate(set, Trainer.this::stopping);
      } catch (CancellationException e) {
        if (stopping()) {
          return null;
        }
        throw e;
      }
    }

    /** Tells all callbacks that it is over, whatever one of them does. */
    private void end(StopReason why, @Nullable Throwable failure) {
      RuntimeException first = null;
      for (Callback c : told) {
        try {
          c.onFitEnd(context, why);
        } catch (RuntimeException e) {
          if (failure != null) {
            failure.addSuppressed(e);
          } else if (first == null) {
            first = e;
          } else {
            first.addSuppressed(e);
          }
        }
      }
      if (first != null) {
        throw first;
      }
    }

    private String message(StopReason why) {
      return switch (why) {
        case COMPLETED -> "all " + context.epochs() + " epochs are done";
        case BY_CALLBACK -> String.valueOf(context.stopMessage());
        case REQUESTED ->
            "stopped on request in epoch "
                + context.epoch()
                + " after step "
                + context.step()
                + " of "
                + context.steps();
        case NON_FINITE_LOSS ->
            "the loss became infinite or NaN in epoch "
                + context.epoch()
                + ", by step "
                + context.step()
                + " of "
                + context.steps()
                + "; lower the learning rate (it is "
                + optimizer.lr()
                + "), limit gradients with clipGradNorm(1), or look for NaN in the data";
        case FAILED -> "an exception was thrown";
      };
    }
  }
}
