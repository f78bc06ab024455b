package io.cortado.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.SafetensorsWriter;
import io.cortado.io.Weights;
import io.cortado.models.lenet.LeNet5;
import io.cortado.nn.LSTM;
import io.cortado.nn.Layer;
import io.cortado.nn.RNNOptions;
import io.cortado.nn.TransformerEncoderLayer;
import io.cortado.nn.TransformerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that PyTorch and Cortado load from each other's files without renaming anything;
 * torch_exchange.py is PyTorch's side.
 */
final class TorchExchangeTest {

  private static final float TOLERANCE = 1e-5f;
  private static final Path SCRIPT =
      Path.of(
          Files.isDirectory(Path.of("models")) ? "models" : "",
          "src/test/python/torch_exchange.py");

  @TempDir Path dir;

  private static Layer model(String name, int side) {
    return switch (name) {
      case "lenet5" -> LeNet5.classic(1, side, side, 10);
      case "lstm" -> new LSTM(5, 7, RNNOptions.DEFAULTS.numLayers(2).bidirectional(true));
      default -> new TransformerEncoderLayer(8, 2, TransformerOptions.DEFAULTS.dimFeedforward(16));
    };
  }

  private static int[] inputs(String name, int side) {
    return switch (name) {
      case "lenet5" -> new int[] {3, 1, side, side};
      case "lstm" -> new int[] {4, 3, 5};
      default -> new int[] {4, 3, 8};
    };
  }

  private static float[] output(Layer model, float[] x, int... shape) {
    model.eval();
    try (Step step = model.device().inference()) {
      return model.forward(step.tensor(x, shape)).toFloatArray();
    }
  }

  private static SafetensorsFile recorded(String name) throws IOException {
    try (InputStream in = TorchExchangeTest.class.getResourceAsStream(name)) {
      return SafetensorsFile.of(name, Objects.requireNonNull(in, name).readAllBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "lstm", "transformer"})
  void whatTorchSavedGivesTorchsOutputs(String name) throws IOException {
    try (Device device = Device.cpu();
        SafetensorsFile weights = recorded(name + ".safetensors");
        SafetensorsFile io = recorded(name + ".io.safetensors")) {
      Layer model = model(name, 12);
      model.init(device, 3);
      Weights.load(weights, model.stateDict());
      model.stateLoaded();
      float[] y = output(model, io.floats("x"), io.entry("x").shape().toArray());
      float[] expected = io.floats("y");
      assertThat(y).hasSameSizeAs(expected);
      for (int i = 0; i < y.length; i++) {
        assertThat(Math.abs(y[i] - expected[i])).as("output %d", i).isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void torchLoadsWhatWeSaveAndGivesOurOutputs() throws Exception {
    String python = pythonWithTorch();
    assumeTrue(!python.isEmpty(), "no python3 with PyTorch is here: PyTorch's side is not checked");
    try (Device device = Device.cpu()) {
      for (String name : List.of("lenet5", "lstm", "transformer")) {
        Layer model = model(name, 28);
        model.init(device, 3);
        model.save(dir.resolve(name + ".safetensors"));
        int[] shape = inputs(name, 28);
        float[] x = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) random.nextGaussian();
        }
        float[] y = output(model, x, shape);
        new SafetensorsWriter()
            .add("x", x, shape)
            .add("y", y, outputs(name, shape, y.length))
            .write(dir.resolve(name + ".io.safetensors"));
      }
    }
    String said = run(python, SCRIPT.toString(), "check", dir.toString());
    assertThat(said).contains("lenet5: ", "lstm: ", "transformer: ");
  }

  private static int[] outputs(String name, int[] in, int size) {
    return name.equals("lenet5")
        ? new int[] {in[0], size / in[0]}
        : new int[] {in[0], in[1], size / in[0] / in[1]};
  }

  /** Returns what Python is called that has PyTorch; empty if there is none. */
  private static String pythonWithTorch() throws Exception {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      try {
        String said = run(python, "-c", "import torch");
        if (said.isEmpty()) {
          return python;
        }
      } catch (IOException | AssertionError e) {
        continue; // the next may have it
      }
    }
    return "";
  }

  private static String run(String... command) throws Exception {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).as(said).isZero();
    return said;
  }
}
