package io.cortado.models.overfitting;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.models.InputException;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.RowSplit;
import io.cortado.models.data.Standardizer;
import io.cortado.models.data.Table;
import io.cortado.models.data.TableDataSet;

/**
 * A table of numbers to tell in three parts: three, one and one fifth; inputs and targets of mean 0
 * and deviation 1 by the training rows.
 *
 * @param name what it is called
 */
record Parts(String name, Dataset train, Dataset validation, Dataset test) {

  /**
   * Reads a set.
   *
   * @throws InputException if there is none of that name, or it has classes to tell
   */
  static Parts read(String name, DataHome home, long seed) {
    Table table = DataSets.get(TableDataSet.class, name).read(home);
    if (!(table.target() instanceof Table.Numbers numbers)) {
      throw new InputException(name + " has no numbers to tell; give diabetes or cell-nuclei");
    }
    RowSplit split = RowSplit.of(table, seed);
    Standardizer inputs = Standardizer.of(table.rows(), split.train());
    Standardizer targets = Standardizer.of(numbers.values(), split.train());
    Dataset[] parts = new Dataset[3];
    int[][] rows = {split.train(), split.validation(), split.test()};
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          ArrayDataset.builder()
              .floats(Field.INPUTS, inputs.apply(table.rows(), rows[i]), table.inputs().size())
              .floats(
                  Field.LABELS, targets.apply(numbers.values(), rows[i]), numbers.names().size())
              .build();
    }
    return new Parts(name, parts[0], parts[1], parts[2]);
  }

  int inputs() {
    return train.field(Field.INPUTS).size();
  }

  int outputs() {
    return train.field(Field.LABELS).size();
  }

  /** Says on one line what is there. */
  String describe() {
    return "%s: %,d rows train, %,d validate, %,d test"
        .formatted(name, train.size(), validation.size(), test.size());
  }
}
