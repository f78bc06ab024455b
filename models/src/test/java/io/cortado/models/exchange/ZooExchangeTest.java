package io.cortado.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.models.cli.Cli;
import io.cortado.models.onnx.OnnxFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every model of the zoo, trained for moments and exported by the command line. */
final class ZooExchangeTest {

  /** Of the largest output. */
  private static final double RELATIVE = 1e-5;

  @TempDir static Path dir;

  /** ONNX Runtime 1.29 reports to its maker unless told not to. */
  @BeforeAll
  static void prepare() throws Exception {
    assertThat(System.getenv("ORT_DISABLE_TELEMETRY"))
        .as("ORT_DISABLE_TELEMETRY; set it to 1, as Maven does")
        .isEqualTo("1");
    TrainedModel.writeData(dir);
  }

  static List<TrainedModel> models() {
    return TrainedModel.all();
  }

  @ParameterizedTest
  @MethodSource("models")
  void onnxRuntimeGivesTheSame(TrainedModel model) throws Exception {
    Path weights = model.train(dir);
    Path onnx = weights.resolveSibling("model.onnx");
    Cli.Result r = Cli.run("export", weights.toString(), "--onnx", onnx.toString());
    assertThat(r.code()).as(r.err()).isZero();
    try (Device device = Device.cpu();
        OnnxRuntime runtime = new OnnxRuntime(onnx)) {
      assertThat(runtime.metadata(OnnxFile.NOTES)).contains("input", "output");
      for (int n : new int[] {1, 6}) {
        Sample sample = TrainedModel.sample(weights, device, n);
        assertThat(Differences.largest(sample.outputs(), runtime.run(sample.inputs())))
            .as("batch of %d", n)
            .isLessThan(RELATIVE);
      }
    }
  }
}
