package io.cortado.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.cli.Cortado;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every Java block of the documentation compiles, every command in it runs, and every link leads
 * somewhere.
 */
class DocsTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^```(\\w+)\\n(.*?)^```$", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

  /**
   * What a reader has around a snippet: the imports, and the names that the text has introduced.
   */
  private static final String PRELUDE =
      """
      import io.cortado.*;
      import io.cortado.backend.*;
      import io.cortado.backend.spec.*;
      import io.cortado.data.*;
      import io.cortado.io.*;
      import io.cortado.nn.*;
      import io.cortado.optim.*;
      import io.cortado.pointwise.*;
      import io.cortado.train.*;
      import io.cortado.models.data.*;
      import io.cortado.models.onnx.OnnxFile;
      import io.cortado.models.onnx.OnnxNetwork;
      import java.nio.file.Path;
      import java.util.List;
      import java.util.Map;
      import static io.cortado.loss.Losses.*;
      import static io.cortado.nn.Layers.*;
      import static io.cortado.metrics.Metrics.accuracy;

      abstract class Snippet {
        Device device; Layer model; Batch batch; Epoch batches; Optimizer optimizer;
      """;

  @TestFactory
  Stream<DynamicTest> javaBlocksCompile() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      List<String> blocks = blocks(page, "java");
      for (int i = 0; i < blocks.size(); i++) {
        String block = blocks.get(i);
        tests.add(DynamicTest.dynamicTest(name(page) + ", block " + (i + 1), () -> compile(block)));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  /**
   * A block is a file, statements, or members of a class or an interface: it has to compile as one
   * of them.
   */
  private static void compile(String block) {
    if (block.startsWith("import ")) {
      assertThat(errors(block)).isEmpty();
      return;
    }
    String statements = errors(PRELUDE + "void run() throws Exception {\n" + block + "}}");
    String members = statements.isEmpty() ? "" : errors(PRELUDE + block + "}");
    String signatures =
        members.isEmpty() ? "" : errors(PRELUDE + "interface Part {" + block + "}}");
    assertThat(signatures)
        .as("as statements: %s%nas members: %s%nas an interface's members", statements, members)
        .isEmpty();
  }

  private static String errors(String source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options =
        List.of(
            "-proc:none",
            "-implicit:none",
            "-d",
            System.getProperty("java.io.tmpdir"),
            "-cp",
            System.getProperty("java.class.path"));
    boolean compiled = compiler.getTask(null, null, problems, options, null, List.of(file)).call();
    return compiled ? "" : problems.getDiagnostics().toString();
  }

  /**
   * Runs the pages' commands in order, so that a later one finds what an earlier one left; one
   * epoch has to do.
   */
  @Test
  void commandsRun(@TempDir Path folder) throws IOException {
    drawSeven(folder.resolve("digit.png"));
    int ran = 0;
    for (Path page : pages()) {
      for (String block : blocks(page, "sh")) {
        for (String line : block.lines().filter(l -> l.startsWith("./cortado ")).toList()) {
          run(line, folder);
          ran++;
        }
      }
    }
    assertThat(ran).isGreaterThanOrEqualTo(6);
  }

  private static void run(String line, Path folder) {
    List<String> args = new ArrayList<>();
    for (String word : line.split("\\s+")) {
      boolean file = word.startsWith("runs/") || word.endsWith(".png");
      args.add(file ? folder.resolve(word).toString() : word);
    }
    args.removeFirst();
    if (args.getFirst().equals("train") && !args.contains("--help")) {
      if (args.contains("fashion-mnist") && !fashionMnistIsHere()) {
        args.set(args.indexOf("fashion-mnist"), "mnist"); // the page's reader has the internet
      }
      int epochs = args.indexOf("--epochs");
      if (epochs >= 0) {
        args.set(epochs + 1, "1");
      } else {
        args.addAll(List.of("--epochs", "1"));
      }
      if (!args.contains("--out")) {
        args.addAll(List.of("--out", folder.resolve("run" + System.nanoTime()).toString()));
      }
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Cortado.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = command.execute(args.toArray(String[]::new));
    assertThat(code).as("%s%n%s%n%s", args, out, err).isZero();
  }

  private static boolean fashionMnistIsHere() {
    return io.cortado.models.data.DataSets.image("fashion-mnist")
        .location(io.cortado.models.data.DataHome.of(null).offline())
        .isPresent();
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.startsWith("http")) {
          assertThat(page.resolveSibling(target)).as("link in %s", name(page)).exists();
        }
      }
    }
  }

  /** What docs/adding-a-model.md promises of a model's file. */
  @Test
  void modelsAreFilesOfTwoHundredLinesAtMost() throws IOException {
    Path sources = ROOT.resolve("models/src/main/java/io/cortado/models");
    Pattern model =
        Pattern.compile(
            "implements ZooModel|extends (Image|Text)Classifier |\\bnew ImageClassifier\\(");
    Map<String, Integer> lines = new TreeMap<>();
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path file : all.filter(p -> p.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        if (model.matcher(text).find()) {
          lines.put(file.getFileName().toString(), (int) text.lines().count());
        }
      }
    }
    assertThat(lines)
        .containsKeys("LeNet5.java", "AlexNet.java")
        .containsKeys(
            Zoo.models().stream()
                .map(m -> m.getClass().getSimpleName() + ".java")
                .toArray(String[]::new));
    assertThat(lines.values()).as("%s", lines).allMatch(n -> n <= 200);
  }

  private static void drawSeven(Path file) throws IOException {
    BufferedImage image = new BufferedImage(120, 160, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, 120, 160);
    g.setColor(Color.BLACK);
    g.setStroke(new BasicStroke(12, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.drawPolyline(new int[] {25, 95, 50}, new int[] {30, 30, 135}, 3);
    g.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages =
          new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).sorted().toList());
      pages.addFirst(ROOT.resolve("CONTRIBUTING.md"));
      pages.addFirst(ROOT.resolve("README.md"));
      return pages;
    }
  }

  private static List<String> blocks(Path page, String language) throws IOException {
    List<String> found = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(page));
    while (block.find()) {
      if (block.group(1).toLowerCase(Locale.ROOT).equals(language)) {
        found.add(block.group(2));
      }
    }
    return found;
  }

  private static String name(Path page) {
    return ROOT.relativize(page).toString();
  }
}
