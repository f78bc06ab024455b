package io.cortado.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cortado.observe.Profiler.Event;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Writes what ran when as {@code chrome://tracing} reads it. */
final class Trace {

  private Trace() {}

  static void write(OutputStream to, List<Event> all) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, UTF_8));
    out.write("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n");
    int track = 1;
    for (String name : List.of("step", "layers", "operations")) {
      out.write(
          "{\"name\": \"thread_name\", \"ph\": \"M\", \"pid\": 1, \"tid\": %d, \"args\": {\"name\": \"%s\"}},\n"
              .formatted(track++, name));
    }
    long zero = all.isEmpty() ? 0 : all.getFirst().begin();
    int phase = 0;
    int layer = 0;
    for (int i = 0; i < all.size(); i++) {
      Event e = all.get(i);
      Event next = i + 1 < all.size() ? all.get(i + 1) : null;
      if (next == null || next.phase() != e.phase()) {
        span(out, 1, lower(e), "", all.get(phase).begin(), e.end(), zero);
        phase = i + 1;
      }
      if (next == null || next.phase() != e.phase() || !next.layer().equals(e.layer())) {
        span(out, 2, named(e), "", all.get(layer).begin(), e.end(), zero);
        layer = i + 1;
      }
      span(out, 3, e.operation(), named(e), e.begin(), e.end(), zero);
    }
    out.write(
        "{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": 1, \"args\": {\"name\": \"Cortado\"}}\n]}\n");
    out.flush(); // whoever opened it closes it
  }

  private static String lower(Event e) {
    return e.phase().name().toLowerCase(Locale.ROOT);
  }

  private static String named(Event e) {
    return (e.layer().isEmpty() ? "(model)" : e.layer()) + " " + lower(e);
  }

  private static void span(
      Writer out, int track, String name, String layer, long begin, long end, long zero)
      throws IOException {
    out.write(
        String.format(
            Locale.ROOT,
            "{\"name\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": %d, \"ts\": %.3f, \"dur\": %.3f%s},\n",
            escaped(name),
            track,
            (begin - zero) * 1e-3,
            (end - begin) * 1e-3,
            layer.isEmpty() ? "" : ", \"args\": {\"layer\": \"" + escaped(layer) + "\"}"));
  }

  private static String escaped(String text) {
    StringBuilder s = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        s.append('\\');
      }
      s.append(c < ' ' ? ' ' : c);
    }
    return s.toString();
  }
}
