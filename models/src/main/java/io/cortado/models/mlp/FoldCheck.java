package io.cortado.models.mlp;

import io.cortado.models.FloatList;
import io.cortado.train.EpochResult;
import io.cortado.train.Resumable;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Measures a task's own figure on a fold's rows after each epoch, and keeps the outputs of a binary
 * decision, from which its threshold is chosen once the number of epochs is.
 */
final class FoldCheck implements Resumable {

  private static final String BETWEEN = ";";

  private final TaskFigures figures;
  private final Coding coding;
  private final Supplier<float[]> predicted;
  private final List<Double> values = new ArrayList<>();
  private final List<float[]> outputs = new ArrayList<>();

  /**
   * Makes a callback.
   *
   * @param figures of the fold's rows
   * @param predicted computes their outputs, by inference steps alone
   */
  FoldCheck(TaskFigures figures, Coding coding, Supplier<float[]> predicted) {
    this.figures = figures;
    this.coding = coding;
    this.predicted = predicted;
  }

  @Override
  public void onEpochEnd(TrainingContext training, EpochResult result) {
    float[] now = predicted.get();
    values.add(figures.measure(coding, now).firstEntry().getValue());
    if (coding.task() == Task.BINARY) {
      outputs.add(now);
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of(
        "values",
        values.stream().map(v -> Double.toString(v)).collect(Collectors.joining(BETWEEN)),
        "outputs",
        outputs.stream().map(FloatList::join).collect(Collectors.joining(BETWEEN)));
  }

  @Override
  public void restore(Map<String, String> state) {
    values.clear();
    outputs.clear();
    parts(state, "values").stream().map(Double::valueOf).forEach(values::add);
    parts(state, "outputs").stream().map(FloatList::parse).forEach(outputs::add);
  }

  private static List<String> parts(Map<String, String> state, String name) {
    String text = state.getOrDefault(name, "");
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(BETWEEN));
  }

  /** Returns the figure, one number an epoch. */
  double[] perEpoch() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Returns a binary decision's outputs after an epoch, counted from 1; none where that epoch was
   * not reached, or for other tasks.
   */
  float[] outputs(int epoch) {
    return epoch <= outputs.size() ? outputs.get(epoch - 1) : new float[0];
  }
}
