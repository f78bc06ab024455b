package io.cortado.models.page;

import io.cortado.nn.Module;
import io.cortado.nn.Summary;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's layers, or its parameters where the layers' outputs are not known.
 *
 * @param total trained numbers in all
 */
record Table(List<Row> rows, long total, long multiplyAdds) {

  /**
   * A layer.
   *
   * @param shape that of its output, or of a parameter
   * @param parameters its trained numbers
   */
  record Row(String path, String layer, String shape, long parameters, long multiplyAdds) {}

  static Table of(Summary summary) {
    List<Row> rows = new ArrayList<>();
    for (Summary.Row r : summary.rows()) {
      rows.add(
          new Row(
              r.path(),
              r.layer(),
              r.output() == null ? "" : r.output().toString(),
              r.parameters(),
              r.multiplyAdds()));
    }
    return new Table(rows, summary.parameters(), summary.multiplyAdds());
  }

  static Table ofParameters(Module model) {
    List<Row> rows = new ArrayList<>();
    model
        .namedParameters()
        .forEach(
            (name, p) -> rows.add(new Row(name, "", p.shape().toString(), p.shape().size(), 0)));
    return new Table(rows, model.parameterCount(), 0);
  }
}
