package io.cortado.models.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Looks at a page as a browser does, without one. */
final class Viewer implements AutoCloseable {

  final URI at;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Viewer(URI at) {
    this.at = at;
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path) throws Exception {
    return http.send(request(path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  JsonNode json(String path) throws Exception {
    return JsonMapper.shared().readTree(get(path).body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(at.resolve(path)).timeout(Duration.ofSeconds(30));
  }

  Stream events() throws Exception {
    HttpResponse<InputStream> response =
        http.send(request("events").build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode());
    }
    return new Stream(response.body());
  }

  /** Sends bytes as they are, and returns the first line of the answer. */
  String raw(String request) throws IOException {
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return String.valueOf(
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine());
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  /** Events as they come, put together as the page does. */
  static final class Stream implements AutoCloseable {
    private final BufferedReader lines;
    final ObjectNode seen = JsonMapper.shared().createObjectNode();
    int updates;
    boolean ended;

    Stream(InputStream in) {
      lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Reads until what was seen is as wanted. */
    void until(Predicate<ObjectNode> wanted) throws IOException {
      while (!wanted.test(seen) && next()) {
        // goes on
      }
      if (!wanted.test(seen)) {
        throw new AssertionError("the events ended before, at " + seen);
      }
    }

    /** Reads the next event; false at the end. */
    boolean next() throws IOException {
      String event = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          if (event.equals("end")) {
            ended = true;
            return false;
          }
          updates++;
          take((ObjectNode) JsonMapper.shared().readTree(line.substring(6)));
          return true;
        }
      }
      return false;
    }

    /** Reads to the end, and only counts. */
    void skip() throws IOException {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        updates += line.startsWith("data: ") ? 1 : 0;
      }
    }

    private void take(ObjectNode news) {
      for (String name : news.propertyNames()) {
        if (!name.equals("curves")) {
          seen.set(name, news.get(name));
          continue;
        }
        for (var curve : news.get(name).properties()) {
          JsonNode had = seen.path("points").path(curve.getKey());
          int points = curve.getValue().get("from").asInt() + curve.getValue().get("x").size();
          assert had.isMissingNode() || curve.getValue().get("from").asInt() <= had.asInt();
          seen.withObject("/points").put(curve.getKey(), points);
        }
      }
    }

    int points(String curve) {
      return seen.path("points").path(curve).asInt(0);
    }

    @Nullable String state() {
      return seen.path("now").path("state").asString("");
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
