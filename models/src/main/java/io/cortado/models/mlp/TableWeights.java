package io.cortado.models.mlp;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.FloatList;
import io.cortado.models.InputException;
import io.cortado.models.Predictor.Question;
import io.cortado.models.classify.TestResult;
import io.cortado.models.data.CsvTable;
import io.cortado.models.data.Standardizer;
import io.cortado.models.data.Table;
import io.cortado.nn.Sequential;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What a weights file says of a table's network, and what that network tells of new rows.
 *
 * @param net how it is built
 * @param coding what its outputs mean
 * @param inputs the columns that it is given
 * @param targets what it tells: the names of classes, labels or numbers
 * @param scaling of the inputs
 * @param telling the scaling of a regression's numbers; of no effect otherwise
 */
record TableWeights(
    DenseNet net,
    Coding coding,
    List<String> inputs,
    List<String> targets,
    Standardizer scaling,
    Standardizer telling) {

  private static final String BETWEEN = "\n";

  TableWeights(DenseNet net, Coding coding, TaskData data) {
    this(
        net,
        coding,
        data.table().inputs(),
        data.table().target().names(),
        data.scaling(),
        data.table().target() instanceof Table.Numbers n
            ? coding.scaling(n.values(), data.split().train())
            : new Standardizer(new float[1], new float[] {1}));
  }

  /** Says whether a file's model is of a table, not of pictures. */
  static boolean describedBy(ModelDescription model) {
    return model.options().containsKey("task");
  }

  void save(Path file, Sequential network) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("task", coding.task().label());
    options.put("loss", coding.loss());
    options.put("output", coding.output());
    options.put("hidden", net.hidden().isEmpty() ? "none" : joined(net.hidden(), ","));
    options.put("activation", net.activation());
    // It changes no answer, but the numbers of the layers, and so the names of the weights.
    options.put("dropout", Double.toString(net.dropout()));
    options.put("inputs", joined(inputs, BETWEEN));
    options.put("mean", FloatList.join(scaling.mean()));
    options.put("deviation", FloatList.join(scaling.deviation()));
    options.put("shift", FloatList.join(telling.mean()));
    options.put("scale", FloatList.join(telling.deviation()));
    network.save(file, new ModelDescription("mlp", Shape.of(inputs.size()), targets, options));
  }

  /**
   * Takes a description apart.
   *
   * @throws FileException if something is missing or no number
   */
  static TableWeights of(ModelDescription d, String file) {
    try {
      List<String> inputs = List.of(d.option("inputs").split(BETWEEN, -1));
      Standardizer scaling =
          new Standardizer(
              FloatList.parse(d.option("mean")), FloatList.parse(d.option("deviation")));
      Standardizer telling =
          new Standardizer(FloatList.parse(d.option("shift")), FloatList.parse(d.option("scale")));
      if (scaling.mean().length != inputs.size() || scaling.deviation().length != inputs.size()) {
        throw new IllegalArgumentException("its scaling is of another number of columns");
      }
      return new TableWeights(
          new DenseNet(
              DenseNet.hidden(d.option("hidden")),
              d.option("activation"),
              Double.parseDouble(d.option("dropout"))),
          new Coding(Task.of(d.option("task")), d.option("loss"), d.option("output"), 0),
          inputs,
          d.classes(),
          scaling,
          telling);
    } catch (IllegalArgumentException | InputException e) {
      throw FileException.of(
          file,
          "its description of the model cannot be used (" + e.getMessage() + ")",
          "give a file that 'cortado train mlp --task ...' wrote");
    }
  }

  private static String joined(List<?> values, String between) {
    return String.join(between, values.stream().map(String::valueOf).toList());
  }

  /** Returns how many outputs the network has. */
  int outputs() {
    return coding.task() == Task.BINARY ? 1 : targets.size();
  }

  /** Reads the network from a file, for use. */
  Sequential network(Path weights, Device device) {
    Sequential network = net.build(inputs.size(), outputs(), coding.end());
    network.init(device, 0);
    network.load(weights);
    network.eval();
    return network;
  }

  /** Tells what is asked of a file's rows, one line each; columns are found by their names. */
  void answer(Question question) {
    CsvTable csv = CsvTable.read(Path.of(question.need("--rows")));
    List<float[]> columns = new ArrayList<>();
    inputs.forEach(name -> columns.add(csv.numbers(name)));
    float[] x = new float[csv.size() * inputs.size()];
    for (int i = 0; i < x.length; i++) {
      int c = i % inputs.size();
      x[i] = (columns.get(c)[i / inputs.size()] - scaling.mean()[c]) / scaling.deviation()[c];
    }
    int width = outputs();
    Sequential network = network(question.weights(), question.device());
    try (Step step = question.device().inference()) {
      float[] told = network.forward(step.tensor(x, csv.size(), inputs.size())).toFloatArray();
      for (int r = 0; r < csv.size(); r++) {
        float[] row = new float[width];
        System.arraycopy(told, r * width, row, 0, width);
        question.out().printf(Locale.ROOT, "row %d: %s%n", r + 1, words(row));
      }
    }
  }

  private String words(float[] outputs) {
    StringJoiner words = new StringJoiner(", ");
    if (coding.task() == Task.REGRESSION) {
      for (int c = 0; c < outputs.length; c++) {
        words.add(said("%s %.5g", targets.get(c), telling.invert(c, outputs[c])));
      }
      return words.toString();
    }
    float[] scores = coding.scores(outputs, outputs.length);
    if (coding.task() == Task.BINARY) {
      return said("%s (score %.3f)", targets.get(scores[0] > 0.5 ? 1 : 0), scores[0]);
    }
    if (coding.task() == Task.MULTICLASS) {
      int best = TestResult.largest(scores);
      return said("%s (score %.3f)", targets.get(best), scores[best]);
    }
    for (int c = 0; c < scores.length; c++) {
      if (scores[c] > 0.5) {
        words.add(said("%s (score %.3f)", targets.get(c), scores[c]));
      }
    }
    return words.length() == 0 ? "no label" : words.toString();
  }

  private static String said(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
