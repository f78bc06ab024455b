package io.cortado.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.FileException;
import io.cortado.io.NpyArray;
import io.cortado.io.NpzFile;
import io.cortado.models.InputException;
import io.cortado.models.Spoiled;
import io.cortado.optim.SGD;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads files that PyTorch wrote; record_onnx.py made them. */
final class OnnxImportTest {

  /** Of outputs that are about 1. */
  private static final float TOLERANCE = 1e-5f;

  /** Spoiled files are of a few kilobytes. */
  private static final long MEMORY = 8 << 20;

  @TempDir Path dir;

  private static byte[] recorded(String name) throws IOException {
    try (InputStream in = OnnxImportTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "codes", "blocks", "rows", "texts", "rnn", "lstm", "gru"})
  void whatPyTorchExportedGivesItsOutputs(String name) throws IOException {
    Path arrays = Files.write(dir.resolve("io.npz"), recorded(name + ".npz"));
    try (Device device = Device.cpu();
        NpzFile io = NpzFile.open(arrays);
        Step step = device.inference()) {
      OnnxNetwork network = OnnxNetwork.read(name, recorded(name + ".onnx"), device);
      NpyArray x = io.array("x");
      int[] shape = x.shape().toArray();
      boolean whole = x.type().name().startsWith("I");
      Tensor y =
          network.forward(whole ? step.tensor(x.ints(), shape) : step.tensor(x.floats(), shape));
      assertThat(y.shape()).isEqualTo(io.array("y").shape());
      float[] expected = io.array("y").floats();
      float[] actual = y.toFloatArray();
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i])).as("output %d", i).isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void parametersHavePyTorchsNamesAndAreTrained() throws IOException {
    try (Device device = Device.cpu()) {
      OnnxNetwork network = OnnxNetwork.read("images", recorded("images.onnx"), device);
      assertThat(network.namedParameters().keySet())
          .contains("features.0.weight", "features.1.running_mean", "head.1.bias");
      float[] before = weight(network, "features.0.weight");
      float[] mean = weight(network, "features.1.running_mean");
      double[] losses = new double[2];
      SGD optimizer = new SGD(1e-2);
      optimizer.attach(network);
      for (int i = 0; i < losses.length; i++) {
        try (Step step = device.step()) {
          Tensor loss = network.forward(step.ones(2, 2, 13, 13)).square().sum();
          losses[i] = loss.item();
          loss.backward();
          optimizer.step();
        }
      }
      assertThat(losses[1]).isLessThan(losses[0]);
      assertThat(weight(network, "features.0.weight")).isNotEqualTo(before);
      assertThat(weight(network, "features.1.running_mean")).isEqualTo(mean);
    }
  }

  private static float[] weight(OnnxNetwork network, String name) {
    return Objects.requireNonNull(network.namedParameters().get(name)).value().toFloatArray();
  }

  private byte[] graph(String operator, Map<String, String> attributes, String... inputs)
      throws IOException {
    Path file = dir.resolve("graph.onnx");
    OnnxFile.write(
        file,
        "graph",
        Map.of(),
        g -> {
          String x = g.input("input", "N", 1, 6, 6);
          Node node = Node.of(operator);
          attributes.forEach(node::with);
          List<String> all = inputs.length == 0 ? List.of(x) : List.of(inputs);
          g.add(node, all, List.of("y"));
          g.describeOutput("y", "N");
        });
    return Files.readAllBytes(file);
  }

  private static void refused(byte[] file, Class<? extends Exception> kind, String... parts) {
    try (Device device = Device.cpu()) {
      assertThatThrownBy(() -> OnnxNetwork.read("file", file, device))
          .isInstanceOf(kind)
          .satisfies(e -> assertThat(e.getMessage()).contains(parts).contains("; "));
    }
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    Class<InputException> input = InputException.class;
    refused(graph("Einsum", Map.of()), input, "operator Einsum of node 'y' is not read");
    refused(graph("Conv", Map.of("auto_pad", "SAME_UPPER")), input, "'y'", "SAME_UPPER");
    refused(graph("Relu", Map.of(), "nowhere"), input, "takes 'nowhere'");
    byte[] rows = recorded("rows.onnx");
    String text = new String(rows, StandardCharsets.ISO_8859_1);
    refused(
        text.replaceFirst("first\\.bias", "first.biaz").getBytes(StandardCharsets.ISO_8859_1),
        input,
        "takes 'first.biaz'");
    refused(new byte[] {8, 8, 1}, FileException.class, "no ONNX file");
  }

  @Test
  void spoiledFilesAreRefusedOrRead() throws IOException {
    List<byte[]> tokens =
        List.of(
            new byte[] {0},
            new byte[] {-1, -1, -1, -1, 15},
            new byte[] {8, -1, -1, -1, -1, 7},
            "Einsum".getBytes(StandardCharsets.US_ASCII),
            new byte[] {10});
    try (Device device = Device.cpu()) {
      new Spoiled(tokens, recorded("rows.onnx"), recorded("lstm.onnx"), recorded("codes.onnx"))
          .readBy(
              bad -> assertThat(OnnxNetwork.read("spoiled", bad, device).inputs()).isNotNull(),
              MEMORY,
              List.of(FileException.class, InputException.class));
    }
  }
}
