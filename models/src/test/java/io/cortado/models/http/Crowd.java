package io.cortado.models.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** Many clients at once, which say something or nothing, and read nothing unless they look. */
public final class Crowd implements AutoCloseable {

  private static final long SECONDS = 30;

  /** Little, so that what is not read soon waits at the server. */
  private static final int RECEIVED = 4096;

  private final List<One> all = new ArrayList<>();

  private static final class One {
    final SocketChannel channel;
    final ByteBuffer says;
    boolean closed;

    One(SocketChannel channel, String says) {
      this.channel = channel;
      this.says = ByteBuffer.wrap(says.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Lets more come; each says the same. */
  public Crowd and(URI at, int count, String says) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open();
      all.add(new One(channel, says));
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVED);
      channel.configureBlocking(false);
      boolean unused = channel.connect(new InetSocketAddress(at.getHost(), at.getPort()));
    }
    return this;
  }

  /** Goes on with what each says; returns how many have come so far as to have said it. */
  public int said() {
    int said = 0;
    for (One one : all) {
      try {
        if (one.channel.finishConnect()) {
          one.channel.write(one.says);
          said += one.says.hasRemaining() ? 0 : 1;
        }
      } catch (IOException closed) {
        one.closed = true;
        said++;
      }
    }
    return said;
  }

  /** Reads what there is; returns how many connections the server has closed. */
  public int closed() {
    ByteBuffer block = ByteBuffer.allocate(1 << 16);
    for (One one : all) {
      try {
        int n = 1;
        while (!one.closed && n > 0) {
          n = one.channel.read(block.clear());
        }
        one.closed |= n < 0;
      } catch (IOException reset) {
        one.closed = true;
      }
    }
    return (int) all.stream().filter(one -> one.closed).count();
  }

  @Override
  public void close() throws IOException {
    for (One one : all) {
      one.channel.close();
    }
  }

  /** Waits for something. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time until " + what).isLessThan(end);
      Thread.sleep(5);
    }
  }

  /**
   * What this process takes.
   *
   * @param threads of the system, those that virtual ones run on among them
   * @param bytes on the heap after a collection, and of direct buffers
   */
  public record Taken(int threads, long files, long bytes) {

    /** Measures. */
    public static Taken now() {
      System.gc();
      Runtime memory = Runtime.getRuntime();
      long direct =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum();
      return new Taken(
          ManagementFactory.getThreadMXBean().getThreadCount(),
          system().getOpenFileDescriptorCount(),
          memory.totalMemory() - memory.freeMemory() + direct);
    }

    private static UnixOperatingSystemMXBean system() {
      return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }

    /** Leaves a test out, and says so, where a process may not open so many files. */
    public static void needFiles(long count) {
      long most = system().getMaxFileDescriptorCount();
      if (most < count) {
        String text =
            "NOT tested: a process may open %d files here (ulimit -n), the test needs %d"
                .formatted(most, count);
        System.err.println(text);
        Assumptions.abort(text);
      }
    }
  }
}
