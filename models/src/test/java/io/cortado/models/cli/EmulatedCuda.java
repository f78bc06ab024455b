package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Runs the command line in a process of its own, where CUDA is emulated or missing: what a process
 * has loaded stays.
 *
 * <p>The emulated libraries are those that framework-cuda's test phase has built, read where they
 * lie: they are test equipment, and no GPU.
 */
public final class EmulatedCuda {

  private static final long SECONDS = 240;

  private EmulatedCuda() {}

  /**
   * Returns the folder of the emulated libraries.
   *
   * <p>With {@code -Dcortado.cuda=off} the test that asks is left out, with a line that says so.
   */
  public static Path folder() {
    if (Boolean.getBoolean("emulated.cuda.off")) {
      String text = "cortado.cuda=off: NOT tested, since there are no emulated CUDA libraries";
      System.err.println(text);
      Assumptions.abort(text);
    }
    Path folder = Path.of(System.getProperty("emulated.cuda", "../framework-cuda/target/native"));
    assertThat(folder.resolve("libcudnn.so.9"))
        .as("the emulated CUDA libraries; mvn -pl models -am test builds them")
        .exists();
    return folder.toAbsolutePath().normalize();
  }

  /** Copies some of the emulated libraries into a folder. */
  static Path copy(Path folder, String... libraries) throws IOException {
    for (String library : libraries) {
      Files.copy(folder().resolve(library), folder.resolve(library));
    }
    return folder;
  }

  /** Runs a command with the emulated libraries. */
  public static Cli.Result run(Path temporary, List<String> java, String main, String... args)
      throws IOException, InterruptedException {
    return run(temporary, Map.of("CORTADO_CUDA_HOME", folder().toString()), java, main, args);
  }

  /**
   * Runs a class in a new JVM.
   *
   * @param temporary for its output, kernels and temporary files
   * @param environment variables beside this process's
   * @param java options
   */
  static Cli.Result run(
      Path temporary,
      Map<String, String> environment,
      List<String> java,
      String main,
      String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Dcortado.cuda.cache=" + temporary.resolve("kernels")));
    command.addAll(java);
    if (!java.contains("-cp")) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    }
    command.add(main);
    command.addAll(List.of(args));
    Path out = Files.createTempFile(temporary, "out", ".txt");
    Path err = Files.createTempFile(temporary, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "%s takes more than %d seconds: %s%s"
              .formatted(command, SECONDS, Files.readString(out), Files.readString(err)));
    }
    return new Cli.Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
