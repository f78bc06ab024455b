package io.cortado.train;

import io.cortado.data.BatchSource;
import io.cortado.data.DataLoader;
import io.cortado.data.Dataset;
import io.cortado.loss.Loss;
import io.cortado.metrics.Metric;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import java.util.List;
import java.util.Objects;

/** Uses a model without training it. */
public final class Inference {

  private Inference() {}

  /** Measures a model on a data set. */
  public static Evaluation evaluate(Layer model, Dataset set, int batchSize, Metric... metrics) {
    return run(
        new Evaluator(model, b -> model.forward(b.inputs()), null, checked(metrics)),
        set,
        batchSize);
  }

  /**
   * Measures a model on a data set, its loss too.
   *
   * @param loss compares the output with {@link io.cortado.data.Batch#labels}
   */
  public static Evaluation evaluate(
      Layer model, Loss loss, Dataset set, int batchSize, Metric... metrics) {
    return run(
        new Evaluator(
            model,
            b -> model.forward(b.inputs()),
            (output, b) -> loss.forward(output, b.labels()),
            checked(metrics)),
        set,
        batchSize);
  }

  /** Measures a model of any number of inputs on a data set. */
  public static Evaluation evaluate(
      Module model, Forward forward, Dataset set, int batchSize, Metric... metrics) {
    return run(new Evaluator(model, forward, null, checked(metrics)), set, batchSize);
  }

  /**
   * Measures a model on batches that do not come from a data set, its loss too.
   *
   * @param source whose first epoch is taken
   */
  public static Evaluation evaluate(
      Module model, Forward forward, BatchLoss loss, BatchSource source, Metric... metrics) {
    Evaluator evaluator = new Evaluator(model, forward, loss, checked(metrics));
    return Objects.requireNonNull(evaluator.evaluate(source, () -> false));
  }

  private static List<Metric> checked(Metric[] metrics) {
    List<Metric> list = List.of(metrics);
    Evaluator.checkNames(list);
    return list;
  }

  private static Evaluation run(Evaluator evaluator, Dataset set, int batchSize) {
    return Objects.requireNonNull(
        evaluator.evaluate(DataLoader.of(set).batchSize(batchSize), () -> false));
  }

  /**
   * Computes a model's outputs for all samples of a data set, in their order.
   *
   * @throws ArithmeticException if they exceed 2^31 numbers
   */
  public static Outputs predict(Layer model, Dataset set, int batchSize) {
    return predict(model, b -> model.forward(b.inputs()), set, batchSize);
  }

  /**
   * Computes the outputs of a model of any number of inputs for all samples of a data set, in their
   * order.
   */
  public static Outputs predict(Module model, Forward forward, Dataset set, int batchSize) {
    return new Evaluator(model, forward, null, List.of())
        .predict(DataLoader.of(set).batchSize(batchSize));
  }
}
