package io.cortado.data;

import io.cortado.DType;
import io.cortado.Shape;
import java.util.ArrayList;
import java.util.List;

/** A set with one field transformed. */
final class MappedDataset implements Dataset {

  private final Dataset source;
  private final int field;
  private final Transform transform;
  private final Shape inputShape;
  private final List<Field> fields;
  private final int[] shared;

  MappedDataset(Dataset source, String name, Transform transform) {
    this.source = source;
    this.transform = transform;
    field = Fields.index(source.fields(), name);
    Field before = source.fields().get(field);
    if (before.dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(
          "map: field "
              + name
              + " is "
              + before.dtype()
              + "; only float fields can be transformed");
    }
    inputShape = before.shape();
    List<Field> after = new ArrayList<>(source.fields());
    after.set(field, before.withShape(transform.outputShape(inputShape)));
    fields = List.copyOf(after);
    shared = new int[fields.size()];
    for (int f = 0; f < shared.length; f++) {
      shared[f] = f == field ? -1 : f;
    }
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
    Row from = transform.inPlace() ? row : row.inner(this, source.fields(), shared);
    source.read(index, from);
    transform.apply(
        inputShape,
        from.floats(field),
        from.offset(field),
        row.floats(field),
        row.offset(field),
        row);
  }

  @Override
  public int[] labels() {
    return source.labels();
  }

  @Override
  public String toString() {
    return source + " with " + transform;
  }
}
