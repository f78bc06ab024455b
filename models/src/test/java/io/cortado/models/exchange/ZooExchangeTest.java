package io.cortado.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.SafetensorsEntry;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.StoredType;
import io.cortado.io.Weights;
import io.cortado.models.cli.Cli;
import io.cortado.models.onnx.OnnxFile;
import io.cortado.models.onnx.OnnxNetwork;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every model of the zoo, trained for moments and exported by the command line. */
final class ZooExchangeTest {

  /** Of the largest output. */
  private static final double RELATIVE = 1e-5;

  /** Their weights stand in another order in ONNX. */
  private static final Pattern RECURRENT = Pattern.compile("rnn|lstm|gru|forecast");

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
  void isExportedAndComesBack(TrainedModel model) throws Exception {
    Path weights = model.train(dir);
    Path onnx = weights.resolveSibling("model.onnx");
    Path back = weights.resolveSibling("back.safetensors");
    run("export", weights.toString(), "--onnx", onnx.toString());
    run("import", onnx.toString(), "--out", back.toString());
    if (!RECURRENT.matcher(model.name()).find()) {
      sameTensors(weights, back);
    }
    try (Device device = Device.cpu();
        OnnxRuntime runtime = new OnnxRuntime(onnx)) {
      assertThat(runtime.metadata(OnnxFile.NOTES)).contains("input", "output");
      OnnxNetwork read = OnnxFile.read(onnx, device);
      for (int n : new int[] {1, 6}) {
        Sample sample = TrainedModel.sample(weights, device, n);
        near("ONNX Runtime", n, sample, runtime.run(sample.inputs()));
        near("import", n, sample, run(read, sample.inputs()));
      }
    }
  }

  private static void run(String... command) {
    Cli.Result r = Cli.run(command);
    assertThat(r.code()).as(r.err()).isZero();
  }

  private static void near(String who, int n, Sample sample, Map<String, float[]> theirs) {
    assertThat(Differences.largest(sample.outputs(), theirs))
        .as("%s, batch of %d", who, n)
        .isLessThan(RELATIVE);
  }

  private static Map<String, float[]> run(OnnxNetwork network, Map<String, Sample.Array> inputs) {
    Map<String, float[]> outputs = new HashMap<>();
    try (Step step = network.device().inference()) {
      Map<String, Tensor> given = new HashMap<>();
      inputs.forEach((name, a) ->
          given.put(
              name,
              a.isWhole() ? step.tensor(a.ints(), a.shape()) : step.tensor(a.floats(), a.shape())));
      network.run(given).forEach((name, tensor) -> outputs.put(name, tensor.toFloatArray()));
    }
    return outputs;
  }

  /** What other programs leave is what was saved here, name by name. */
  private static void sameTensors(Path before, Path after) {
    try (SafetensorsFile a = SafetensorsFile.open(before);
        SafetensorsFile b = SafetensorsFile.open(after)) {
      assertThat(b.metadata().get(Weights.MODEL)).isEqualTo(a.metadata().get(Weights.MODEL));
      assertThat(b.entries().keySet()).containsExactlyInAnyOrderElementsOf(a.entries().keySet());
      for (SafetensorsEntry e : a.entries().values()) {
        if (e.type() == StoredType.F32) {
          assertThat(b.floats(e.name())).as(e.name()).isEqualTo(a.floats(e.name()));
        }
      }
    }
  }
}
