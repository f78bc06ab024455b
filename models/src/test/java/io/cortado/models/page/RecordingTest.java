package io.cortado.models.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is kept of a run is bounded, and every reader sees all of it. */
final class RecordingTest {

  private static final double ROUNDED = 1e-4; // numbers are sent as floats

  @Test
  void aCurveKeepsItsCourseInABoundedNumberOfPoints() {
    Curve curve = new Curve();
    int n = 1_000_000;
    for (int i = 0; i < n; i++) {
      curve.add(i, 3.0 * i / n);
    }
    assertThat(curve.size()).isBetween(Curve.MOST / 2, Curve.MOST);
    JsonNode json = curve.toJson(0);
    double last = -1;
    for (int i = 0; i < curve.size(); i++) {
      double x = json.get("x").get(i).asDouble();
      assertThat(x).isGreaterThan(last);
      assertThat(json.get("y").get(i).asDouble()).isCloseTo(3 * x / n, within());
      last = x;
    }
    assertThat(last).isGreaterThan(0.99 * n);
    curve.cutAfter(n / 2.0);
    assertThat(curve.toJson(0).get("x").get(curve.size() - 1).asDouble())
        .isBetween(0.49 * n, 0.5 * n);
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(ROUNDED);
  }

  @Test
  void aReaderWhoComesSeldomSeesWhatOneSeesWhoComesOften() {
    Recording recording = new Recording();
    Recording.Cursor often = new Recording.Cursor();
    Recording.Cursor seldom = new Recording.Cursor();
    Copy first = new Copy();
    Copy second = new Copy();
    for (int i = 0; i < 3 * Curve.MOST; i++) {
      recording.point("loss", i, i % 7 == 0 ? Double.NaN : i);
      recording.line("line " + i);
      recording.part("now", Map.of("step", i));
      if (i % 3 == 0) {
        first.take(recording.since(often));
      }
    }
    first.take(recording.since(often));
    second.take(recording.since(seldom));
    assertThat(first.x).isEqualTo(second.x).hasSizeLessThanOrEqualTo(Curve.MOST);
    assertThat(first.y).isEqualTo(second.y);
    assertThat(first.lines).isEqualTo(3L * Curve.MOST);
    assertThat(second.lines).isEqualTo(Recording.LINES);
    assertThat(recording.isNewTo(often)).isFalse();
    assertThat(recording.since(often).isEmpty()).isTrue();
    Recording again = new Recording();
    again.restore(recording.all());
    assertThat(again.all().get("curves")).isEqualTo(recording.all().get("curves"));
  }

  /** What a page has put together. */
  private static final class Copy {
    java.util.List<JsonNode> x = new java.util.ArrayList<>();
    java.util.List<JsonNode> y = new java.util.ArrayList<>();
    long lines;

    void take(JsonNode news) {
      JsonNode loss = news.path("curves").path("loss");
      if (!loss.isMissingNode()) {
        int from = loss.get("from").asInt();
        x.subList(from, x.size()).clear();
        y.subList(from, y.size()).clear();
        loss.get("x").forEach(x::add);
        loss.get("y").forEach(y::add);
      }
      lines += news.path("log").path("lines").size();
    }
  }

  @Test
  void linesThatWereDrawnOverAreNotTold() {
    java.util.List<String> told = new java.util.ArrayList<>();
    try (java.io.PrintWriter out = new java.io.PrintWriter(new LogLines(told::add))) {
      out.print("\repoch 1 [==  ]\repoch 1 [====]\r          \r");
      out.print("epoch 1 loss 0.5\n" + "x".repeat(100_000) + "\n");
    }
    assertThat(told.getFirst()).isEqualTo("epoch 1 loss 0.5");
    assertThat(told.get(1).length()).isLessThan(2000);
  }
}
