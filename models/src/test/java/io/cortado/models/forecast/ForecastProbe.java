package io.cortado.models.forecast;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.Series;
import java.nio.file.Path;

/** What a trained forecaster says. */
public final class ForecastProbe {

  private ForecastProbe() {}

  /** Returns windows of the series' own values. */
  public static float[] windows(ModelDescription d, int n) {
    Windows windows =
        Windows.of(Series.get(d.option("data"), DataHome.standard()), d.input().dim(0));
    float[] raw = new float[n * windows.length()];
    for (int i = 0; i < raw.length; i++) {
      int from = windows.test() + i / windows.length();
      raw[i] = (float) windows.series().values()[from + i % windows.length()];
    }
    return raw;
  }

  /** Returns the next values. */
  public static float[] said(Path weights, ModelDescription d, Device device, int n) {
    Windows windows =
        Windows.of(Series.get(d.option("data"), DataHome.standard()), d.input().dim(0));
    Forecast.Network network = new Forecast.Network(Integer.parseInt(d.option("hidden")));
    network.init(device, 0);
    network.load(weights);
    network.eval();
    int from = windows.test() + windows.length();
    try (Step step = device.inference()) {
      float[] before = windows.before(from, from + n);
      float[] said = network.forward(step.tensor(before, n, windows.length(), 1)).toFloatArray();
      for (int i = 0; i < n; i++) {
        said[i] = (float) windows.value(from + i, said[i]);
      }
      return said;
    }
  }
}
