package io.cortado.models.http;

import io.cortado.models.InputException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** A bounded HTTP server whose requests run on virtual threads. */
public final class WebServer implements AutoCloseable {

  /** Headers larger than this are no client's of this server. */
  private static final int HEADER_BYTES = 8 * 1024;

  private final SlowClients slow;
  private final Server server;
  private final ServerConnector connector;
  private final Place place;

  /**
   * Where it listens.
   *
   * @param port 0 for any that is free
   * @param portOption the option that a user chooses the port by, for messages
   */
  public record Place(String host, int port, String portOption) {

    /** Checks the port. */
    public Place {
      checkPort(port, portOption);
    }
  }

  /**
   * What it bounds.
   *
   * @param patience how long a client may take for a part of what it sends or takes
   * @param connections the most connections
   * @param grace how long a stop waits for answers that are being computed
   */
  public record Bounds(Duration patience, int connections, Duration grace) {}

  private WebServer(Place place, Bounds bounds, IntConsumer refused) {
    this.place = place;
    slow = new SlowClients(bounds.patience(), bounds.connections());
    QueuedThreadPool threads =
        new QueuedThreadPool(16, 4); // select and accept; requests are virtual
    threads.setVirtualThreadsExecutor(new VirtualThreadPool(bounds.connections()));
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(place.host());
    connector.setPort(place.port());
    connector.setIdleTimeout(2 * bounds.patience().toMillis()); // slow is stricter
    connector.setAcceptQueueSize(
        bounds.connections()); // Java's 50 is too short for a crowd at once
    connector.setShutdownIdleTimeout(100);
    connector.addBean(slow);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(bounds.connections(), connector));
    server.setErrorHandler(new JsonErrors(refused));
    server.setStopTimeout(bounds.grace().toMillis());
  }

  /**
   * Listens from then on.
   *
   * @param refused told the status of each request that is refused before a handler sees it
   * @param routes makes what answers, which may tell when clients are waited for
   * @throws InputException if nothing can listen there
   */
  public static WebServer start(
      Place place, Bounds bounds, IntConsumer refused, Function<SlowClients, Handler> routes) {
    WebServer started = new WebServer(place, bounds, refused);
    try {
      started.server.setHandler(new GracefulHandler(routes.apply(started.slow)));
      started.server.start();
    } catch (Exception e) {
      started.close();
      throw new InputException(
          "%s:%d cannot be listened at (%s); give another address or %s"
              .formatted(place.host(), place.port(), reason(e), place.portOption()),
          e);
    }
    return started;
  }

  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }

  /**
   * Checks a port before anything is done for it.
   *
   * @param option what a user chooses it by
   * @throws InputException if there can be none of this number
   */
  public static void checkPort(int port, String option) {
    if (port < 0 || port > 65_535) {
      throw new InputException("%s is %d; give 0 to 65535".formatted(option, port));
    }
  }

  /** Returns the address, with the port that was found. */
  public URI address() {
    String host = place.host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + shown + ":" + connector.getLocalPort() + "/");
  }

  /** Waits until it has been stopped. */
  public void join() throws InterruptedException {
    server.join();
  }

  /** Takes no more requests, answers those that are there, and frees the network. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      // What was not answered in time is dropped.
    }
    slow.close();
  }
}
