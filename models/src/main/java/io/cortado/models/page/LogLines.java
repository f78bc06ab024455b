package io.cortado.models.page;

import java.io.Writer;
import java.util.function.Consumer;

/** Hands on what is printed line by line; of a line that was drawn over, what was drawn last. */
final class LogLines extends Writer {

  private static final int MOST = 2 * Recording.LINE;

  private final Consumer<String> to;
  private final StringBuilder line = new StringBuilder();

  LogLines(Consumer<String> to) {
    this.to = to;
  }

  @Override
  public void write(char[] text, int offset, int length) {
    synchronized (line) {
      for (int i = offset; i < offset + length; i++) {
        switch (text[i]) {
          case '\n' -> {
            to.accept(line.toString().stripTrailing());
            line.setLength(0);
          }
          case '\r' -> line.setLength(0);
          default -> {
            if (line.length() < MOST) {
              line.append(text[i]);
            }
          }
        }
      }
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
