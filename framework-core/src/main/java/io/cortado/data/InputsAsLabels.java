package io.cortado.data;

import java.util.Arrays;
import java.util.List;

/** A set whose labels are its inputs. */
final class InputsAsLabels implements Dataset {

  private final Dataset source;
  private final int sourceInputs;
  private final List<Field> fields;
  private final int[] shared;

  InputsAsLabels(Dataset source) {
    this.source = source;
    sourceInputs = Fields.index(source.fields(), Field.INPUTS);
    Field inputs = source.fields().get(sourceInputs);
    fields = List.of(inputs, inputs.withName(Field.LABELS));
    shared = new int[source.fields().size()];
    Arrays.fill(shared, -1);
    shared[sourceInputs] = 0;
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public List<Field> fields() {
    return fields;
  }

  @Override
  public void read(int index, Row row) {
    source.read(index, row.inner(this, source.fields(), shared));
    int n = fields.get(0).size();
    switch (fields.get(0).dtype()) {
      case FLOAT32 ->
          System.arraycopy(row.floats(0), row.offset(0), row.floats(1), row.offset(1), n);
      case INT32 -> System.arraycopy(row.ints(0), row.offset(0), row.ints(1), row.offset(1), n);
    }
  }
}
