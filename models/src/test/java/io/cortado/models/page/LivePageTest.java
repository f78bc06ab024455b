package io.cortado.models.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.models.InputException;
import io.cortado.models.cli.Cli;
import io.cortado.models.insight.Spread;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The page of a run as programs see it; another test drives a browser. */
@Timeout(120)
final class LivePageTest {

  private static final int MANY = 100_000; // epochs: ended by a button

  @TempDir Path dir;

  @Test
  void aRunIsSeenPausedSavedStoppedAndOpenedAgain() throws Exception {
    Path out = dir.resolve("runs/one");
    try (UiRun run = UiRun.mlp(out, MANY, "--checkpoint-every", "1h");
        Viewer viewer = new Viewer(run.address());
        Viewer.Stream events = viewer.events()) {
      events.until(s ->
          events.points("loss") > 2
              && events.points("val_accuracy") > 1
              && s.has("layers")
              && s.has("filters")
              && s.has("misread"));
      assertThat(events.seen.get("run").get("model").asString()).isEqualTo("mlp");
      assertThat(events.seen.get("table").get("total").asInt()).isPositive();
      assertThat(events.seen.get("log").get("lines").size()).isPositive();
      JsonNode layer = events.seen.get("layers").get(0);
      assertThat(layer.get("weight").get("norm").asDouble()).isPositive();
      assertThat(layer.get("gradient").get("bars").size()).isEqualTo(Spread.BARS);
      assertThat(viewer.json("runs").get("live").asString()).isEqualTo("one");

      assertThat(viewer.post("pause").statusCode()).isEqualTo(200);
      events.until(_ -> "paused".equals(events.state()));
      long paused = steps(events);
      assertThat(viewer.post("checkpoint").statusCode()).isEqualTo(200);
      Set<String> states = new HashSet<>();
      events.until(s -> {
        states.add(events.state());
        return s.has("checkpoint") && steps(events) > paused;
      });
      assertThat(states).as("while a checkpoint is made").containsExactly("paused");
      assertThat(steps(events)).as("a checkpoint takes one step").isEqualTo(paused + 1);
      assertThat(events.seen.get("checkpoint").asString()).startsWith("step-");
      assertThat(viewer.post("resume").statusCode()).isEqualTo(200);
      events.until(_ -> steps(events) > paused + 5);

      assertThat(viewer.post("pause").statusCode()).isEqualTo(200);
      events.until(_ -> "paused".equals(events.state()));
      assertThat(viewer.post("stop").statusCode()).isEqualTo(200);
      while (events.next()) {
        // to the end
      }
      assertThat(events.ended).isTrue();
      assertThat(run.code()).isEqualTo(130);
      assertThat(run.said()).contains("interrupted", "--resume");
    }
    reopened(out);
  }

  private static long steps(Viewer.Stream events) {
    return events.seen.path("now").path("totalSteps").asLong();
  }

  private static void reopened(Path out) throws Exception {
    Path log = out.resolveSibling("log-only");
    Files.createDirectories(log);
    Files.copy(out.resolve("run.json"), log.resolve("run.json"));
    Files.copy(out.resolve("log.csv"), log.resolve("log.csv"));
    Path damaged = out.resolveSibling("damaged");
    Files.createDirectories(damaged);
    Files.copy(out.resolve("run.json"), damaged.resolve("run.json"));
    Files.writeString(damaged.resolve("page.json"), "{\"curves\": [");
    try (RunPage page = RunPage.open(List.of(out.getParent()), 0, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address())) {
      JsonNode found = viewer.json("runs");
      assertThat(found.get("live").isNull()).isTrue();
      assertThat(found.get("runs").toString()).contains("one", "log-only", "damaged");
      JsonNode again = viewer.json("runs/one");
      assertThat(again.get("ended").asBoolean()).isTrue();
      assertThat(again.get("curves").get("loss").get("x").size()).isGreaterThan(2);
      assertThat(again.get("layers").size()).isPositive();
      JsonNode epochs = viewer.json("runs/log-only");
      assertThat(epochs.get("axis").asString()).isEqualTo("epoch");
      assertThat(epochs.get("curves").get("val_accuracy").get("y"))
          .isEqualTo(again.get("curves").get("val_accuracy").get("y"));
      assertThat(viewer.get("runs/damaged").statusCode()).isEqualTo(422);
      for (String name : List.of("none", "..", "%2e%2e", "..%2Fone", "%2Fetc", "one%2F..%2Fone")) {
        String path = page.address().getPath() + "runs/" + name;
        assertThat(viewer.raw("GET " + path + " HTTP/1.0\r\n\r\n"))
            .as(name)
            .containsAnyOf(" 400 ", " 404 ");
      }
      assertThat(viewer.post("pause").statusCode()).isEqualTo(409);
      assertThat(viewer.get("events").statusCode()).isEqualTo(409);
    }
  }

  @Test
  void nobodyComesInWithoutTheTokenAndBadRequestsGetAReason() throws Exception {
    try (LivePage page = LivePage.open(dir.resolve("x"), 0, () -> {}, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address())) {
      String token = page.address().getPath();
      assertThat(page.address().getHost()).isEqualTo("127.0.0.1");
      assertThat(token).matches("/[0-9a-f]{32}/");
      String wrong = token.replace(token.charAt(1), token.charAt(1) == '0' ? '1' : '0');
      for (String path :
          List.of(
              "/",
              "/page.js",
              "/runs",
              "/events",
              wrong,
              wrong + "events",
              "//",
              token + "/..",
              token.substring(0, 33),
              "/" + token)) {
        assertThat(viewer.raw("GET " + path + " HTTP/1.0\r\n\r\n"))
            .as(path)
            .containsAnyOf(" 403 ", " 400 ");
      }
      assertThat(viewer.get("").body()).contains("<title>Cortado</title>");
      assertThat(viewer.get("").headers().firstValue("Content-Security-Policy")).isPresent();
      assertThat(viewer.get("uPlot.iife.min.js").statusCode()).isEqualTo(200);
      assertThat(viewer.get("uPlot-LICENSE.txt").statusCode()).isEqualTo(404);
      assertThat(viewer.get("pause").statusCode()).isEqualTo(405);
      assertThat(viewer.post("runs").statusCode()).isEqualTo(405);
      assertThat(viewer.post("checkpoint").statusCode()).isEqualTo(409);
      assertThat(viewer.raw("GARBAGE\r\n\r\n")).contains(" 400 ");
      assertThatThrownBy(() ->
              LivePage.open(
                  dir.resolve("y"),
                  page.address().getPort(),
                  () -> {},
                  new PrintWriter(System.err)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another address or --ui-port");
    }
    assertThat(Cli.run("watch", dir.toString()).err()).contains("holds no run");
    assertThat(Cli.run("watch", dir.resolve("none").toString()).code()).isEqualTo(2);
  }

  @Test
  void oneWhoNeverReadsIsClosedAndNobodyWaitsForHim() throws Exception {
    StringWriter err = new StringWriter();
    try (LivePage page =
            LivePage.open(
                dir.resolve("x"), 0, Duration.ofSeconds(1), () -> {}, new PrintWriter(err));
        Viewer viewer = new Viewer(page.address());
        Socket lazy = new Socket()) {
      lazy.setReceiveBufferSize(4096);
      lazy.setSoTimeout(20_000);
      lazy.connect(new InetSocketAddress("127.0.0.1", page.address().getPort()));
      String ask = "GET " + page.address().getPath() + "events HTTP/1.1\r\nHost: x\r\n\r\n";
      lazy.getOutputStream().write(ask.getBytes(StandardCharsets.UTF_8));
      String line = "\u2026".repeat(Recording.LINE); // three bytes each
      try (PrintWriter out = page.alsoTo(new PrintWriter(StringWriter.nullWriter()));
          Viewer.Stream events = viewer.events()) {
        for (int seen = 0; page.viewers() > 1; seen = events.updates) {
          for (int i = 0; i < Recording.LINES; i++) {
            out.println(line);
          }
          events.until(_ -> true);
          assertThat(events.next()).isTrue();
          assertThat(events.updates).isGreaterThan(seen);
        }
      }
      assertThat(drained(lazy)).doesNotContain("event: end");
    }
    assertThat(err.toString()).isEmpty();
  }

  /** Reads what lies in a socket to its end; returns the last of it. */
  private static String drained(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] block = new byte[1 << 16];
    String last = "";
    try {
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        last = new String(block, 0, n, StandardCharsets.UTF_8);
      }
    } catch (IOException reset) {
      // An end, too.
    }
    return last;
  }

  @Test
  void aRunThatGoesOnShowsTheCurvesFromBeforeItsStop() throws Exception {
    Path out = dir.resolve("run");
    JsonNode before;
    try (UiRun run = UiRun.mlp(out, MANY, "--checkpoint-every", "10");
        Viewer viewer = new Viewer(run.address());
        Viewer.Stream events = viewer.events()) {
      events.until(_ -> events.points("loss") > 4 && events.points("val_accuracy") > 2);
      assertThat(viewer.post("stop").statusCode()).isEqualTo(200);
      assertThat(run.code()).isEqualTo(130);
    }
    try (RunPage page = RunPage.open(List.of(out), 0, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address())) {
      before = viewer.json("runs/run");
    }
    long last = before.get("now").get("totalSteps").asLong();
    JsonNode after;
    try (UiRun again = new UiRun(List.of("train", "mlp", "--resume", out.toString(), "--ui"));
        Viewer viewer = new Viewer(again.address());
        Viewer.Stream events = viewer.events()) {
      events.until(_ -> steps(events) > last + 100 && events.points("val_accuracy") > 6);
    }
    try (RunPage page = RunPage.open(List.of(out), 0, new PrintWriter(System.err));
        Viewer viewer = new Viewer(page.address())) {
      after = viewer.json("runs/run");
    }
    assertThat(after.get("log").get("lines").toString()).contains("epoch 1/");
    JsonNode curves = after.get("curves");
    for (String name : List.of("loss", "val_accuracy", "seconds", "epoch")) {
      double[] x = numbers(curves.get(name).get("x"));
      double[] then = numbers(before.get("curves").get(name).get("x"));
      assertThat(x).as(name).startsWith(then).isSorted();
      assertThat(x[x.length - 1]).as(name).isGreaterThan(last);
      assertThat(numbers(curves.get(name).get("y")))
          .as(name)
          .startsWith(numbers(before.get("curves").get(name).get("y")));
    }
    assertThat(numbers(curves.get("seconds").get("y"))).as("time goes on").isSorted();
    assertThat(numbers(curves.get("epoch").get("y"))).isSorted();
  }

  private static double[] numbers(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  @Test
  void resultsAreTheSameBitsWhetherSomebodyLooksOnOrNot() throws Exception {
    Path seen = dir.resolve("seen");
    try (UiRun run = UiRun.mlp(seen, 2);
        Viewer viewer = new Viewer(run.address());
        Viewer.Stream events = viewer.events()) {
      while (events.next()) {
        // to the end
      }
      assertThat(run.code()).as(run.said()).isZero();
      assertThat(events.seen.get("figures").has("test accuracy")).isTrue();
    }
    Path alone = dir.resolve("alone");
    Cli.Result result =
        Cli.run("train", "mlp", "--data", "digits", "--epochs", "2", "--out", alone.toString());
    assertThat(result.code()).isZero();
    assertThat(seen.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(alone.resolve("weights.safetensors"));
  }
}
