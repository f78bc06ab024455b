package io.cortado.models.data;

import io.cortado.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads files that have to be in UTF-8. */
final class Utf8 {

  /** What some programs begin a file with to say that it is in UTF-8; no part of its text. */
  private static final char MARK = '\uFEFF';

  private Utf8() {}

  /** Opens a file's bytes, unpacked if its name ends in {@code .gz}. */
  static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    if (!file.toString().matches("(?is).*\\.gz")) {
      return in;
    }
    try {
      return new GZIPInputStream(in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Reads characters.
   *
   * <p>A reader that is made with a charset would put U+FFFD for each byte that is wrong, so that
   * words that differ in such a byte become one. This one throws a {@link
   * CharacterCodingException}.
   */
  static Reader reader(InputStream in) {
    return new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
  }

  /** Returns the same characters without the mark that may stand before them. */
  static Reader withoutMark(Reader in) throws IOException {
    BufferedReader from = new BufferedReader(in);
    from.mark(1);
    if (from.read() != MARK) {
      from.reset();
    }
    return from;
  }

  /** Returns a text without the mark that may stand before it. */
  static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
  }

  /** Makes what is thrown at a file that is not in UTF-8; it names the first such line. */
  static DataException refusal(Path file, CharacterCodingException e) {
    long line = wrongLine(file);
    return new DataException(
        file
            + " is not in UTF-8; convert it, by iconv for example"
            + (line == 0 ? "" : " (line " + line + " is the first that is not)"),
        e);
  }

  /** Returns the first line that is not in UTF-8, 0 if there is none. */
  private static long wrongLine(Path file) {
    // The byte of a line's end is part of no other character: lines can be looked at one by one.
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.ISO_8859_1))) {
      long number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!isUtf8(line.getBytes(StandardCharsets.ISO_8859_1))) {
          return number;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0; // the message does without it
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
