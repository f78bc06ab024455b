package io.cortado.train;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.data.DataLoader;
import io.cortado.data.Epoch;
import io.cortado.data.Field;
import io.cortado.metrics.Metric;
import io.cortado.metrics.Predictions;
import io.cortado.metrics.ScalarMetric;
import io.cortado.nn.Module;
import io.cortado.nn.TrainingModes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs a model over a data set without training it. */
final class Evaluator {

  private final Module model;
  private final Forward forward;
  private final @Nullable BatchLoss loss;
  private final List<Metric> metrics;
  private float[] outputs = {};
  private float[] targets = {};
  private int[] labels = {};

  Evaluator(Module model, Forward forward, @Nullable BatchLoss loss, List<Metric> metrics) {
    this.model = model;
    this.forward = forward;
    this.loss = loss;
    this.metrics = List.copyOf(metrics);
  }

  /**
   * Measures the model, in eval mode; all its parts are in the modes they were in afterwards.
   *
   * @param stop asked before each batch; true ends the run
   * @return null if it was ended
   */
  @Nullable Evaluation evaluate(BatchSource source, BooleanSupplier stop) {
    Device device = model.device();
    TrainingModes modes = TrainingModes.of(model);
    metrics.forEach(Metric::reset);
    model.eval();
    int samples = 0;
    try (RunningLoss running = new RunningLoss(device);
        Batches batches = source.epoch(device, 0, 0)) {
      while (batches.hasNext()) {
        if (stop.getAsBoolean()) {
          return null;
        }
        Batch batch = batches.next();
        try (Step _ = device.inference()) {
          Tensor output = forward.forward(batch);
          if (loss != null) {
            running.add(loss.loss(output, batch), batch.size());
            running.count(batch.size());
          }
          if (!metrics.isEmpty()) {
            Predictions predictions = read(output, batch.labels());
            for (Metric m : metrics) {
              m.update(predictions);
            }
          }
        }
        samples += batch.size();
      }
      return new Evaluation(samples, loss == null ? Double.NaN : running.mean(), numbers());
    } finally {
      modes.restore();
    }
  }

  /** Computes the outputs for all samples, in eval mode. */
  Outputs predict(DataLoader loader) {
    Device device = model.device();
    TrainingModes modes = TrainingModes.of(model);
    model.eval();
    List<float[]> parts = new ArrayList<>();
    Shape shape = Shape.of(0);
    int samples = 0;
    int total = 0;
    try (Epoch batches = loader.epoch(device, 0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (Step _ = device.inference()) {
          Tensor output = forward.forward(batch);
          if (output.shape().rank() == 0 || output.dim(0) != batch.size()) {
            throw new IllegalArgumentException(
                "predict: output "
                    + output.shape()
                    + " for a batch of "
                    + batch.size()
                    + " samples; samples come first");
          }
          parts.add(output.toFloatArray());
          shape = output.shape().tail(1);
          samples += batch.size();
          total = Math.addExact(total, Math.toIntExact(output.size()));
        }
      }
    } finally {
      modes.restore();
    }
    float[] all = new float[total];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return new Outputs(shape.prepend(samples), all);
  }

  private Map<String, Double> numbers() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (Metric m : metrics) {
      if (m instanceof ScalarMetric s) {
        numbers.put(s.name(), s.compute());
      }
    }
    return numbers;
  }

  private Predictions read(Tensor output, Tensor right) {
    int n = Math.toIntExact(output.size());
    outputs = n > outputs.length ? new float[n] : outputs;
    output.copyTo(outputs, 0);
    int m = Math.toIntExact(right.size());
    if (right.dtype() == DType.INT32) {
      if (output.shape().rank() > 1 && !right.shape().equals(output.shape().without(1))) {
        throw notOneShape(
            output, right, "labels", "have to be of the output's shape without axis 1");
      }
      labels = m > labels.length ? new int[m] : labels;
      right.device().backend().download(right.buffer(), 0, labels, 0, m);
      return Predictions.ofClasses(outputs, output.shape(), labels);
    }
    if (!right.shape().equals(output.shape())) {
      throw notOneShape(output, right, "targets", "have to be of one shape");
    }
    targets = m > targets.length ? new float[m] : targets;
    right.copyTo(targets, 0);
    return Predictions.ofValues(outputs, output.shape(), targets);
  }

  private static IllegalArgumentException notOneShape(
      Tensor output, Tensor right, String what, String rule) {
    return new IllegalArgumentException(
        "metrics: output %s beside %s %s of field %s; they %s"
            .formatted(output.shape(), what, right.shape(), Field.LABELS, rule));
  }

  /** Complains if two metrics have one name, or a metric stands twice in the list. */
  static void checkNames(List<Metric> metrics) {
    String[] names = metrics.stream().map(Metric::name).sorted().toArray(String[]::new);
    for (int i = 1; i < names.length; i++) {
      if (names[i].equals(names[i - 1])) {
        throw new IllegalArgumentException(
            "there are two metrics '" + names[i] + "' in " + Arrays.toString(names));
      }
    }
  }
}
