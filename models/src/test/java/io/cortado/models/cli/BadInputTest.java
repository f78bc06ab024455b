package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.io.Weights;
import io.cortado.models.Zoo;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.ImageInfo;
import io.cortado.nn.Layer;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is given that cannot be used: one line with a remedy, exit code 2, nothing left behind.
 */
final class BadInputTest {

  @TempDir Path dir;

  private void assertRefused(List<String> args, String... parts) {
    Cli.Result r = Cli.run(args.toArray(String[]::new));
    assertThat(r.err().lines()).as("%s said: %s", args, r.err()).hasSize(1);
    assertThat(r.err())
        .startsWith("cortado: ")
        .contains(parts)
        .doesNotContain("Exception", "\tat ");
    assertThat(r.code()).isEqualTo(2);
  }

  static Stream<Arguments> lines() {
    return Stream.of(
        line("trian lenet5", "no command 'trian'", "did you mean 'train'"),
        line("train", "missing: MODEL", "train --help"),
        line("train lenet", "no model 'lenet'", "did you mean 'lenet5'", "mlp"),
        line("train transformer", "no model 'transformer'", "there are: mlp, lenet5"),
        line("train mlp lenet5", "'lenet5' is one argument too many"),
        line("train mlp --epoch 3", "no option '--epoch'", "did you mean '--epochs'"),
        line("train mlp --data mnits", "no data set 'mnits'", "did you mean 'mnist'"),
        line("train mlp --epochs -3", "--epochs", "'-3' is too small", "1 or more"),
        line("train mlp --epochs 0", "--epochs", "'0' is too small"),
        line("train mlp --epochs 2.5", "--epochs", "'2.5' is not a whole number"),
        line("train mlp --epochs 99999999999", "--epochs", "too large"),
        line("train mlp --lr NaN", "--lr", "'NaN' is no learning rate"),
        line("train mlp --lr -0.1", "--lr", "'-0.1' is no learning rate", "above 0"),
        line("train mlp --lr Infinity", "--lr", "finite"),
        line("train mlp --lr fast", "--lr", "'fast' is not a number"),
        line("train mlp --batch-size 0", "--batch-size", "too small"),
        line("train mlp --data digits --batch-size 5000", "--batch-size is 5000", "only 824"),
        line(
            "train mlp --task multiclass --skip-broken", "--skip-broken is for pictures", "--task"),
        line("train mlp --threads -1", "--threads", "too small"),
        line("train mlp --seed abc", "--seed", "'abc' is not a whole number"),
        line("train mlp --seed 99999999999999999999", "--seed", "64 bits"),
        line(
            "train mlp --image-size 30000", "--image-size", "'30000' is too large", "4096 at most"),
        line("train mlp --patience 0", "--patience", "too small"),
        line("train mlp --views 5", "--views", "give 1, 2 (mirrored too) or 10"),
        line("train mlp --optimizer adm", "no optimizer 'adm'", "did you mean 'adam'"),
        line("train lenet5 --variant 1999", "no variant of lenet5 '1999'", "1998"),
        line("train lenet5 --data digits", "lenet5 needs images of at least 12 x 12", "[1, 8, 8]"),
        line("train mlp --data digits --device gpu", "no device 'gpu'", "did you mean 'cpu'"),
        line("train mlp --data digits --precision fp8", "no precision 'fp8'", "fp16"),
        line(
            "train mlp --data digits --device cuda",
            "device cuda cannot be used here",
            "NVIDIA's driver was not found (no libcuda.so.1 in",
            "install NVIDIA's driver"),
        line(
            "train lstm --text a.txt --data shakespeare-sample",
            "--data and --text",
            "one of them"),
        line("train recommender --factor-ridge 0", "--factor-ridge", "'0' is no ridge", "above 0"),
        line("train word2vec --vocabulary 1", "--vocabulary is 1", "2 or more"),
        line(
            "train word2vec --negatives 2147483647",
            "--negatives 2147483647 with --batch-size 1024",
            "fewer --negatives"),
        line("train textcnn --data imdb --texts folder", "--data and --texts", "one of them"),
        line("train recommender --ratings a.csv --data tastes", "--data and --ratings"),
        line(
            "train mlp --data digits --data-dir nowhere",
            "--data-dir nowhere does not exist",
            "check the path"),
        line("data", "data list", "data fetch"),
        line("data fetch", "missing: NAME"),
        line("data fetch mnits", "did you mean 'mnist'"),
        line("train lstm --text none.txt", "none.txt does not exist; check the path"),
        line("train word2vec --text none.txt", "none.txt does not exist; check the path"),
        line("train recommender --ratings none.csv", "none.csv does not exist; check the path"),
        line("train lstm --text .", ". is a folder; give a file"),
        line("eval lenet5 missing.safetensors", "missing.safetensors", "check the path"),
        line("predict missing.safetensors a.png", "missing.safetensors", "check the path"));
  }

  private static Arguments line(String command, String... parts) {
    return Arguments.of(command, parts);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lines")
  void isRefused(String command, String[] parts) {
    List<String> args = new java.util.ArrayList<>(List.of(command.split(" ")));
    if (args.size() > 1 && args.getFirst().equals("train")) {
      args.addAll(List.of("--out", dir.resolve("out").toString()));
    }
    assertRefused(args, parts);
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void resultsAreNeverOverwritten() throws IOException {
    Path mine = Files.writeString(dir.resolve("mine.txt"), "mine");
    List<String> train = List.of("train", "mlp", "--data", "digits", "--out");
    assertRefused(with(train, dir.toString()), "is not empty", "new folder");
    assertRefused(with(train, mine.toString()), "is a file");
    assertRefused(with(train, mine.resolve("below").toString()), "cannot be made");
    assertThat(mine).hasContent("mine");
    assertThat(dir.toFile().list()).containsExactly("mine.txt");
  }

  @Test
  void aRefusedCommandLeavesNoFolder() throws IOException {
    Path out = dir.resolve("run");
    List<String> train = List.of("train", "mlp", "--task", "multiclass", "--out", out.toString());
    assertRefused(
        Stream.concat(train.stream(), Stream.of("--hidden", "99999,99999")).toList(),
        "make the layer or the batch smaller");
    assertThat(out).doesNotExist();
    Path mine = Files.createDirectory(dir.resolve("mine"));
    assertRefused(List.of("train", "mlp", "--data", "mnits", "--out", mine.toString()), "mnits");
    assertThat(mine).isEmptyDirectory();
  }

  @Test
  void anUnwritableFolderIsRefused() throws IOException {
    Path locked = Files.createDirectory(dir.resolve("locked"));
    if (!locked.toFile().setWritable(false) || Files.isWritable(locked)) {
      // The superuser may write anywhere but to what is no place for files.
      locked = Path.of("/proc/self");
    }
    assertRefused(
        List.of("train", "mlp", "--data", "digits", "--out", locked.resolve("x").toString()),
        "--out",
        "cannot be");
    assertRefused(
        List.of("train", "mlp", "--data", "digits", "--out", "/proc/cortado"),
        "--out",
        "cannot be");
  }

  @Test
  void aFullDiskIsNamed() {
    ErrorHandler errors = new ErrorHandler(() -> false);
    java.io.StringWriter text = new java.io.StringWriter();
    picocli.CommandLine line = Cortado.commandLine();
    line.setErr(new java.io.PrintWriter(text));
    IOException full =
        new java.nio.file.FileSystemException("a.png", null, "No space left on device");
    assertThat(errors.handle(full, line)).isEqualTo(2);
    assertThat(errors.handle(new NoSuchFileException("b.png"), line)).isEqualTo(2);
    assertThat(errors.handle(new OutOfMemoryError(), line)).isEqualTo(2);
    assertThat(errors.handle(new IllegalStateException("surprise"), line)).isEqualTo(1);
    assertThat(text.toString().lines())
        .satisfiesExactly(
            l -> assertThat(l).contains("a.png: No space left on device", "make room"),
            l -> assertThat(l).contains("b.png does not exist"),
            l -> assertThat(l).contains("out of memory", "-Xmx"),
            l -> assertThat(l).contains("internal error", "surprise", "--debug"));
  }

  @Test
  void weightsOfAnotherModelNameTheFirstTensorThatDiffers() {
    Path file = dir.resolve("mlp.safetensors");
    saveMlp(file, "mnist");
    assertRefused(
        List.of("eval", "lenet5", file.toString()),
        "\"7.weight\" is [10, 128] in the file",
        "[120, 400] in the model");
    assertRefused(
        List.of("eval", "mlp", file.toString(), "--data", "digits"),
        "[1, 28, 28]",
        "[1, 8, 8]",
        "--data mnist");
  }

  @Test
  void weightsAreMeasuredOnTheirOwnClassesAlone() {
    Path file = dir.resolve("mlp.safetensors");
    saveMlp(file, "mnist");
    assertRefused(
        List.of("eval", "mlp", file.toString(), "--data", "fashion-mnist"),
        "tells 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 apart",
        "the classes of fashion-mnist are T-shirt/top",
        "--data mnist");
    Path own = dir.resolve("own.safetensors");
    saveMlp(own, "mnist", "my-pictures");
    assertRefused(
        List.of("eval", "mlp", own.toString()),
        "was trained on a folder of pictures, 'my-pictures'",
        "--data");
  }

  @Test
  void filesThatAreNoWeightsAreRefused() throws IOException {
    Path text = Files.writeString(dir.resolve("notes.txt"), "Not weights at all, just some notes.");
    assertRefused(List.of("eval", "mlp", text.toString()), "not a safetensors file");
    Path file = dir.resolve("mlp.safetensors");
    saveMlp(file, "mnist");
    byte[] bytes = Files.readAllBytes(file);
    Path cut = Files.write(dir.resolve("cut.safetensors"), Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(List.of("predict", cut.toString(), "a.png"), "cut short");
    Path foreign = dir.resolve("foreign.safetensors");
    try (Device device = Device.cpu()) {
      Weights.save(foreign, java.util.Map.of("w", device.ones(2, 3)), java.util.Map.of());
    }
    assertRefused(List.of("eval", "mlp", foreign.toString()), "does not say which model");
  }

  @Test
  void imagesThatCannotBeReadAreRefused() throws IOException {
    Path file = dir.resolve("mlp.safetensors");
    saveMlp(file, "mnist");
    Path text = Files.writeString(dir.resolve("notes.png"), "Seven is a nice digit.");
    assertRefused(
        List.of("predict", file.toString(), text.toString()), "notes.png", "not a picture");
    assertRefused(
        List.of("predict", file.toString(), "nowhere.png"), "nowhere.png", "does not exist");
    assertRefused(List.of("predict", file.toString(), dir.toString()), "not a file");
  }

  @Test
  void truncatedAndAlteredDataIsRefused() throws IOException {
    Path set = Files.createDirectories(dir.resolve("data").resolve("fashion-mnist"));
    Path images = set.resolve("train-images-idx3-ubyte");
    byte[] header = {0, 0, 8, 3, 0, 0, (byte) 0xea, 0x60, 0, 0, 0, 28, 0, 0, 0, 28};
    Files.write(images, Arrays.copyOf(header, 5000));
    List<String> train =
        List.of(
            "train",
            "mlp",
            "--data",
            "fashion-mnist",
            "--data-dir",
            dir.resolve("data").toString(),
            "--out",
            dir.resolve("out").toString());
    assertRefused(train, images.toString(), "truncated");
    try (FileOutputStream out = new FileOutputStream(images.toFile())) {
      out.write(Arrays.copyOf(header, header.length + 60_000 * 784));
    }
    assertRefused(train, images.toString(), "SHA-256");
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void aTrainingThatBreaksDownSaysSo() {
    assertRefused(
        List.of(
            "train",
            "mlp",
            "--data",
            "digits",
            "--lr",
            "1e30",
            "--optimizer",
            "sgd",
            "--out",
            dir.resolve("out").toString()),
        "broke down: the ",
        " in epoch 1, at step ",
        "lower the learning rate");
  }

  @Test
  void debugShowsTheStackTrace() {
    Cli.Result r = Cli.run("train", "lenet", "--debug");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("cortado: there is no model", "\tat ");
  }

  private static List<String> with(List<String> args, String last) {
    return Stream.concat(args.stream(), Stream.of(last)).toList();
  }

  private static void saveMlp(Path file, String data) {
    saveMlp(file, data, data);
  }

  private static void saveMlp(Path file, String data, String name) {
    ImageInfo i = DataSets.image(data).info();
    ImageInfo named =
        new ImageInfo(
            name,
            i.description(),
            i.source(),
            i.licence(),
            i.trainSize(),
            i.testSize(),
            i.classNames(),
            i.channels(),
            i.height(),
            i.width(),
            i.scaling());
    ImageModel model = ImageModel.of(Zoo.classifier("mlp"), "relu", named);
    try (Device device = Device.cpu()) {
      Layer network = Zoo.classifier("mlp").build(model);
      network.init(device, 1);
      Weights.save(file, network.stateDict(), model.toDescription());
    }
  }
}
