package io.cortado.train;

import io.cortado.Device;
import io.cortado.RandomState;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.nn.TrainingModes;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import io.cortado.optim.ParamGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a learning rate to begin with: trains for some steps while the rate grows, and looks where
 * the loss falls fastest.
 *
 * <pre>{@code
 * LearningRateCurve curve =
 *     Trainer.of(model).loss(crossEntropy()).optimizer(new Adam(1e-3)).batchSize(64)
 *         .findLearningRate(train, new LearningRateFinder());
 * Optimizer optimizer = new Adam(curve.suggestion().orElse(1e-3));
 * }</pre>
 *
 * <p>Step i of n has the rate {@code from * (to / from)^(i / n)}; parameter groups keep their
 * proportions. The smoothed loss is the weighted mean {@code m_i / (1 - b^i), m_i = b m_(i-1) + (1
 * - b) loss_i} with b = .98. The search ends early where that is more than four times its smallest
 * value so far, or infinite, or NaN. Afterwards the model, the optimizer and the random numbers are
 * as they were: a training that follows has the bits of one without a search.
 *
 * <p>Sources: L. N. Smith, Cyclical learning rates for training neural networks (2017), section
 * 3.3; the smoothing and the end are those of fastai's and PyTorch Lightning's {@code lr_find}.
 */
public final class LearningRateFinder {

  private static final double SMOOTHING = 0.98;

  private double from = 1e-7;
  private double to = 10;
  private int steps = 100;
  private double endAt = 4;

  /** Makes one that looks from 1e-7 to 10 in 100 steps. */
  public LearningRateFinder() {}

  /**
   * Sets the range.
   *
   * @throws IllegalArgumentException unless {@code 0 < smallest < largest}, both finite
   */
  public LearningRateFinder range(double smallest, double largest) {
    if (!(smallest > 0 && largest > smallest && Double.isFinite(largest))) {
      throw new IllegalArgumentException(
          "findLearningRate: the range from "
              + smallest
              + " to "
              + largest
              + " is none; it needs 0 < smallest < largest");
    }
    from = smallest;
    to = largest;
    return this;
  }

  /** Sets how many steps the rate takes from the smallest to the largest; at first 100. */
  public LearningRateFinder steps(int count) {
    if (count < LearningRateCurve.FIRST + 5) {
      throw new IllegalArgumentException(
          "findLearningRate: "
              + count
              + " steps show no slope; at least "
              + (LearningRateCurve.FIRST + 5)
              + " are needed");
    }
    steps = count;
    return this;
  }

  /**
   * Sets by which factor the smoothed loss has to exceed its smallest value for the search to end;
   * at first 4.
   */
  public LearningRateFinder endAt(double factor) {
    if (!(factor > 1)) {
      throw new IllegalArgumentException(
          "findLearningRate: the loss has to grow by a factor above 1, not by " + factor);
    }
    endAt = factor;
    return this;
  }

  /** Returns the rate of a step, counted from 0. */
  double rate(int step) {
    return from * Math.pow(to / from, (double) step / steps);
  }

  LearningRateCurve find(TrainingStep training, BatchSource source) {
    Optimizer optimizer = training.optimizer();
    double initial = optimizer.groups().getLast().initialLr();
    if (!(initial > 0)) {
      throw new IllegalArgumentException(
          "findLearningRate: the optimizer's learning rate is "
              + initial
              + ", and groups keep their proportions to it; give it any above 0");
    }
    Before before = new Before(training);
    try {
      training.model().train();
      return search(training, source, initial);
    } finally {
      before.restore();
    }
  }

  private LearningRateCurve search(TrainingStep training, BatchSource source, double initial) {
    Device device = training.model().device();
    List<LearningRateCurve.Point> points = new ArrayList<>();
    double mean = 0;
    double smallest = Double.POSITIVE_INFINITY;
    int done = 0;
    for (int epoch = 0; done < steps; epoch++) {
      try (Batches batches = source.epoch(device, epoch, 0)) {
        if (!batches.hasNext()) {
          throw new IllegalArgumentException(
              "findLearningRate: there are no batches in epoch " + epoch + "; give some data");
        }
        while (done < steps && batches.hasNext()) {
          Batch batch = batches.next();
          double lr = rate(done);
          for (ParamGroup group : training.optimizer().groups()) {
            group.setLr(lr * group.initialLr() / initial);
          }
          double loss = loss(training, device, batch);
          mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
          double smoothed = mean / (1 - Math.pow(SMOOTHING, ++done));
          if (!Double.isFinite(loss) || smoothed > endAt * smallest) {
            return new LearningRateCurve(points, true);
          }
          points.add(new LearningRateCurve.Point(lr, loss, smoothed));
          smallest = Math.min(smallest, smoothed);
        }
      }
    }
    return new LearningRateCurve(points, false);
  }

  private static double loss(TrainingStep training, Device device, Batch batch) {
    try (Step _ = device.step()) {
      Tensor loss = training.run(batch);
      return loss.item();
    }
  }

  /** Everything that a search changes. */
  private static final class Before {

    private final TrainingStep training;
    private final Snapshot state = new Snapshot();
    private final double[] rates;
    private final TrainingModes modes;
    private final long seed;
    private final long steps;
    private final long inferences;
    private final GradScaler.@Nullable State scale;

    Before(TrainingStep training) {
      this.training = training;
      Optimizer optimizer = training.optimizer();
      GradScaler scaler = training.scaler();
      state.take(training.model().stateDict(), optimizer.stateDict());
      List<ParamGroup> groups = optimizer.groups();
      rates = groups.stream().mapToDouble(ParamGroup::lr).toArray();
      modes = TrainingModes.of(training.model());
      RandomState random = training.model().device().random();
      seed = random.seed();
      steps = random.steps();
      inferences = random.inferences();
      scale = scaler == null ? null : scaler.state();
    }

    void restore() {
      Optimizer optimizer = training.optimizer();
      state.restore(training.model().stateDict(), optimizer.stateDict());
      training.model().stateLoaded();
      optimizer.stateLoaded();
      for (int i = 0; i < rates.length; i++) {
        optimizer.groups().get(i).setLr(rates[i]);
      }
      modes.restore();
      training.model().device().random().set(seed, steps, inferences);
      GradScaler scaler = training.scaler();
      if (scaler != null && scale != null) {
        scaler.restore(scale);
      }
    }
  }
}
