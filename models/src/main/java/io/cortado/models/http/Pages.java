package io.cortado.models.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files for the browser, read once. */
public final class Pages {

  /** The page loads nothing from elsewhere, and nobody frames it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
          "Referrer-Policy",
          "no-referrer");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8");

  private final Map<String, Answer> files;

  /**
   * Reads files from beside a class.
   *
   * @param first stands at the address {@code /}
   * @param others stand at their names
   */
  public Pages(Class<?> beside, String first, String... others) {
    Map<String, Answer> read = new HashMap<>();
    read.put("/", read(beside, first));
    for (String name : others) {
      read.put("/" + name, read(beside, name));
    }
    files = Map.copyOf(read);
  }

  /** Returns what stands at a path; null for nothing. */
  public @Nullable Answer at(String path) {
    return files.get(path);
  }

  private static Answer read(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      if (type == null) {
        throw new IllegalArgumentException("of what type is " + name + "?");
      }
      return new Answer(200, type, in.readAllBytes(), HEADERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
