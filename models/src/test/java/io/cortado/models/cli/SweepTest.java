package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps over settings, stopped and gone on with. */
final class SweepTest {

  private static final String SWEEP =
      "forecast --grid lr=0.003,0.0001,1e30 --random 1 --range hidden=2..9:log:int --seeds 2 --epochs 2";

  @TempDir Path dir;

  private Cli.Result sweep(String arguments) {
    List<String> all = new ArrayList<>(List.of("sweep"));
    all.addAll(List.of(arguments.replace("DIR", dir.toString()).split(" ")));
    return Cli.run(all.toArray(String[]::new));
  }

  private String refused(String arguments) throws IOException {
    Cli.Result r = sweep(arguments + " --out DIR/refused");
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isEqualTo(2);
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left.filter(p -> p.endsWith("refused"))).isEmpty();
    }
    return r.err();
  }

  private List<String> table(String folder) throws IOException {
    return Files.readAllLines(dir.resolve(folder).resolve("table.md")).stream()
        .map(row -> row.substring(0, row.lastIndexOf('|', row.length() - 2))) // without seconds
        .toList();
  }

  @Test
  void aStoppedSweepGoesOnAndComesToTheSameTable() throws IOException {
    Cli.Result whole = sweep(SWEEP + " --out DIR/whole");
    assertThat(whole.code()).as("%s%n%s", whole.out(), whole.err()).isZero();
    List<String> table = table("whole");
    assertThat(table).hasSize(5);
    assertThat(table.getFirst()).isEqualTo("| lr | hidden | val_loss, mean | spread | seeds ");
    assertThat(table.get(2)).startsWith("| 0.003 |"); // the other rate learns next to nothing
    assertThat(table.get(3)).startsWith("| 0.0001 |");
    assertThat(table.get(4)).startsWith("| 1e30 |").contains("NaN"); // broke down
    assertThat(whole.out()).contains("seed 2  {lr=1e30, hidden=", "broke down");
    assertThat(dir.resolve("whole/sweep.png")).exists();

    // As if it had been killed in its fourth run.
    Path parts = dir.resolve("parts");
    Files.createDirectories(parts);
    Files.copy(dir.resolve("whole/sweep.txt"), parts.resolve("sweep.txt"));
    List<String> lines = Files.readAllLines(dir.resolve("whole/sweep.jsonl"));
    Files.write(parts.resolve("sweep.jsonl"), lines.subList(0, 3));
    for (String run : List.of("run-001-seed-1", "run-001-seed-2", "run-002-seed-1")) {
      Files.createDirectories(parts.resolve(run));
      Files.copy(
          dir.resolve("whole").resolve(run).resolve("validation.json"),
          parts.resolve(run).resolve("validation.json"));
    }
    String fourth = Files.readAllLines(parts.resolve("sweep.txt")).get(2);
    String hidden = fourth.replaceAll(".*hidden=(\\d+).*", "$1");
    Cli.Result stopped =
        Cli.run(
            "train",
            "forecast",
            "--epochs",
            "2",
            "--lr=0.0001",
            "--hidden=" + hidden,
            "--seed",
            "2",
            "--out",
            parts.resolve("run-002-seed-2").toString(),
            "--steps",
            "5");
    assertThat(stopped.code()).as(stopped.err()).isZero();
    Cli.Result rest = sweep(SWEEP + " --out DIR/parts");
    assertThat(rest.code()).as("%s%n%s", rest.out(), rest.err()).isZero();
    assertThat(table("parts")).isEqualTo(table);
    assertThat(parts.resolve("run-001-seed-1").resolve(RunFolder.RECORD)).doesNotExist();

    Cli.Result other = sweep("forecast --grid lr=0.1,0.2 --out DIR/parts");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("is of another sweep");
  }

  /** Starts a program of its own, and kills it in its second run, behind the first checkpoint. */
  private void killed(Path folder, List<String> arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Cortado.class.getName()));
    command.addAll(arguments);
    Path said = dir.resolve("said.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    Path checkpoints = folder.resolve("run-002-seed-1").resolve(RunFolder.CHECKPOINTS);
    while (process.isAlive() && !(Files.isDirectory(checkpoints) && holds(checkpoints))) {
      Thread.sleep(2);
    }
    process.toHandle().destroyForcibly();
    assertThat(process.waitFor()).as(Files.readString(said)).isEqualTo(137);
  }

  private static boolean holds(Path checkpoints) throws IOException {
    try (Stream<Path> all = Files.list(checkpoints)) {
      return all.anyMatch(p -> p.getFileName().toString().startsWith("step-"));
    }
  }

  @Test
  void aSweepThatWasKilledGoesOnAndComesToTheTableOfOneThatWasNot() throws Exception {
    Path parts = dir.resolve("parts");
    String command = "forecast --grid lr=0.003,0.0001 --hidden 2 --epochs 3 --checkpoint-every 8";
    List<String> arguments = new ArrayList<>(List.of("sweep"));
    arguments.addAll(List.of(command.split(" ")));
    arguments.addAll(List.of("--out", parts.toString()));
    killed(parts, arguments);
    assertThat(Files.readAllLines(parts.resolve("sweep.jsonl"))).hasSize(1);
    assertThat(parts.resolve("table.md")).doesNotExist();
    Cli.Result rest = Cli.run(arguments.toArray(String[]::new));
    assertThat(rest.code()).as("%s%n%s", rest.out(), rest.err()).isZero();
    assertThat(Files.readString(parts.resolve("run-002-seed-1.log"))).contains("epoch 3/3");
    Cli.Result whole = sweep(command + " --out DIR/whole");
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(table("parts")).isEqualTo(table("whole")).hasSize(4);
    for (String run : List.of("run-001-seed-1", "run-002-seed-1")) {
      assertThat(parts.resolve(run).resolve("weights.safetensors"))
          .hasSameBinaryContentAs(dir.resolve("whole").resolve(run).resolve("weights.safetensors"));
    }
  }

  @Test
  void badSweepsAreNamed() throws IOException {
    assertThat(refused("forecast --grid hiden=1,2")).contains("'hiden'", "did you mean 'hidden'?");
    assertThat(refused("forecast --grid seed=1,2")).contains("no option to sweep 'seed'");
    assertThat(refused("forecast --grid lr=0.1,x"))
        .contains("sweep: invalid value for option '--lr': 'x' is not");
    assertThat(refused("forecast --grid foo=1,2"))
        .contains("there are: data, epochs, hidden, lr, precision, window");
    assertThat(refused("forecast --grid lr")).contains("--grid is 'lr'", "lr=0.1,0.01");
    assertThat(refused("forecast --grid lr=0.1,0.1")).contains("different values");
    assertThat(refused("forecast --random 2 --range lr=1..0.1")).contains("the smaller one");
    assertThat(refused("forecast --random 2 --range lr=0..1:log")).contains("above 0");
    assertThat(refused("forecast --random 2 --range lr=a..b")).contains("two numbers");
    assertThat(refused("forecast --range lr=0.1..1")).contains("--range needs --random");
    assertThat(refused("forecast --grid lr=0.1 --random 2")).contains("draws from a --range");
    assertThat(refused("forecast --epochs 2")).contains("--grid or --range");
    assertThat(refused("forecast --grid lr=0.1 --grid lr=0.2")).contains("lr is given twice");
    assertThat(refused("forecast --grid lr=0.1 --epoch 2")).contains("--epoch");
    assertThat(refused("forcast --grid lr=0.1")).contains("'forcast'", "forecast");
    assertThat(refused("overfitting --grid degree=1,2")).contains("no validation figure");
  }
}
