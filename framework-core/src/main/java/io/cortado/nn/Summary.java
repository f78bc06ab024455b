package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of a model's layers.
 *
 * @param rows one for each layer; the parts of a {@link Sequential} stand for themselves
 * @param parameters trained numbers in all, a shared one counted once
 * @param multiplyAdds of one forward pass; 0 where the model was not run
 */
public record Summary(List<Row> rows, long parameters, long multiplyAdds) {

  /**
   * One layer.
   *
   * @param path its dotted path
   * @param layer its description
   * @param output the shape of its output; null where it is not known
   * @param parameters its trained numbers
   * @param multiplyAdds of its forward pass
   */
  public record Row(
      String path, String layer, @Nullable Shape output, long parameters, long multiplyAdds) {}

  /** Copies the rows. */
  public Summary {
    rows = List.copyOf(rows);
  }

  static Summary of(Layer model, Shape input) {
    TrainingModes modes = TrainingModes.of(model);
    model.eval();
    List<Row> rows = new ArrayList<>();
    try (Step step = model.device().inference()) {
      run(model, "", step.zeros(input.toArray()), rows, step);
      return new Summary(rows, model.parameterCount(), step.multiplyAdds());
    } finally {
      modes.restore();
    }
  }

  private static Tensor run(Layer layer, String path, Tensor x, List<Row> rows, Step step) {
    if (layer instanceof Sequential s) {
      Tensor y = x;
      for (Map.Entry<String, Module> part : s.children().entrySet()) {
        y = run((Layer) part.getValue(), join(path, part.getKey()), y, rows, step);
      }
      return y;
    }
    long before = step.multiplyAdds();
    Tensor y = layer.forward(x);
    rows.add(
        new Row(
            path,
            layer.toString(),
            y.shape(),
            layer.parameterCount(),
            step.multiplyAdds() - before));
    return y;
  }

  static Summary withoutShapes(Sequential model) {
    List<Row> rows = new ArrayList<>();
    collect(model, "", rows);
    return new Summary(rows, model.parameterCount(), 0);
  }

  private static void collect(Sequential s, String path, List<Row> rows) {
    s.children()
        .forEach((name, m) -> {
          if (m instanceof Sequential inner) {
            collect(inner, join(path, name), rows);
          } else {
            rows.add(new Row(join(path, name), m.toString(), null, m.parameterCount(), 0));
          }
        });
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  @Override
  public String toString() {
    boolean shapes = rows.stream().anyMatch(r -> r.output() != null);
    int width = rows.stream().mapToInt(r -> (r.path() + "  " + r.layer()).length()).max().orElse(8);
    StringBuilder s = new StringBuilder();
    String format = shapes ? "%-" + width + "s  %-20s %12s %14s%n" : "%-" + width + "s  %s%12s%s%n";
    s.append(
        String.format(
            Locale.ROOT,
            format,
            "layer",
            shapes ? "output" : "",
            "parameters",
            shapes ? "multiply-adds" : ""));
    for (Row r : rows) {
      s.append(
          String.format(
              Locale.ROOT,
              format,
              r.path() + "  " + r.layer(),
              r.output() == null ? "" : r.output(),
              count(r.parameters()),
              shapes ? count(r.multiplyAdds()) : ""));
    }
    s.append(
        String.format(
            Locale.ROOT,
            format,
            "total",
            "",
            count(parameters),
            shapes ? count(multiplyAdds) : ""));
    return s.toString();
  }

  private static String count(long n) {
    return n == 0 ? "-" : String.format(Locale.ROOT, "%,d", n);
  }
}
