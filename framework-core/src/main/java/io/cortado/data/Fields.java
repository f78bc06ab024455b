package io.cortado.data;

import io.cortado.DType;
import java.util.List;

/** Looks up fields. */
final class Fields {

  private Fields() {}

  static int index(List<Field> fields, String name) {
    return indexOf(names(fields), name);
  }

  static List<String> names(List<Field> fields) {
    return fields.stream().map(Field::name).toList();
  }

  static int indexOf(List<String> names, String name) {
    int found = names.indexOf(name);
    if (found < 0) {
      throw new IllegalArgumentException(
          "there is no field '" + name + "'; there are: " + String.join(", ", names));
    }
    return found;
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
