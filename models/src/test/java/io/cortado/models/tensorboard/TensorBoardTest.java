package io.cortado.models.tensorboard;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cortado.Device;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.models.cli.Cli;
import io.cortado.nn.Layer;
import io.cortado.optim.Adam;
import io.cortado.train.Checkpoints;
import io.cortado.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What TensorBoard is told of trainings. */
final class TensorBoardTest {

  private static final Path SCRIPT =
      Path.of(
          Files.isDirectory(Path.of("models")) ? "models" : "",
          "src/test/python/tensorboard_events.py");

  private static final int IMAGE = 4;
  private static final int HISTOGRAM = 5;
  private static final int TENSOR = 8;

  @TempDir Path dir;

  private static Dataset points() {
    Random random = new Random(1);
    float[] x = new float[2 * 96];
    int[] y = new int[96];
    for (int i = 0; i < y.length; i++) {
      x[2 * i] = random.nextFloat();
      x[2 * i + 1] = random.nextFloat();
      y[i] = x[2 * i] > x[2 * i + 1] ? 1 : 0;
    }
    return ArrayDataset.of(x, y, 2, 2);
  }

  /** Trains epochs of 12 steps; returns the weights. */
  private static float[] train(int epochs, Optional<TensorBoardLog> log, Optional<Path> saved) {
    try (Device device = Device.cpu()) {
      Layer model = sequential(linear(2, 8), relu(), linear(8, 2)).init(device, 1);
      Trainer trainer =
          Trainer.of(model).loss(crossEntropy()).optimizer(new Adam(0.01)).batchSize(8);
      log.ifPresent(trainer::on);
      saved.ifPresent(folder -> {
        trainer.checkpoint(new Checkpoints(folder).everySteps(8).keepLast(9));
        Checkpoints.latest(folder).ifPresent(trainer::resume);
      });
      trainer.epochs(epochs).fit(points(), points());
      return model.store().toFloatArray();
    }
  }

  @Test
  void aTrainingThatGoesOnLeavesTheCurvesOfOneThatNeverStopped() throws IOException {
    Path whole = dir.resolve("whole");
    Path parts = dir.resolve("parts");
    Path saved = dir.resolve("saved");
    float[] alone = train(3, Optional.empty(), Optional.empty());
    assertThat(train(3, Optional.of(new TensorBoardLog(whole).everySteps(4)), Optional.empty()))
        .isEqualTo(alone);
    float[] unused =
        train(2, Optional.of(new TensorBoardLog(parts).everySteps(4)), Optional.of(saved));
    // As if it had been killed behind step 20, from which on it had gone to 24.
    Path lost = Files.createDirectories(dir.resolve("lost"));
    try (DirectoryStream<Path> later = Files.newDirectoryStream(saved, "step-00000024*")) {
      for (Path checkpoint : later) {
        Files.move(checkpoint, lost.resolve(checkpoint.getFileName()));
      }
    }
    assertThat(train(3, Optional.of(new TensorBoardLog(parts).everySteps(4)), Optional.of(saved)))
        .isEqualTo(alone);
    assertThat(EventReader.files(parts)).hasSize(2);
    for (String tag :
        List.of(
            "train/loss",
            "train/grad_norm",
            "train/lr",
            "train/epoch",
            "train/loss_epoch",
            "val/loss")) {
      Map<Long, Float> curve = EventReader.curve(whole, tag);
      assertThat(curve.keySet())
          .as(tag)
          .containsExactly(
              Set.of("train/loss", "train/grad_norm", "train/lr").contains(tag)
                  ? new Long[] {4L, 8L, 12L, 16L, 20L, 24L, 28L, 32L, 36L}
                  : new Long[] {12L, 24L, 36L});
      assertThat(EventReader.curve(parts, tag)).as(tag).isEqualTo(curve);
    }
    assertThat(EventReader.curve(whole, "train/step_ms").values()).allMatch(ms -> ms > 0);
    List<EventReader.Event> shown = EventReader.shown(whole);
    for (String tag : List.of("weights/0.weight", "gradients/2.bias")) {
      assertThat(shown)
          .filteredOn(e -> e.tag().equals(tag))
          .isNotEmpty()
          .allMatch(e -> e.kind() == HISTOGRAM);
    }
  }

  @Test
  void whatCannotBeWrittenIsToldOnceAndTheTrainingGoesOn() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "in the way");
    List<String> warnings = new ArrayList<>();
    TensorBoardLog log = new TensorBoardLog(file).warnings(warnings::add);
    assertThat(train(3, Optional.of(log), Optional.empty()))
        .isEqualTo(train(3, Optional.empty(), Optional.empty()));
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("TensorBoard will miss what happens now: " + file);
  }

  @Test
  void aRunOfTheCommandLineIsToldAndTensorBoardsOwnReaderFindsTheSame() throws Exception {
    Path run = dir.resolve("run");
    good("--tensorboard", "5", "--ui", "--steps", "40", "--out", run.toString());
    Cli.Result rest = Cli.run("train", "mlp", "--resume", run.toString());
    assertThat(rest.code()).as(rest.err()).isZero();
    good("--out", dir.resolve("alone").toString());
    assertThat(run.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(dir.resolve("alone/weights.safetensors"));

    Path board = run.resolve("tensorboard");
    assertThat(EventReader.files(board)).hasSize(2);
    Map<Long, Float> accuracy = EventReader.curve(board, "val/accuracy");
    assertThat(accuracy.keySet()).containsExactly(26L, 52L, 78L);
    List<EventReader.Event> shown = EventReader.shown(board);
    assertThat(shown)
        .filteredOn(e -> e.kind() == TENSOR)
        .extracting(EventReader.Event::tag)
        .contains("settings", "model");
    assertThat(shown)
        .filteredOn(e -> e.kind() == IMAGE)
        .extracting(EventReader.Event::tag)
        .contains("filters", "misread");
    String python = pythonWithTensorBoard();
    if (python.isEmpty()) {
      System.out.println(
          "TensorBoardTest: TensorBoard's own reader is skipped: no python3 with tensorboard is here");
    }
    assumeTrue(!python.isEmpty(), "no python3 with tensorboard: its reader is not asked");
    JsonNode read =
        JsonMapper.shared().readTree(said(python, SCRIPT.toString(), "read", board.toString()));
    for (String tag : List.of("train/loss", "val/accuracy", "train/lr", "train/step_ms")) {
      Map<Long, Float> theirs = new TreeMap<>();
      for (JsonNode point : read.get("scalars").get(tag)) {
        theirs.put(point.get(0).asLong(), point.get(1).floatValue());
      }
      assertThat(theirs).as(tag).isEqualTo(EventReader.curve(board, tag));
    }
    assertThat(read.get("histograms").get("weights/1.weight").get(0).get(1).asDouble())
        .isEqualTo(64 * 256);
    assertThat(read.get("images").get("misread").get(0).get(1).asInt()).isGreaterThan(100);
    assertThat(read.get("texts").get("settings").get(0).asString())
        .contains("| --epochs | 3 |", "| model | mlp |");
    assertThat(read.get("texts").get("model").get(0).asString()).contains("Linear(64, 256)");
  }

  private static void good(String... more) {
    List<String> line =
        new ArrayList<>(List.of("train", "mlp", "--data", "digits", "--epochs", "3"));
    line.addAll(List.of(more));
    Cli.Result result = Cli.run(line.toArray(String[]::new));
    assertThat(result.code()).as("%s%n%s", result.out(), result.err()).isZero();
  }

  /** Returns what Python is called that has TensorBoard; empty if there is none. */
  private static String pythonWithTensorBoard() throws Exception {
    String given = System.getenv("CORTADO_TENSORBOARD_PYTHON");
    for (String python : given != null ? List.of(given) : List.of("python3", "/usr/bin/python3")) {
      try {
        if (said(python, "-c", "import tensorboard; print('here')").endsWith("here\n")) {
          return python;
        }
      } catch (IOException | AssertionError e) {
        if (given != null) {
          throw e;
        }
      }
    }
    return "";
  }

  private static String said(String... command) throws Exception {
    Path errors = Files.createTempFile("tensorboard", ".txt");
    try {
      Process p = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(p.waitFor()).as(() -> said + readable(errors)).isZero();
      return said;
    } finally {
      Files.delete(errors);
    }
  }

  private static String readable(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
