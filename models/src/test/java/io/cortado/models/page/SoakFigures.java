package io.cortado.models.page;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process takes at one moment.
 *
 * @param minute since the training's begin
 * @param stepsPerSecond of the minute before
 */
record SoakFigures(int minute, double stepsPerSecond, Map<Kind, Double> values) {

  private static final double MB = 1e-6;
  private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  /** Above {@link #line}. */
  static final String HEADER = header();

  /** A figure, and by how much it may grow in an hour. */
  enum Kind {
    /** What is in use after a collection; a result for each epoch is kept, some hundred bytes. */
    HEAP("heap after GC, MB", 3, 0),
    /** The page and its readers come and go. */
    THREADS("threads", 2, 0),
    FILES("file descriptors", 3, 0),
    DIRECT("direct buffers, MB", 0.5, 0),
    MAPPED("mapped buffers, MB", 0.5, 0),
    /** What Java code has of the system beside the heap, where tensors of the CPU are. */
    OWNED("memory outside the heap, MB", 1, 0),
    /** All that the JVM has of the system, as it counts itself; methods are compiled anew. */
    NATIVE("native memory of the JVM, without heap, MB", 5, 0.02),
    /** What the system counts; the C library keeps some of what is freed. */
    RESIDENT("resident, MB", 10, 0.02),
    CHECKPOINTS("checkpoints on disk", 1, 0),
    FOLDER("run's folder, MB", 0.5, 0.02);

    final String label;
    private final double absolute;
    private final double relative;

    Kind(String label, double absolute, double relative) {
      this.label = label;
      this.absolute = absolute;
      this.relative = relative;
    }

    double mayGrow(double from) {
      return absolute + relative * from;
    }
  }

  /** Measures; what cleaners would free counts, but for the heap. */
  static SoakFigures of(int minute, double stepsPerSecond, Path folder) {
    Map<Kind, Double> now = new EnumMap<>(Kind.class);
    now.put(Kind.DIRECT, pool("direct"));
    now.put(Kind.MAPPED, pool("mapped"));
    String tracked = tracked();
    now.put(Kind.OWNED, committed(tracked, "-\\s+Other \\(reserved=\\d+KB, "));
    now.put(
        Kind.NATIVE,
        committed(tracked, "Total: reserved=\\d+KB, ")
            - committed(tracked, "-\\s+Java Heap \\(reserved=\\d+KB, "));
    now.put(Kind.RESIDENT, resident());
    now.put(Kind.THREADS, (double) ManagementFactory.getThreadMXBean().getThreadCount());
    now.put(Kind.FILES, files());
    now.put(Kind.CHECKPOINTS, checkpoints(folder));
    now.put(Kind.FOLDER, bytes(folder) * MB);
    System.gc();
    now.put(Kind.HEAP, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() * MB);
    return new SoakFigures(minute, stepsPerSecond, now);
  }

  double value(Kind kind) {
    return values.getOrDefault(kind, Double.NaN);
  }

  private static String header() {
    StringBuilder text = new StringBuilder("minute steps/s");
    for (Kind kind : Kind.values()) {
      text.append(" | ").append(kind.label);
    }
    return text.toString();
  }

  String line() {
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%6d %7.1f", minute, stepsPerSecond));
    for (Kind kind : Kind.values()) {
      text.append(String.format(Locale.ROOT, " | %.1f", value(kind)));
    }
    return text.toString();
  }

  /** Returns the largest of each figure, by its label. */
  static Map<String, Double> most(List<SoakFigures> some) {
    Map<String, Double> most = new HashMap<>();
    for (SoakFigures one : some) {
      one.values.forEach((kind, value) -> most.merge(kind.label, value, Math::max));
    }
    return most;
  }

  private static double pool(String name) {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals(name))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum()
        * MB;
  }

  private static double files() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      return unix.getOpenFileDescriptorCount();
    }
    throw new IllegalStateException("this system does not tell how many files are open");
  }

  /** Returns what {@code jcmd VM.native_memory} says of this process. */
  private static String tracked() {
    try {
      Object said =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "vmNativeMemory",
                  new Object[] {new String[] {"summary"}},
                  new String[] {String[].class.getName()});
      return String.valueOf(said);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double committed(String tracked, String before) {
    Matcher m = Pattern.compile(before + "committed=(\\d+)KB").matcher(tracked);
    if (!m.find()) {
      throw new IllegalStateException(
          "start Java with -XX:NativeMemoryTracking=summary; it says " + tracked);
    }
    return Long.parseLong(m.group(1)) * 1024 * MB;
  }

  private static double resident() {
    try {
      Matcher m = RSS.matcher(Files.readString(Path.of("/proc/self/status")));
      if (!m.find()) {
        throw new IllegalStateException("/proc/self/status has no VmRSS");
      }
      return Long.parseLong(m.group(1)) * 1024 * MB;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double checkpoints(Path folder) {
    try (Stream<Path> all = Files.list(folder.resolve("checkpoints"))) {
      return all.filter(p -> p.getFileName().toString().contains("step-")).count();
    } catch (IOException none) {
      return 0;
    }
  }

  private static long bytes(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.mapToLong(p -> Files.isRegularFile(p) ? p.toFile().length() : 0).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0; // an old checkpoint is being removed at this moment
    }
  }
}
