package io.cortado.data;

import io.cortado.DType;
import java.util.List;
import java.util.stream.Collectors;

/** Looks up fields. */
final class Fields {

  private Fields() {}

  static int index(List<Field> fields, String name) {
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).name().equals(name)) {
        return f;
      }
    }
    throw new IllegalArgumentException(
        "there is no field '"
            + name
            + "'; there are: "
            + fields.stream().map(Field::name).collect(Collectors.joining(", ")));
  }

  static int checkSingleLabels(List<Field> fields) {
    int f = index(fields, Field.LABELS);
    Field labels = fields.get(f);
    if (labels.dtype() != DType.INT32 || labels.size() != 1) {
      throw new IllegalArgumentException(
          "labels: one integer for each sample is needed, not "
              + labels.dtype()
              + " of shape "
              + labels.shape());
    }
    return f;
  }
}
