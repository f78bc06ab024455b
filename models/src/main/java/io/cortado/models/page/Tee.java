package io.cortado.models.page;

import java.io.IOException;
import java.io.Writer;

/** Writes everything twice. */
final class Tee extends Writer {

  private final Writer first;
  private final Writer second;

  Tee(Writer first, Writer second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    first.write(text, offset, length);
    second.write(text, offset, length);
  }

  @Override
  public void flush() throws IOException {
    first.flush();
    second.flush();
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
