package io.cortado.models.cli;

import io.cortado.models.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts the zoo's table into a page, between two marks that the page has. */
final class ZooPage {

  private static final String BEGIN = "<!-- zoo:begin -->\n";
  private static final String END = "<!-- zoo:end -->";

  private ZooPage() {}

  /**
   * Replaces what is between the marks.
   *
   * @throws InputException if the page is not there or has no marks
   */
  static void write(Path page, String table) throws IOException {
    if (!Files.exists(page)) {
      throw new InputException(
          page + " does not exist; run this in Cortado's folder, or give --page");
    }
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new InputException(
          page
              + " has no lines '"
              + BEGIN.strip()
              + "' and '"
              + END
              + "'; put them where the table goes");
    }
    Files.writeString(
        page, text.substring(0, begin + BEGIN.length()) + table + text.substring(end));
  }
}
