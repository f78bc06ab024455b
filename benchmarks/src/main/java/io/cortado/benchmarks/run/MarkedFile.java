package io.cortado.benchmarks.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document with parts that a program writes, between {@code <!-- bench:NAME -->} and {@code <!--
 * /bench:NAME -->}.
 */
record MarkedFile(Path file) {

  /**
   * Replaces a part.
   *
   * @throws IllegalStateException if the document lacks the marks
   */
  void replace(String name, String part) {
    String begin = "<!-- bench:" + name + " -->\n";
    String end = "<!-- /bench:" + name + " -->";
    try {
      String text = Files.readString(file);
      int from = text.indexOf(begin);
      int to = text.indexOf(end, Math.max(from, 0));
      if (from < 0 || to < 0) {
        throw new IllegalStateException(file + " lacks the marks " + begin.strip() + " and " + end);
      }
      Files.writeString(file, text.substring(0, from + begin.length()) + part + text.substring(to));
    } catch (IOException e) {
      throw new UncheckedIOException("can't rewrite " + file, e);
    }
  }
}
