package io.cortado.models.cli;

import io.cortado.models.data.Progress;
import java.io.PrintWriter;

/** Shows a download: a line that is written over on a terminal, else one line at each quarter. */
final class DownloadLine implements Progress {

  private final PrintWriter err;
  private final boolean terminal = Terminal.isOne();
  private String file = "";
  private long shown;

  DownloadLine(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void update(String name, long done, long total) {
    long steps = terminal ? 100 : 4;
    long step = total == 0 ? steps : done * steps / total;
    if (name.equals(file) && step == shown) {
      return;
    }
    file = name;
    shown = step;
    String line = "downloading %s  %.1f of %.1f MB".formatted(name, done / 1e6, total / 1e6);
    if (terminal) {
      err.print("\r" + line + (done == total ? System.lineSeparator() : ""));
    } else {
      err.println(line);
    }
    err.flush();
  }
}
