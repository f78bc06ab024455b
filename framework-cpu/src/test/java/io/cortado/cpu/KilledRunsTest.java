package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at random instants, by SIGKILL where there is one, and started again
 * until they come to their end.
 *
 * <p>{@code -Dcortado.kills=200} kills that many runs; the usual number is for every build.
 */
final class KilledRunsTest {

  private static final int RUNS = Integer.getInteger("cortado.kills", 6);
  private static final int EVERY = 2;

  @TempDir Path dir;
  private final Random random = new Random(9);
  private int inWriting;
  private int killed;
  private final long[] mostLost = new long[2]; // going on while a checkpoint is written, waiting

  /** What was seen of a process: how far it came, and how long its steps took. */
  private record Seen(long steps, long nanos, boolean finished) {}

  @Test
  void everyKilledRunEndsWithTheBitsOfTheUnbrokenOne() throws Exception {
    Path whole = Files.createDirectories(dir.resolve("whole"));
    Seen unbroken = start(whole, false, Long.MAX_VALUE);
    assertThat(unbroken.finished()).isTrue();
    String expected = Files.readString(whole.resolve(ResumeWorkload.RESULT));
    String inProcess =
        new ResumeWorkload(Files.createDirectories(dir.resolve("here")), 1).run(null, 0);
    assertThat(expected).isEqualTo(inProcess);
    int equal = 0;
    for (int i = 0; i < RUNS; i++) {
      Path folder = Files.createDirectories(dir.resolve("run-" + i));
      boolean waits = i % 2 == 1;
      Seen seen = start(folder, waits, later(unbroken));
      while (!seen.finished()) {
        killed++;
        look(folder, waits, seen);
        // Once more for every third run, then to its end.
        long kill = i % 3 == 0 && killed < 2 * RUNS ? later(unbroken) : Long.MAX_VALUE;
        seen = start(folder, waits, kill);
      }
      assertThat(Files.readString(folder.resolve(ResumeWorkload.RESULT)))
          .as("run %d", i)
          .isEqualTo(expected);
      equal++;
      delete(folder.toFile());
    }
    System.out.printf(
        "%d of %d killed runs ended equal; %d kills, %d while a checkpoint was written; a checkpoint being due every %d steps, at most %d steps were lost, %d by runs that wait for the disk%n",
        equal, RUNS, killed, inWriting, EVERY, mostLost[0], mostLost[1]);
    assertThat(killed).isGreaterThan(RUNS / 2);
  }

  private long later(Seen unbroken) {
    return (long) (random.nextDouble() * unbroken.nanos());
  }

  /** Notes what a killed process left behind. */
  private void look(Path folder, boolean waits, Seen seen) {
    File[] left = folder.resolve("checkpoints").toFile().listFiles();
    long newest = 0;
    for (File f : left == null ? new File[0] : left) {
      if (f.getName().endsWith(".tmp")) {
        inWriting++;
      } else if (f.getName().startsWith("step-")) {
        newest = Math.max(newest, Long.parseLong(f.getName().substring(5, 13)));
      }
    }
    int how = waits ? 1 : 0;
    mostLost[how] = Math.max(mostLost[how], seen.steps() - newest);
    assertThat(mostLost[how])
        .as("steps lost, %s", waits ? "waiting for the disk" : "one checkpoint may be on its way")
        .isLessThanOrEqualTo(waits ? EVERY : 2 * EVERY);
  }

  /** Runs a process, and kills it some time after its first step. */
  private static Seen start(Path folder, boolean waits, long killAfter) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ResumeWorkload.class.getName(),
                folder.toString(),
                "2",
                Integer.toString(EVERY),
                Boolean.toString(waits)));
    Path errors = folder.resolve("errors.txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    long begun = 0;
    long ended = 0;
    long steps = 0;
    @Nullable Thread killer = null;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = read(out); line != null; line = read(out)) {
        if (line.equals(ResumeWorkload.BEGUN)) {
          begun = System.nanoTime();
          if (killAfter < Long.MAX_VALUE) {
            killer = Thread.ofVirtual().start(() -> kill(process, killAfter));
          }
        } else if (!line.isEmpty()) {
          steps = Long.parseLong(line);
          ended = System.nanoTime();
        }
      }
    } finally {
      if (killer != null) {
        killer.join();
      }
    }
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("a process hangs: " + Files.readString(errors));
    }
    boolean finished = Files.exists(folder.resolve(ResumeWorkload.RESULT));
    assertThat(finished || killAfter < Long.MAX_VALUE)
        .as(() -> "a process failed: " + text(errors))
        .isTrue();
    return new Seen(steps, ended - begun, finished);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Reads a line; a killed process's last may be cut, and is none. */
  private static @Nullable String read(BufferedReader out) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = out.read(); c >= 0; c = out.read()) {
      if (c == '\n') {
        return line.toString();
      }
      line.append((char) c);
    }
    return null;
  }

  private static void kill(Process process, long after) {
    try {
      TimeUnit.NANOSECONDS.sleep(after);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // By its handle: the process's own method would close the stream that is being read.
    process.toHandle().destroyForcibly();
  }

  private static void delete(File file) {
    File[] entries = file.listFiles();
    if (entries != null) {
      for (File f : entries) {
        delete(f);
      }
    }
    assertThat(file.delete()).isTrue();
  }
}
