package io.cortado.io;

import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Layer;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving and loading whole models; runs here because it needs a backend, and any will do. */
final class WeightsTest {

  @TempDir Path dir;
  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Layer model(int hidden, long seed) {
    return sequential(linear(4, hidden), batchNorm1d(hidden), relu(), linear(hidden, 3))
        .init(device, seed);
  }

  private float[] output(Layer model) {
    float[] x = {1, -2, 3, 0.5f, 0, 1, 1, 2};
    model.eval();
    try (Step step = device.inference()) {
      return model.forward(step.tensor(x, 2, 4)).toFloatArray();
    }
  }

  private void trainABit(Layer model) {
    try (Step step = device.step()) { // moves the running statistics
      model.train();
      assertThat(model.forward(step.tensor(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4)).size())
          .isEqualTo(6);
    }
  }

  @Test
  void aModelComesBackWithItsStateAndDescription() {
    Path file = dir.resolve("m.safetensors");
    Layer saved = model(5, 1);
    trainABit(saved);
    ModelDescription description =
        new ModelDescription("toy", Shape.of(4), List.of("a", "b", "c"), Map.of("hidden", "5"));
    saved.save(file, description);

    Layer loaded = model(5, 2);
    assertThat(output(loaded)).isNotEqualTo(output(saved));
    loaded.load(file);
    assertThat(output(loaded)).isEqualTo(output(saved));
    assertThat(Weights.describe(file)).contains(description);
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      assertThat(in.entries().keySet())
          .containsExactly(
              "0.weight",
              "0.bias",
              "1.weight",
              "1.bias",
              "3.weight",
              "3.bias",
              "1.running_mean",
              "1.running_var",
              "1.num_batches_tracked");
      assertThat(in.ints("1.num_batches_tracked")).containsExactly(1);
      assertThat(in.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void anotherArchitectureIsRefusedByItsFirstDifferenceAndNothingChanges() {
    Path file = dir.resolve("m.safetensors");
    model(5, 1).save(file, new ModelDescription("five", Shape.of(4), List.of(), Map.of()));
    Layer other = model(6, 2);
    float[] before = other.store().toFloatArray();
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> other.load(file))
        .withMessage(
            file
                + ": holds the weights of another model: \"0.weight\" is [5, 4] in the file and [6, 4] in the model,"
                + " the first of 7 that differ; nothing was loaded: build the model these were saved from, five");
    assertThat(other.store().toFloatArray()).isEqualTo(before);

    Layer deeper = sequential(linear(4, 5), relu(), linear(5, 3)).init(device, 3);
    float[] untouched = deeper.store().toFloatArray();
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> deeper.load(file))
        .withMessageContaining("the file lacks \"2.weight\", \"2.bias\"")
        .withMessageContaining(
            "the model has no \"1.weight\", \"1.bias\", \"3.weight\", \"3.bias\", \"1.running_mean\", ...");
    assertThat(deeper.store().toFloatArray()).isEqualTo(untouched);
  }

  @Test
  void aValueThatDoesNotFitLeavesTheModelAsItWas() throws IOException {
    Layer model = sequential(linear(1, 2)).init(device, 1);
    float[] before = model.store().toFloatArray();
    Path file = dir.resolve("f64.safetensors");
    Files.write(file, doubles(0.5, 0.25, 1e300));
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> model.load(file))
        .withMessageContaining("element 0 of tensor \"0.bias\" is 1.0E300, too large for FLOAT32");
    assertThat(model.store().toFloatArray()).isEqualTo(before);

    Files.write(file, doubles(0.5, 0.25, -4));
    model.load(file);
    assertThat(model.namedParameters().get("0.weight").value().toFloatArray())
        .containsExactly(0.5f, 0.25f);
    assertThat(model.namedParameters().get("0.bias").value().toFloatArray())
        .containsExactly(-4, -4);
  }

  /** A file as a program that computes in double precision would write it. */
  private static byte[] doubles(double w0, double w1, double bias) {
    byte[] header =
        ("{\"0.weight\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[0,16]},"
                + "\"0.bias\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[16,32]}}")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 32)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .putDouble(w0)
        .putDouble(w1)
        .putDouble(bias)
        .putDouble(bias)
        .array();
  }

  /** As after set(), a backward pass that needs what was there is an error. */
  @Test
  void whatIsLoadedOverwritesWhatABackwardPassNeeds() {
    Path file = dir.resolve("m.safetensors");
    Layer model = model(5, 1);
    model.save(file);
    try (Step step = device.step()) {
      Tensor loss = model.forward(step.ones(2, 4)).sum();
      model.load(file);
      assertThatIllegalStateException()
          .isThrownBy(loss::backward)
          .withMessageContainingAll("linear", "overwritten");
    }
  }
}
