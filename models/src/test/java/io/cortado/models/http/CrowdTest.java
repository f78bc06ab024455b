package io.cortado.models.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.http.Crowd.Taken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lets a thousand clients come who want nothing, at the server that the page and serve have. */
final class CrowdTest {

  private static final int MANY = 1000;

  /** A client that wants nothing costs the server this at most. */
  private static final long BYTES_EACH = 24 * 1024;

  private static final int THREADS = 16;

  private static WebServer start(Duration patience, int connections) {
    return WebServer.start(
        new WebServer.Place("127.0.0.1", 0, "--port"),
        new WebServer.Bounds(patience, connections, Duration.ofSeconds(1)),
        unused -> {},
        slow ->
            new Handler.Abstract() {
              @Override
              public boolean handle(Request request, Response response, Callback callback) {
                slow.waitFor(request.getConnectionMetaData().getConnection());
                new Bodies(MANY).discard(request);
                Answer.json(Map.of("said", "yes")).send(request, response, callback, slow);
                return true;
              }
            });
  }

  private static void ask(URI at) throws Exception {
    // Connections of its own, as one from before may be closed while it is asked by.
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(at).timeout(Duration.ofSeconds(30)).build();
      HttpResponse<String> told = client.send(request, BodyHandlers.ofString());
      assertThat(told.body()).isEqualTo("{\"said\":\"yes\"}");
    }
  }

  @BeforeEach
  void countFiles() {
    Taken.needFiles(2 * MANY + 500); // both ends are here
  }

  @Test
  void aThousandSilentClientsTakeLittleAndAreDropped() throws Exception {
    try (WebServer server = start(Duration.ofMillis(1500), 2 * MANY);
        Crowd crowd = new Crowd()) {
      ask(server.address());
      Taken before = Taken.now();
      crowd.and(server.address(), MANY / 2, "").and(server.address(), MANY / 2, "GET /he");
      Crowd.await("all have come", () -> crowd.said() == MANY);
      ask(server.address());
      Taken with = Taken.now();
      assertThat(with.threads()).isLessThanOrEqualTo(before.threads() + THREADS);
      assertThat(with.bytes()).isLessThan(before.bytes() + MANY * BYTES_EACH);
      Crowd.await("all are dropped", () -> crowd.closed() == MANY);
      ask(server.address());
      crowd.close();
      Crowd.await("files are closed", () -> Taken.now().files() <= before.files() + 5);
    }
  }

  @Test
  void whenTheServerIsFullTheSilentGiveWay() throws Exception {
    try (WebServer server = start(Duration.ofSeconds(8), MANY);
        Crowd talking = new Crowd();
        Crowd silent = new Crowd()) {
      URI at = server.address();
      talking.and(at, 10, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbegun");
      Crowd.await("some talk", () -> talking.said() == 10);
      silent.and(at, MANY / 2, "").and(at, MANY / 2, "GET /he");
      Crowd.await("all have come", () -> silent.said() == MANY);
      ask(at);
      assertThat(silent.closed()).isPositive();
      assertThat(talking.closed()).as("those in the middle of a request").isZero();
    }
  }
}
