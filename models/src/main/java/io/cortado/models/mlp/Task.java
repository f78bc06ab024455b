package io.cortado.models.mlp;

import io.cortado.models.InputException;
import io.cortado.models.Suggestions;
import io.cortado.models.data.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is told of each row of a table. */
enum Task {
  /** Numbers. */
  REGRESSION("diabetes", List.of("mse")),
  /** One of two classes; the second in the order of their names is the positive one. */
  BINARY("breast-cancer", List.of("bce", "mse01", "mse11")),
  /** One of several classes. */
  MULTICLASS("iris", List.of("ce", "mse")),
  /** Any of several labels. */
  MULTILABEL("digit-pairs", List.of("bce", "mse01", "mse11"));

  private final String data;
  private final List<String> losses;

  Task(String data, List<String> losses) {
    this.data = data;
    this.losses = losses;
  }

  /** Returns the set that is told of unless the user names one. */
  String data() {
    return data;
  }

  /** Returns what it can be trained by, the usual loss first. */
  List<String> losses() {
    return losses;
  }

  /** Returns the name that users give. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a task by the name that users give.
   *
   * @throws InputException if there is none
   */
  static Task of(String name) {
    return Suggestions.find("task", name, Arrays.asList(values()), Task::label);
  }

  /**
   * Checks that a table has what this task tells.
   *
   * @throws InputException if it has something else; the message says which task it is for
   */
  Table check(Table table) {
    Task fit =
        switch (table.target()) {
          case Table.Numbers n -> REGRESSION;
          case Table.Labels l -> MULTILABEL;
          case Table.Classes c -> c.names().size() == 2 && this == BINARY ? BINARY : MULTICLASS;
        };
    if (this != fit) {
      throw new InputException(
          "%s tells %s; that is --task %s, not %s"
              .formatted(
                  table.name(),
                  switch (table.target()) {
                    case Table.Numbers n -> "numbers";
                    case Table.Labels l -> "labels";
                    case Table.Classes c -> "one of " + c.names().size() + " classes";
                  },
                  fit.label(),
                  label()));
    }
    return table;
  }
}
