package io.cortado.models.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page for the browser: three files, read once. */
final class Pages {

  /** The page loads nothing from elsewhere, and nobody frames it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'");

  private final Map<String, Answer> files =
      Map.of(
          "/", read("page.html", "text/html; charset=utf-8"),
          "/page.js", read("page.js", "text/javascript; charset=utf-8"),
          "/page.css", read("page.css", "text/css; charset=utf-8"));

  @Nullable Answer at(String path) {
    return files.get(path);
  }

  private static Answer read(String name, String type) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new Answer(200, type, in.readAllBytes(), HEADERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
