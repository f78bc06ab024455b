package io.cortado.models.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/**
 * Does what users do, so that Java can write down which classes that takes: a short training, and a
 * prediction. The script {@code cortado} runs it once after each build.
 */
final class Rehearsal {

  private Rehearsal() {}

  /** The program: a new folder. */
  public static void main(String[] args) {
    Cortado.prepare();
    Path folder = Path.of(args[0]);
    run("train", "lenet5", "--epochs", "1", "--out", args[0]);
    run(
        "predict",
        folder.resolve("weights.safetensors").toString(),
        folder.resolve("misread.png").toString());
  }

  private static void run(String... args) {
    CommandLine line = Cortado.lineFor(List.of(args));
    int code = line.execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }
}
