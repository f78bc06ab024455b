package io.cortado.models.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;

/**
 * Drops connections whose client takes too long.
 *
 * <p>A time limit on silence alone would be escaped by a byte now and then. Here each part has one
 * limit in all: until the headers are there, for the body, for taking the answer, and for the pause
 * before the next request. While the server computes, no time counts. When there are as many
 * connections as there may be, those without a request have an eighth of the time, so that others
 * come in.
 */
public final class SlowClients implements Connection.Listener, AutoCloseable {

  private static final int PARTS = 8;

  private enum State {
    /** No request is there, or not the whole of its headers. */
    SILENT,
    /** It sends a body, or takes an answer. */
    TALKING,
    /** No time counts: it is the server that works. */
    COMPUTING
  }

  private record Wait(State state, long since) {}

  private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();
  private final Duration patience;
  private final int most;
  private final Thread thread;

  /** Begins to watch over at most so many connections. */
  SlowClients(Duration patience, int most) {
    this.patience = patience;
    this.most = most;
    thread = Thread.ofVirtual().name("slow-clients").start(this::watch);
  }

  @Override
  public void onOpened(Connection connection) {
    waits.put(connection, now(State.SILENT));
  }

  @Override
  public void onClosed(Connection connection) {
    waits.remove(connection);
  }

  /** The client's next part begins. */
  public void waitFor(Connection connection) {
    waits.replace(connection, now(State.TALKING));
  }

  /** The server works for it. */
  public void compute(Connection connection) {
    waits.replace(connection, now(State.COMPUTING));
  }

  /** It has its answer. */
  public void answered(Connection connection) {
    waits.replace(connection, now(State.SILENT));
  }

  private static Wait now(State state) {
    return new Wait(state, System.nanoTime());
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(patience.dividedBy(PARTS).plusMillis(1));
        long now = System.nanoTime();
        boolean full = waits.size() >= most;
        waits.forEach((connection, wait) -> {
          if (now - wait.since > allowed(wait.state, full)) {
            connection.getEndPoint().close(new TimeoutException("the client is too slow"));
          }
        });
      }
    } catch (InterruptedException closed) {
      waits.clear();
    }
  }

  private long allowed(State state, boolean full) {
    return switch (state) {
      case SILENT -> full ? patience.toNanos() / PARTS : patience.toNanos();
      case TALKING -> patience.toNanos();
      case COMPUTING -> Long.MAX_VALUE;
    };
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
