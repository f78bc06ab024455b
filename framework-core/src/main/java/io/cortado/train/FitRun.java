package io.cortado.train;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.internal.Logs;
import io.cortado.nn.Module;
import io.cortado.observe.AnomalyDetector;
import io.cortado.optim.AveragedModel;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** One call of {@link Trainer#fit}. */
final class FitRun {

  private static final Logger LOG = Logs.of(Trainer.class);

  private final Trainer trainer;
  private final Module model;
  private final TrainingStep training;
  private final LearningRates rates;
  private final @Nullable GradScaler scaler;
  private final @Nullable AveragedModel average;
  private final Optimizer optimizer;
  private final RunningLoss running;
  private final TrainingContext context;
  private final BatchSource source;
  private final @Nullable BatchSource check;
  private final Callback[] told;
  private final Evaluator evaluator;
  private final @Nullable StepGraph graph;
  private final int epochsBefore;
  private @Nullable ResumePoint resumed; // until its epoch has begun
  private @Nullable RunSaver saver;
  private @Nullable AnomalyDetector detector;
  private long skippedBefore;
  private long begin;
  private long measuredFrom = -1;
  private @Nullable Batch current;

  FitRun(
      Trainer trainer,
      TrainingStep training,
      RunningLoss running,
      TrainingContext context,
      BatchSource source,
      @Nullable BatchSource check,
      @Nullable ResumePoint resumed) {
    this.trainer = trainer;
    this.model = trainer.model;
    this.training = training;
    this.rates = trainer.rates;
    this.scaler = training.scaler();
    this.average = trainer.average;
    this.told = trainer.callbacks.toArray(Callback[]::new);
    this.epochsBefore = context.epochs() - trainer.epochs;
    this.optimizer = training.optimizer();
    this.running = running;
    this.context = context;
    this.source = source;
    this.check = check;
    this.evaluator = new Evaluator(model, training.forward(), training.loss(), trainer.metrics);
    this.graph =
        trainer.captureSteps && !trainer.detectAnomaly && model.device().backend().canRecord()
            ? model.device().capture(this::recordedStep)
            : null;
    context.setGraph(graph);
    this.resumed = resumed;
    this.skippedBefore =
        resumed != null ? resumed.at().skippedBefore() : scaler == null ? 0 : scaler.skippedSteps();
  }

  TrainingResult fit(@Nullable RunSaver saving) {
    saver = saving;
    StopReason why;
    try {
      TrainingStep unwatched = training.watchedBy(null);
      context.searchBy(how -> how.find(unwatched, source));
      for (Callback c : told) {
        c.onFitBegin(context);
      }
      context.searchBy(null);
      if (trainer.detectAnomaly) {
        detector = new AnomalyDetector(model, this::where);
        model.device().observe(detector);
      }
      why = epochs();
      // Before callbacks have their say, which may put the best weights into the model.
      if (saving != null && context.epoch() > 0 && why != StopReason.NON_FINITE_LOSS) {
        saving.last(at());
      }
    } catch (Throwable e) {
      FitEnd.tell(told, context, StopReason.FAILED, e);
      throw e;
    } finally {
      if (detector != null) {
        model.device().observe(null);
      }
      if (graph != null) {
        graph.close();
      }
    }
    FitEnd.tell(told, context, why, null);
    if (graph != null) {
      LOG.info("{}", graph);
    }
    TrainingResult result =
        new TrainingResult(
            context.history(), why, FitEnd.message(why, context, optimizer), context.monitor());
    if (why == StopReason.NON_FINITE_LOSS) {
      throw new NonFiniteLossException(result.message(), result);
    }
    return result;
  }

  private String where() {
    return "epoch " + context.epoch() + ", step " + (context.step() + 1) + " of " + context.steps();
  }

  private StopReason epochs() {
    while (trainer.epochsDone < context.epochs()) {
      if (context.stopMessage() != null) {
        return StopReason.BY_CALLBACK; // by one that had seen enough before
      }
      beginEpoch();
      for (Callback c : told) {
        c.onEpochBegin(context);
      }
      boolean finished = train();
      trainer.stepsDone = context.totalSteps();
      double mean = running.mean();
      if (!running.isFinite() | context.health().findBroken()) {
        return StopReason.NON_FINITE_LOSS;
      }
      measuredFrom = finished ? model.device().random().inferences() : -1;
      try (AveragedModel.Use _ = finished && average != null ? average.use() : null) {
        EpochResult result = finished ? measure(mean) : null;
        if (result == null) {
          return context.stopMessage() == null ? StopReason.REQUESTED : StopReason.BY_CALLBACK;
        }
        epochDone(result);
      }
      measuredFrom = -1;
      if (saver != null && saver.epochDone(at(), trainer.checkpointRequested())) {
        trainer.checkpointBegun();
      }
      if (context.stopMessage() != null) {
        return StopReason.BY_CALLBACK;
      }
    }
    return StopReason.COMPLETED;
  }

  private void epochDone(EpochResult result) {
    trainer.epochsDone++;
    context.epochDone(result);
    rates.afterEpoch(optimizer, context.monitor(), result);
    for (Callback c : told) {
      c.onEpochEnd(context, result);
    }
  }

  private void beginEpoch() {
    int epoch = trainer.epochsDone;
    context.beginEpoch(epoch + 1, trainer.stepsDone, source.batches(epoch), source.samples(epoch));
    begin = System.nanoTime();
    ResumePoint point = resumed;
    if (point != null && point.at().step() > 0) {
      Position p = point.at();
      context.moveTo(p.step(), p.samples(), p.totalSteps());
      running.restore(point.losses());
      begin -= p.nanos();
    }
    resumed = null;
  }

  /** Returns how far the run is, outside of a step. */
  private Position at() {
    boolean between = trainer.epochsDone >= context.epoch();
    return new Position(
        trainer.name,
        epochsBefore,
        trainer.epochsDone,
        between ? 0 : context.step(),
        between ? 0 : context.samplesDone(),
        context.totalSteps(),
        between ? 0 : System.nanoTime() - begin,
        // A validation that was ended before its time will be done again as a whole.
        measuredFrom >= 0 ? measuredFrom : model.device().random().inferences(),
        skippedBefore);
  }

  /** Trains for an epoch; says whether it was finished. */
  private boolean train() {
    Device device = model.device();
    model.train();
    rates.beforeEpoch(optimizer, trainer.epochsDone);
    try (Batches batches = source.epoch(device, trainer.epochsDone, context.step())) {
      while (batches.hasNext()) {
        if (trainer.stopping() || context.stopMessage() != null || brokeDown()) {
          return false;
        }
        long asked = System.nanoTime();
        Batch batch = batches.next();
        context.batchTook(System.nanoTime() - asked);
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
        if (saver != null && !brokeDown() && saver.isDue(trainer.checkpointRequested())) {
          trainer.checkpointBegun();
          saver.save(at());
        }
      }
      return true;
    } catch (CancellationException e) {
      if (trainer.stopping()) {
        return false; // interrupted while it waited for a batch
      }
      throw e;
    }
  }

  private boolean brokeDown() {
    return !running.isFinite() || context.health().isBroken();
  }

  private Tensor step(Batch batch) {
    if (detector != null) {
      detector.check(batch);
    }
    Tensor value = training.run(batch);
    if (average != null) {
      average.updateParameters();
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

  /** Validates, and gathers the epoch's numbers; null if that was ended before its time. */
  private @Nullable EpochResult measure(double mean) {
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

  private @Nullable Evaluation validate(BatchSource set) {
    try {
      return evaluator.evaluate(set, trainer::stopping);
    } catch (CancellationException e) {
      if (trainer.stopping()) {
        return null;
      }
      throw e;
    }
  }
}
