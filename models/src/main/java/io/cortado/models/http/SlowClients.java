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
 * before the next request. While the server computes, no time counts.
 */
public final class SlowClients implements Connection.Listener, AutoCloseable {

  /** No time counts: it is the server that works. */
  private static final long COMPUTING = 0;

  private final Map<Connection, Long> since = new ConcurrentHashMap<>();
  private final Duration patience;
  private final Thread thread;

  SlowClients(Duration patience) {
    this.patience = patience;
    thread = Thread.ofVirtual().name("slow-clients").start(this::watch);
  }

  @Override
  public void onOpened(Connection connection) {
    since.put(connection, now());
  }

  @Override
  public void onClosed(Connection connection) {
    since.remove(connection);
  }

  /** The client's next part begins. */
  public void waitFor(Connection connection) {
    since.replace(connection, now());
  }

  /** The server works for it. */
  public void compute(Connection connection) {
    since.replace(connection, COMPUTING);
  }

  private static long now() {
    return System.nanoTime() | 1; // never what COMPUTING is
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(patience.dividedBy(8).plusMillis(1));
        long now = System.nanoTime();
        since.forEach((connection, from) -> {
          if (from != COMPUTING && now - from > patience.toNanos()) {
            connection.getEndPoint().close(new TimeoutException("the client is too slow"));
          }
        });
      }
    } catch (InterruptedException closed) {
      since.clear();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
