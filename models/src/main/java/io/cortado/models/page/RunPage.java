package io.cortado.models.page;

import io.cortado.models.InputException;
import io.cortado.models.http.Token;
import io.cortado.models.http.WebServer;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A page that shows what runs have left in their folders: {@code cortado watch}. */
public final class RunPage implements AutoCloseable {

  static final WebServer.Bounds BOUNDS =
      new WebServer.Bounds(Duration.ofSeconds(10), 64, Duration.ofSeconds(1));

  private static final String HOST = "127.0.0.1";

  private final WebServer server;
  private final String token;

  private RunPage(WebServer server, String token) {
    this.server = server;
    this.token = token;
  }

  /**
   * Shows runs until it is closed; on this machine alone.
   *
   * @param folders of runs, or of folders of runs
   * @param port 0 for any that is free
   * @param log where faults are told
   * @throws InputException if there is no run in a folder, or nothing can listen there
   */
  public static RunPage open(List<Path> folders, int port, PrintWriter log) {
    Runs runs = Runs.in(folders);
    String token = Token.random();
    WebServer server =
        WebServer.start(
            place(port, "--port"),
            BOUNDS,
            unused -> {},
            slow -> new PageRoutes(new Token(token), runs, slow, null, log));
    return new RunPage(server, token);
  }

  static WebServer.Place place(int port, String option) {
    return new WebServer.Place(HOST, port, option);
  }

  /** Returns the address, which has the token that lets in. */
  public URI address() {
    return server.address().resolve(token + "/");
  }

  /** Waits until it has been closed. */
  public void join() throws InterruptedException {
    server.join();
  }

  @Override
  public void close() {
    server.close();
  }
}
