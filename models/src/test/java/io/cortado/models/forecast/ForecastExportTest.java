package io.cortado.models.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.cli.Cli;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.Series;
import io.cortado.models.onnx.OnnxFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A forecaster goes with the scale it was trained with, whatever has become of its series. */
final class ForecastExportTest {

  private static final float[] WINDOW = {100, 130, 160, 120};

  @TempDir Path dir;
  private final Device device = Device.cpu();

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void theWeightsFileSaysTheScale() {
    Path out = dir.resolve("run");
    Cli.Result r = Cli.run("train", "forecast", "--steps", "2", "--out", out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    ModelDescription d = Checkpoint.description(out.resolve("weights.safetensors"));
    assertThat(Double.parseDouble(d.option("scale"))).isEqualTo(sunspots());
  }

  @Test
  void theScaleOfTheFileIsExportedAndNoSeriesIsRead() {
    near(exported(Map.of("data", "gone", "hidden", "3", "scale", "50")), 50);
  }

  @Test
  void anOlderFileHasTheScaleOfItsSeries() {
    near(exported(Map.of("data", "sunspots", "hidden", "3")), sunspots());
  }

  @Test
  void aScaleThatCannotBeUsedIsRefused() {
    for (String scale : List.of("0", "-1", "NaN", "Infinity", "1e39", "1e-60", "much")) {
      Map<String, String> options = Map.of("data", "sunspots", "hidden", "3", "scale", scale);
      assertThatThrownBy(() -> exported(options))
          .isInstanceOf(FileException.class)
          .hasMessageContaining("its description of the model cannot be used");
    }
  }

  private static double sunspots() {
    return Windows.of(Series.get("sunspots", DataHome.standard()), 24).scale();
  }

  /** Compares what the file says with what the network makes of the scaled window. */
  private void near(Path onnx, double scale) {
    float[] before = new float[WINDOW.length];
    for (int i = 0; i < before.length; i++) {
      before[i] = (float) ((WINDOW[i] - WINDOW[WINDOW.length - 1]) / scale);
    }
    try (Step step = device.inference()) {
      float said = network().forward(step.tensor(before, 1, WINDOW.length, 1)).item();
      assertThat(Math.abs(said)).isGreaterThan(1e-3f);
      float next =
          OnnxFile.read(onnx, device).forward(step.tensor(WINDOW, 1, WINDOW.length)).item();
      assertThat((double) next).isCloseTo(WINDOW[WINDOW.length - 1] + said * scale, within(1e-4));
    }
  }

  private Path exported(Map<String, String> options) {
    Path weights = dir.resolve("weights.safetensors");
    ModelDescription described =
        new ModelDescription("forecast", Shape.of(WINDOW.length, 1), List.of(), options);
    network().save(weights, described);
    Path onnx = dir.resolve("forecast.onnx");
    new Forecast().export(weights, described, device, onnx);
    return onnx;
  }

  private Forecast.Network network() {
    Forecast.Network network = new Forecast.Network(3);
    network.init(device, 4);
    network.eval();
    return network;
  }
}
