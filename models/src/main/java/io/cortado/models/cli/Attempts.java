package io.cortado.models.cli;

import io.cortado.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long a training has taken that may have been stopped and taken up again, what was done twice
 * included. It is noted each few seconds: a program that is killed says nothing at its end.
 */
final class Attempts implements AutoCloseable {

  private static final long EVERY_SECONDS = 5;

  private final Path file;
  private final double before;
  private final long begin = System.nanoTime();
  private final ScheduledExecutorService notes =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private Attempts(Path file, double before) {
    this.file = file;
    this.before = before;
  }

  /**
   * Begins an attempt.
   *
   * @param file keeps the seconds of all
   */
  static Attempts begin(Path file) throws IOException {
    double before = Files.exists(file) ? Double.parseDouble(Files.readString(file).strip()) : 0;
    Attempts attempts = new Attempts(file, before);
    attempts.notes.scheduleAtFixedRate(
        attempts::note, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    return attempts;
  }

  private void note() {
    byte[] now = (seconds() + "\n").getBytes(StandardCharsets.US_ASCII);
    AtomicFile.write(file, out -> out.write(now));
  }

  /** Returns the seconds of this attempt and those before. */
  double seconds() {
    return before + Ended.since(begin);
  }

  /** Ends the attempt. */
  @Override
  public void close() {
    notes.close();
    note();
  }
}
