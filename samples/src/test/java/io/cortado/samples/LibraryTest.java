package io.cortado.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an empty folder, docs/library.md leads to a program that trains; and does so silently. */
final class LibraryTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path SAMPLE = ROOT.resolve("samples/library");
  private static final Path SOURCE = Path.of("src/main/java/Moons.java");
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^```(\\w+)\\n(.*?)^```$", Pattern.DOTALL);

  /** What Java says of its own; no option turns off that line alone. */
  private static final String INCUBATOR =
      "WARNING: Using incubator modules: jdk.incubator.vector\n";

  @TempDir Path dir;

  @Test
  void thePageLeadsFromAnEmptyFolderToARunningProgram() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/library.md"));
    Files.createDirectories(dir.resolve(SOURCE).getParent());
    Files.writeString(dir.resolve("pom.xml"), block(page, "xml", "<artifactId>moons"));
    Files.writeString(dir.resolve(SOURCE), block(page, "java", "void main("));
    assertThat(dir.resolve("pom.xml")).hasSameTextualContentAs(SAMPLE.resolve("pom.xml"));
    assertThat(dir.resolve(SOURCE)).hasSameTextualContentAs(SAMPLE.resolve(SOURCE));
    useInstalledJars();

    List<String> commands = block(page, "console", "build-classpath").lines().toList();
    assertThat(commands.get(0)).startsWith("mvn ");
    assertThat(run(commands.get(0), "").code()).isZero();
    Result first = run(commands.get(1), "");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out().lines()).hasSize(3);
    assertThat(accuracy(first.out())).isGreaterThan(0.95);
    assertThat(first.err().replace(INCUBATOR, "")).as("what nobody asked for").isEmpty();
    assertThat(dir.resolve("moons.safetensors")).isNotEmptyFile();
    Result cuda = run(commands.get(1) + " none", "");
    assertThat(cuda.code()).isNotZero();
    assertThat(cuda.err()).contains("there is no device 'none'; on the class path: cuda, cpu");

    Path classPath = dir.resolve("target/classpath");
    Files.writeString(classPath, Files.readString(classPath) + ":" + jar("slf4j-simple"));
    String shell = block(page, "console", "jshell").strip();
    String session = block(page, "jshell", "summary") + block(page, "jshell", "newFixedThreadPool");
    Result jshell = run(shell + " -s -", session);
    assertThat(jshell.out().lines())
        .as(jshell.err())
        .startsWith("[2, 3]")
        .endsWith("the same bits: true, learned: true");
    assertThat(jshell.out()).doesNotContain("Error", "Exception");
    assertThat(jshell.err()).as("with a provider").contains("INFO io.cortado.Device - cpu: ");
  }

  /** The jars that the build has installed; plug-ins come from where this build has them. */
  private void useInstalledJars() throws IOException {
    String settings =
        """
        <settings><profiles><profile><id>here</id>
          <repositories><repository><id>here</id><url>%1$s</url></repository></repositories>
          <pluginRepositories><pluginRepository><id>here</id><url>%1$s</url></pluginRepository></pluginRepositories>
        </profile></profiles>
        <activeProfiles><activeProfile>here</activeProfile></activeProfiles></settings>
        """
            .formatted(Path.of(System.getProperty("user.repository")).toUri());
    Files.writeString(dir.resolve("settings.xml"), settings);
    Files.createDirectory(dir.resolve(".mvn"));
    Files.writeString(
        dir.resolve(".mvn/maven.config"),
        "--batch-mode\n--global-settings\n%s\n-Dmaven.repo.local=%s\n"
            .formatted(dir.resolve("settings.xml"), System.getProperty("installed.jars")));
  }

  private static String jar(String name) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(p -> p.contains("/" + name + "-"))
        .findFirst()
        .orElseThrow();
  }

  private static double accuracy(String out) {
    Matcher found = Pattern.compile("accuracy ([\\d.]+)").matcher(out);
    assertThat(found.find()).as(out).isTrue();
    return Double.parseDouble(found.group(1));
  }

  /** The page's only block of a language with some text in it. */
  private static String block(String page, String language, String text) {
    List<String> found =
        BLOCK
            .matcher(page)
            .results()
            .filter(b -> b.group(1).equals(language) && b.group(2).contains(text))
            .map(b -> b.group(2))
            .toList();
    assertThat(found).as("%s with %s", language, text).hasSize(1);
    return found.getFirst();
  }

  private record Result(int code, String out, String err) {}

  /** Runs a line of the page in the folder, with this Java and this Maven. */
  private Result run(String line, String input) throws Exception {
    Path in = Files.writeString(dir.resolve("in.txt"), input);
    File out = dir.resolve("out.txt").toFile();
    File err = dir.resolve("err.txt").toFile();
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
    builder.directory(dir.toFile());
    builder.redirectInput(in.toFile()).redirectOutput(out).redirectError(err);
    String java = System.getProperty("java.home");
    String maven = System.getProperty("maven.home");
    builder.environment().put("JAVA_HOME", java);
    builder.environment().merge("PATH", java + "/bin:" + maven + "/bin:", (old, p) -> p + old);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", line).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    Result result =
        new Result(
            process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    System.out.printf("%s%n%s%s", line, result.out(), result.err()); // into the build's log
    return result;
  }
}
