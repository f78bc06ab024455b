package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.io.NpyArray;
import io.cortado.io.NpzWriter;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.SafetensorsWriter;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.classify.ModelEntry;
import io.cortado.models.data.DataSets;
import io.cortado.nn.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that go to other programs and come from them; what ONNX files compute is OnnxFileTest's.
 */
final class ExchangeCommandsTest {

  @TempDir Path dir;
  private Path weights;

  @BeforeEach
  void save() {
    weights = dir.resolve("weights.safetensors");
    ModelEntry entry = Zoo.classifier("lenet5");
    ImageModel model = ImageModel.of(entry, "1998", DataSets.image("mnist").info());
    try (Device device = Device.cpu()) {
      Layer network = entry.build(model);
      network.init(device, 1);
      network.save(weights, model.toDescription());
    }
  }

  private static String good(Object... args) {
    Cli.Result r = Cli.run(strings(args));
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    return r.out();
  }

  private static void bad(String reason, Object... args) {
    Cli.Result r = Cli.run(strings(args));
    assertThat(r.code()).as(r.out()).isEqualTo(2);
    assertThat(r.err()).startsWith("cortado: ").contains(reason).hasLineCount(1);
  }

  private static String[] strings(Object... args) {
    return Arrays.stream(args).map(Object::toString).toArray(String[]::new);
  }

  @Test
  void helpSaysHow() {
    for (String command : List.of("export", "import", "inspect", "convert")) {
      assertThat(good(command, "--help")).contains("Example", "cortado " + command);
    }
  }

  @Test
  void aModelIsExportedAndInspected() {
    Path onnx = dir.resolve("lenet5.onnx");
    assertThat(good("export", weights, "--onnx", onnx)).contains(onnx + ": lenet5, opset 17");
    assertThat(good("inspect", onnx))
        .contains("ONNX, opset 17, by cortado", "model      lenet5", "variant    1998")
        .contains("AveragePool=2", "Conv=2", "Gemm=3", "Tanh=4")
        .contains("input      input [N, 1, 28, 28]", "output     output [N, 10]")
        .contains("11.bias", "[6, 1, 5, 5]", "FLOAT", "INT64");
    assertThat(good("inspect", weights))
        .contains("kind       safetensors", "model      lenet5", "input      [1, 28, 28]")
        .contains("classes    0, 1, 2", "data       mnist", "elements   61,706", "tensors    10")
        .containsPattern("0\\.weight +F32 +\\[6, 1, 5, 5\\]");
  }

  @Test
  void tensorsGoToNumpyAndBack() {
    Path npz = dir.resolve("weights.npz");
    Path back = dir.resolve("back.safetensors");
    Cli.Result there = Cli.run("convert", weights.toString(), npz.toString());
    assertThat(there.code()).isZero();
    assertThat(there.out()).contains("weights.npz: 10 tensors");
    assertThat(there.err()).contains("no place for metadata", "cortado.model");
    assertThat(good("inspect", npz)).contains("kind       .npz", "0.weight   F32  [6, 1, 5, 5]");
    good("convert", npz, back);
    try (SafetensorsFile before = SafetensorsFile.open(weights);
        SafetensorsFile after = SafetensorsFile.open(back)) {
      assertThat(after.entries().keySet()).isEqualTo(before.entries().keySet());
      for (String name : before.entries().keySet()) {
        assertThat(after.entry(name).shape()).isEqualTo(before.entry(name).shape());
        assertThat(after.floats(name)).isEqualTo(before.floats(name));
      }
    }
  }

  @Test
  void whatCannotBeDoneIsSaid() throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "hello, this is no file of tensors");
    Path rating = dir.resolve("rating.safetensors");
    new SafetensorsWriter()
        .metadata("cortado.model", "{\"name\":\"checkerboard\"}")
        .add("w", new float[1], 1)
        .write(rating);
    bad("checkerboard, which trains many small networks", "export", rating, "--onnx", "r.onnx");
    bad("is no ONNX file", "import", rating, "--out", dir.resolve("r.safetensors"));
    bad("does not start as safetensors, .npy, .npz or ONNX do", "inspect", text);
    bad("is a folder", "inspect", dir);
    bad("there is no", "inspect", dir.resolve("none"));
    bad("missing: --onnx", "export", weights);
    Path anonymous = dir.resolve("a.npz");
    new NpzWriter().add("a", new int[] {1}, 1).write(anonymous);
    bad("the header claims", "export", anonymous, "--onnx", dir.resolve("a.onnx"));
    bad("a.npz is npz, and ", "convert", anonymous, dir.resolve("b.npz"));
    bad("cannot be written", "convert", anonymous, dir.resolve("none/b.safetensors"));
    Path npy = dir.resolve("a.npy");
    NpyArray.write(npy, new float[] {1, 2}, 2);
    assertThat(good("inspect", npy)).contains("kind       .npy", "array  F32  [2]");
    bad("is npy, and", "convert", npy, dir.resolve("b.safetensors"));
  }

  @Test
  void doublePrecisionIsRoundedOnlyIfAsked() throws IOException {
    Path doubles = dir.resolve("doubles.safetensors");
    byte[] header =
        "{\"../\u001b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}"
            .replace("\u001b", "\\u001b")
            .getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[8 + header.length + 8];
    file[0] = (byte) header.length;
    System.arraycopy(header, 0, file, 8, header.length);
    Files.write(doubles, file);
    Path npz = dir.resolve("doubles.npz");
    bad("give --round", "convert", doubles, npz);
    bad("points out of the archive", "convert", doubles, npz, "--round");
    assertThat(good("inspect", doubles)).contains("../?  F64  [1]").doesNotContain("\u001b");
  }
}
