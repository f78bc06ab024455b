package io.cortado.models.tensorboard;

import io.cortado.io.FileException;
import io.cortado.models.insight.Spread;
import io.cortado.models.pictures.PngFiles;
import io.cortado.models.protobuf.Message;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event file that TensorBoard reads.
 *
 * <pre>{@code
 * try (SummaryWriter writer = new SummaryWriter(Path.of("runs/first"))) {
 *   writer.addScalar("train/loss", 0.5, 100);
 *   writer.addHistogram("weights", weights, 100);
 *   writer.addText("notes", "**bold**", 0);
 * }
 * }</pre>
 *
 * <p>Events are gathered, and written when they are 64 KiB or after 10 seconds, by the next call;
 * or by {@link #flush}. Where writing fails a {@link FileException} is thrown, the events gathered
 * since are lost, the file keeps those before, and further ones may be added. For any thread.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/tensorboard.html">PyTorch's SummaryWriter</a>
 */
public final class SummaryWriter implements AutoCloseable {

  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{1,12})\\..*");

  private static final Opener NEW_FILE =
      file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path file;
  private final RecordFile records;
  private long flushed = System.nanoTime();

  /**
   * Begins a file of its own in a folder, which is made if need be.
   *
   * @throws FileException if that fails
   */
  public SummaryWriter(Path logDir) {
    this(newFile(logDir), NEW_FILE, null);
  }

  /** Opens the file. */
  @FunctionalInterface
  interface Opener {
    SeekableByteChannel open(Path file) throws IOException;
  }

  /**
   * Begins a file.
   *
   * @param first an event behind the file's first; null for none
   */
  SummaryWriter(Path file, Opener opener, @Nullable Message first) {
    this.file = file;
    try (Opening opening = new Opening(file, opener.open(file))) {
      records = new RecordFile(opening.channel);
      records.add(Events.version(now()).toByteArray());
      if (first != null) {
        records.add(first.toByteArray());
      }
      records.flush(); // whoever looks sees the run, and a full disk is known at once
      opening.done = true;
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Takes a file away again that was not begun. */
  private static final class Opening implements AutoCloseable {
    private final Path file;
    private final SeekableByteChannel channel;
    private boolean done;

    Opening(Path file, SeekableByteChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    @Override
    public void close() throws IOException {
      if (!done) {
        channel.close();
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Begins another file in a folder: of the files before, TensorBoard shows only what lies before a
   * step. PyTorch's {@code purge_step}.
   *
   * @param purgeStep the first step that will be told anew
   * @throws FileException if that fails
   */
  public static SummaryWriter resume(Path logDir, long purgeStep) {
    return new SummaryWriter(newFile(logDir), NEW_FILE, Events.start(now(), purgeStep));
  }

  /** Says whether there is an event file in a folder. */
  static boolean isIn(Path logDir) {
    return newest(logDir).isPresent();
  }

  private static OptionalLong newest(Path logDir) {
    try (Stream<Path> files = Files.list(logDir)) {
      return files
          .map(f -> NAME.matcher(f.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(m -> Long.parseLong(m.group(1)))
          .max();
    } catch (IOException e) {
      return OptionalLong.empty(); // there is no such folder yet
    }
  }

  /** TensorBoard reads the files of a folder in the order of their names. */
  private static Path newFile(Path logDir) {
    try {
      Files.createDirectories(logDir);
    } catch (IOException e) {
      throw FileException.writing(logDir, e);
    }
    long after = newest(logDir).orElse(0) + 1;
    return logDir.resolve(
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%s.%d.0",
            Math.max(after, System.currentTimeMillis() / 1000),
            host(),
            ProcessHandle.current().pid()));
  }

  private static String host() {
    String name = System.getenv().getOrDefault("HOSTNAME", System.getenv("COMPUTERNAME"));
    return name == null || name.isBlank() ? "localhost" : name.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private static double now() {
    return System.currentTimeMillis() * 1e-3;
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Adds a point of a curve. */
  public void addScalar(String tag, double value, long step) {
    add(tag, step, Events.scalar((float) value));
  }

  /**
   * Adds how many of the numbers lie in each 30th of what they span; those that are not finite do
   * not count.
   *
   * @throws IllegalArgumentException if none is finite
   */
  public void addHistogram(String tag, float[] values, long step) {
    Spread spread = Spread.of(values);
    if (spread.finite() == 0) {
      throw new IllegalArgumentException(
          "addHistogram: none of the %d numbers of '%s' is finite; leave it out, or look for NaN in the data"
              .formatted(values.length, tag));
    }
    addHistogram(tag, spread, step);
  }

  void addHistogram(String tag, Spread spread, long step) {
    add(tag, step, Events.histogram(spread));
  }

  /** Adds a picture; where it is transparent it becomes black. */
  public void addImage(String tag, BufferedImage image, long step) {
    BufferedImage rgb =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = rgb.createGraphics();
    g.drawImage(image, 0, 0, null);
    g.dispose();
    try {
      add(tag, step, Events.image(rgb.getWidth(), rgb.getHeight(), PngFiles.encode(rgb)));
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Adds a text in Markdown. */
  public void addText(String tag, String markdown, long step) {
    add(tag, step, Events.text(markdown));
  }

  private void add(String tag, long step, Message what) {
    if (tag.isBlank()) {
      throw new IllegalArgumentException("a tag is empty; give the name of a curve: train/loss");
    }
    add(Events.summary(now(), step, tag, what));
  }

  private synchronized void add(Message event) {
    try {
      records.add(event.toByteArray());
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
    flushIfDue();
  }

  /** Writes what has been gathered for long. */
  synchronized void flushIfDue() {
    if (System.nanoTime() - flushed >= FLUSH_NANOS) {
      flush();
    }
  }

  /** Writes what was gathered. */
  public synchronized void flush() {
    flushed = System.nanoTime();
    try {
      records.flush();
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Writes what was gathered, and ends the file; a second call does nothing. */
  @Override
  public synchronized void close() {
    try {
      records.close();
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }
}
