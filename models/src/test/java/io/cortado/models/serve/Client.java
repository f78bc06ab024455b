package io.cortado.models.serve;

import io.cortado.models.http.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a server as programs do. */
record Client(URI at, HttpClient http) implements AutoCloseable {

  static Client of(URI at) {
    return new Client(at, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String type, byte[] body) throws Exception {
    return http.send(posting(type, body), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String json) throws Exception {
    return post(Json.TYPE, json.getBytes(StandardCharsets.UTF_8));
  }

  CompletableFuture<HttpResponse<String>> postLater(String type, byte[] body) {
    return http.sendAsync(posting(type, body), BodyHandlers.ofString());
  }

  private HttpRequest posting(String type, byte[] body) {
    return request("predict")
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(at.resolve(path)).timeout(Duration.ofSeconds(30));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  Socket socket() throws IOException {
    Socket socket = new Socket(at.getHost(), at.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Override
  public void close() {
    http.close();
  }
}
