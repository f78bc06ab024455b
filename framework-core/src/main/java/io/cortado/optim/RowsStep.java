package io.cortado.optim;

import io.cortado.DType;
import io.cortado.GradientRows;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a table that a step changes, copied to where they lie together, and back.
 *
 * <p>A row that was written more than once is there as often. Each copy is computed of the same
 * numbers by the same formula, so that it does not matter which of them is stored last, and nothing
 * has to be sorted.
 */
final class RowsStep {

  private final Scope scope;
  private final Backend backend;
  private final GradientRows rows;
  private final List<Buffer> tables;
  private List<Buffer> copies = List.of();
  private int room = -1;

  /**
   * Makes copies of nothing yet.
   *
   * @param rows the list, as it is when a step is taken
   * @param tables the parameter, its state, and its gradient, which is not stored
   */
  RowsStep(Scope scope, GradientRows rows, List<Buffer> tables) {
    this.scope = scope;
    this.backend = scope.device().backend();
    this.rows = rows;
    this.tables = List.copyOf(tables);
  }

  /** Returns how many rows the step has. */
  int count() {
    return rows.count();
  }

  Shape shape() {
    return Shape.of(rows.count(), rows.spec().width());
  }

  /** Returns where the copies of a step are: of the parameter, its state, and its gradient. */
  List<Buffer> copies() {
    if (rows.count() > room) {
      free();
      room = rows.count();
      List<Buffer> made = new ArrayList<>();
      for (int i = 0; i < tables.size(); i++) {
        made.add(scope.scratch(DType.FLOAT32, Math.max(1, rows.spec().outputSize())));
      }
      copies = List.copyOf(made);
    }
    return copies;
  }

  void load() {
    for (int i = 0; i < tables.size(); i++) {
      backend.embedding(rows.spec(), rows.numbers(), tables.get(i), copies.get(i));
    }
  }

  void store() {
    for (int i = 0; i < tables.size() - 1; i++) {
      backend.embeddingStore(rows.spec(), rows.numbers(), copies.get(i), tables.get(i));
    }
  }

  void free() {
    copies.forEach(scope::free);
    copies = List.of();
    room = -1;
  }
}
