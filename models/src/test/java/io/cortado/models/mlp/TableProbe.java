package io.cortado.models.mlp;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.nn.Sequential;
import java.nio.file.Path;

/** What a trained network tells of raw rows, as 'cortado predict' makes it. */
public final class TableProbe {

  private TableProbe() {}

  /** Returns how many columns go in. */
  public static int columns(ModelDescription d) {
    return TableWeights.of(d, "probe").inputs().size();
  }

  /** Returns rows near those that the network was trained on. */
  public static float[] rows(ModelDescription d, float[] noise) {
    TableWeights table = TableWeights.of(d, "probe");
    float[] rows = noise.clone();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = table.scaling().invert(i % table.inputs().size(), rows[i]);
    }
    return rows;
  }

  public static float[] told(Path weights, ModelDescription d, Device device, float[] rows) {
    TableWeights table = TableWeights.of(d, "probe");
    int n = table.inputs().size();
    float[] x = rows.clone();
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - table.scaling().mean()[i % n]) / table.scaling().deviation()[i % n];
    }
    Sequential network = table.network(weights, device);
    try (Step step = device.inference()) {
      float[] told = network.forward(step.tensor(x, x.length / n, n)).toFloatArray();
      if (table.coding().task() != Task.REGRESSION) {
        return table.coding().scores(told, table.outputs());
      }
      for (int i = 0; i < told.length; i++) {
        told[i] = table.telling().invert(i % table.outputs(), told[i]);
      }
      return told;
    }
  }
}
