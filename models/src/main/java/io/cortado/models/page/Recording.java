package io.cortado.models.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What there is to see of a run; any number of threads write and read.
 *
 * <p>It has curves, the last lines of the log, and parts, of which the newest alone is kept: JSON
 * under a name. All is bounded.
 */
final class Recording {

  /** How many lines of the log are kept. */
  static final int LINES = 1000;

  /** The longest line. */
  static final int LINE = 500;

  private static final int CURVES = 64;

  private record Part(JsonNode value, long version) {}

  private final Map<String, Curve> curves = new LinkedHashMap<>();
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Deque<String> log = new ArrayDeque<>();
  private long lines; // ever
  private long version;
  private boolean ended;

  /** What one reader has seen. */
  static final class Cursor {
    private final Map<String, int[]> curves = new HashMap<>(); // version and size
    private final Map<String, Long> parts = new HashMap<>();
    private long lines;
    private long version = -1;
  }

  /** Adds a point to a curve, which is made if need be. */
  synchronized void point(String curve, double x, double y) {
    Curve c = curves.get(curve);
    if (c == null) {
      if (curves.size() == CURVES) {
        return;
      }
      c = new Curve();
      curves.put(curve, c);
    }
    c.add(x, y);
    changed();
  }

  /** Sets a part to what becomes JSON. */
  void part(String name, Object value) {
    JsonNode json = JsonMapper.shared().valueToTree(value);
    synchronized (this) {
      parts.put(name, new Part(json, ++version));
      notifyAll();
    }
  }

  /** Adds a line to the log. */
  synchronized void line(String text) {
    if (log.size() == LINES) {
      log.removeFirst();
    }
    log.add(text.length() <= LINE ? text : text.substring(0, LINE - 1) + "…");
    lines++;
    changed();
  }

  /** Forgets what the curves say of later steps, as a run does that goes on from a checkpoint. */
  synchronized void cutAfter(double x) {
    curves.values().forEach(c -> c.cutAfter(x));
    changed();
  }

  /** Says that there will be no more. */
  synchronized void end() {
    ended = true;
    changed();
  }

  synchronized boolean hasEnded() {
    return ended;
  }

  private void changed() {
    version++;
    notifyAll();
  }

  /** Waits until there is something that a reader has not seen; not longer than a time. */
  synchronized void await(Cursor seen, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (version == seen.version && !ended) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /** Says whether a reader has seen everything. */
  synchronized boolean isNewTo(Cursor seen) {
    return version != seen.version;
  }

  /**
   * Returns what a reader has not seen, and counts it as seen.
   *
   * @return {@code {parts..., curves: {name: {from, x, y}}, log: {from, lines}}}
   */
  synchronized ObjectNode since(Cursor seen) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    parts.forEach((name, part) -> {
      if (part.version > seen.parts.getOrDefault(name, -1L)) {
        json.set(name, part.value);
        seen.parts.put(name, part.version);
      }
    });
    ObjectNode changed = JsonMapper.shared().createObjectNode();
    curves.forEach((name, curve) -> {
      int[] had = seen.curves.computeIfAbsent(name, _ -> new int[] {curve.version(), 0});
      int from = had[0] == curve.version() ? had[1] : 0;
      if (from < curve.size() || had[0] != curve.version()) {
        changed.set(name, curve.toJson(from));
      }
      had[0] = curve.version();
      had[1] = curve.size();
    });
    if (!changed.isEmpty()) {
      json.set("curves", changed);
    }
    if (seen.lines < lines) {
      long first = Math.max(seen.lines, lines - log.size());
      ObjectNode texts = json.putObject("log");
      texts.put("from", first);
      ArrayNode said = texts.putArray("lines");
      log.stream().skip(log.size() - (lines - first)).forEach(said::add);
      seen.lines = lines;
    }
    seen.version = version;
    return json;
  }

  /** Returns everything. */
  ObjectNode all() {
    return since(new Cursor());
  }

  /** Takes over the curves and the log of what {@link #all} returned, as far as it is sound. */
  synchronized void restore(JsonNode all) {
    for (Map.Entry<String, JsonNode> e : all.path("curves").properties()) {
      if (curves.size() < CURVES) {
        curves.put(e.getKey(), Curve.of(e.getValue()));
      }
    }
    for (JsonNode line : all.path("log").path("lines")) {
      line(line.asString(""));
    }
    changed();
  }
}
