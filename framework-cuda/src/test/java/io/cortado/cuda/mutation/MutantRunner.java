package io.cortado.cuda.mutation;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Runs tests against a backend with a fault in it.
 *
 * <p>The faulty class or kernel file lies in a folder in front of the class path, so that nothing
 * else has to be built. Each run has a JVM and a kernel cache of its own.
 */
final class MutantRunner {

  private static final Path WORK = Path.of("target", "mutants");
  private static final long LIMIT_SECONDS = 180;

  private MutantRunner() {}

  /**
   * What came of a run.
   *
   * @param code the JVM's exit code, see {@link TestRun}; {@link #TIMEOUT} if it had to be killed
   */
  record Outcome(int code, String output) {
    static final int TIMEOUT = -1;
  }

  /** Runs the tests of a fault with the fault planted. */
  static Outcome run(Mutant mutant) throws IOException, InterruptedException {
    Path folder = fresh(mutant.name());
    Path front = Files.createDirectories(folder.resolve("classes"));
    plant(mutant, folder, front);
    return run(mutant.tests(), folder, List.of(front.toString()));
  }

  /** Runs tests on the backend as it is. */
  static Outcome control(String tests) throws IOException, InterruptedException {
    return run(tests, fresh("control-" + tests.replace('/', '-')), List.of());
  }

  private static Path fresh(String name) throws IOException {
    Path folder = WORK.resolve(name);
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  private static void plant(Mutant mutant, Path folder, Path front) throws IOException {
    Path base = mutant.isJava() ? folder.resolve("java") : front;
    Path file = base.resolve(mutant.place());
    Files.createDirectories(file.getParent());
    Files.writeString(file, mutant.planted());
    if (mutant.isJava()) {
      compile(mutant, file, front);
    }
  }

  private static void compile(Mutant mutant, Path file, Path front) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", front.toString());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      if (!compiled) {
        throw new AssertionError("the fault '" + mutant.name() + "' does not compile: " + messages);
      }
    }
  }

  private static Outcome run(String tests, Path folder, List<String> front)
      throws IOException, InterruptedException {
    List<String> path = new ArrayList<>(front);
    path.add(System.getProperty("java.class.path"));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + folder.resolve("crash.txt"),
                "-XX:-CreateCoredumpOnCrash",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-Dcortado.native=" + System.getProperty("cortado.native"),
                "-Dcortado.cuda.cache=" + folder.resolve("kernels").toAbsolutePath(),
                "-cp",
                String.join(File.pathSeparator, path),
                TestRun.class.getName(),
                tests)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    return new Outcome(ended ? process.exitValue() : Outcome.TIMEOUT, Files.readString(output));
  }
}
