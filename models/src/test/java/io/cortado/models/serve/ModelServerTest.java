package io.cortado.models.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.models.InputException;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.PictureReader;
import io.cortado.models.classify.TestResult;
import io.cortado.models.images.Drawings;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Asks a server of a digit classifier, and checks it against the same network without one. */
final class ModelServerTest {

  private static final String TOKEN = "s3cret";
  private static final int BODY = 200_000;
  private static final int PIXELS = 250_000;
  private static final Limits LIMITS =
      new Limits(new Batcher.Limits(8, 5, 64), BODY, PIXELS, Duration.ofSeconds(10), 100);

  /**
   * A matrix product sums in another order for one row than for many: the last bits of the scores,
   * and so of the probabilities.
   */
  private static final float BATCH_ROUNDING = 3e-7f;

  @TempDir static Path dir;
  private static final StringWriter LOG = new StringWriter();
  private static final List<byte[]> pictures = new ArrayList<>();
  private static final List<float[]> expected = new ArrayList<>();
  private static Path weights;
  private static ModelServer server;
  private static Client client;

  @BeforeAll
  static void serve() throws IOException {
    weights = ServedDigits.in(dir);
    predictWithoutServer();
    server = start(weights, null);
    client = Client.of(server.address());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
    assertThat(LOG.toString()).as("what the server reports").isEmpty();
  }

  private static ModelServer start(Path file, String token) {
    return ModelServer.start(
        file,
        Device::cpu,
        new ModelServer.Place("127.0.0.1", 0, token),
        LIMITS,
        new PrintWriter(LOG, true));
  }

  /** As {@code cortado predict} does: file by file, one at a time. */
  private static void predictWithoutServer() throws IOException {
    try (Device device = Device.cpu()) {
      Checkpoint read = Checkpoint.read(weights, device);
      PictureReader reader = PictureReader.of(read.description());
      for (int i = 0; i < 40; i++) {
        Path file = dir.resolve("picture" + i + (i % 3 == 0 ? ".jpg" : ".png"));
        ImageIO.write(drawing(i), i % 3 == 0 ? "jpg" : "png", file.toFile());
        pictures.add(Files.readAllBytes(file));
        int[] one = read.description().input().prepend(1).toArray();
        try (Step step = device.inference()) {
          float[] scores =
              read.network().forward(step.tensor(reader.read(file), one)).toFloatArray();
          expected.add(TestResult.softmax(scores));
        }
      }
    }
  }

  private static BufferedImage drawing(int i) {
    return Drawings.digit(
        i % 2 == 0 ? '3' : '7',
        BufferedImage.TYPE_INT_RGB,
        90 + 3 * i,
        120 + i,
        10 + i / 4.0,
        15,
        60 + 1.3 * i,
        Color.WHITE,
        Color.BLUE);
  }

  private static float[] probabilities(JsonNode told) {
    JsonNode all = told.get("probabilities");
    float[] p = new float[all.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = all.get(Integer.toString(i)).floatValue();
    }
    return p;
  }

  @Test
  void answersAreThoseWithoutServerToTheLastBit() throws Exception {
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> response = client.post("image/png", pictures.get(i));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(probabilities(Client.json(response))).isEqualTo(expected.get(i));
    }
    String base64 = Base64.getEncoder().encodeToString(pictures.get(2));
    JsonNode one = Client.json(client.post("{\"image\": \"" + base64 + "\"}"));
    assertThat(probabilities(one)).isEqualTo(expected.get(2));
    int best = 0;
    for (int c = 0; c < 10; c++) {
      best = expected.get(2)[c] > expected.get(2)[best] ? c : best;
    }
    assertThat(one.get("class").stringValue()).isEqualTo(Integer.toString(best));
    JsonNode two =
        Client.json(client.post("{\"images\": [\"%s\", \"%s\"]}".formatted(base64, base64)))
            .get("predictions");
    assertThat(two).hasSize(2);
    assertThat(probabilities(two.get(1))).isEqualTo(expected.get(2));
  }

  @Test
  void answersUnderLoadAreThoseWithoutServerButForRounding() throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int c = 0; c < 8; c++) {
      int from = 5 * c;
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = from; i < from + 40; i++) {
                  int picture = i % pictures.size();
                  try {
                    HttpResponse<String> told = client.post("image/jpeg", pictures.get(picture));
                    assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
                    assertThat(probabilities(Client.json(told)))
                        .containsExactly(expected.get(picture), within(BATCH_ROUNDING));
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }
              },
              task -> Thread.ofVirtual().start(task)));
    }
    all.forEach(CompletableFuture::join);
    String metrics = client.get("metrics").body();
    long batches = count(metrics, "cortado_batch_size_count");
    long images = count(metrics, "cortado_batch_size_sum");
    assertThat(images).isGreaterThanOrEqualTo(8 * 40);
    assertThat(batches).as("pictures of several clients go together").isLessThan(images);
    assertThat(count(metrics, "cortado_requests_total{status=\"200\"}")).isPositive();
    assertThat(count(metrics, "cortado_predict_seconds_bucket{le=\"+Inf\"}"))
        .isEqualTo(count(metrics, "cortado_predict_seconds_count"));
    assertThat(count(metrics, "cortado_queue_depth")).isNotNegative();
  }

  private static long count(String metrics, String name) {
    return metrics
        .lines()
        .filter(l -> l.startsWith(name + " "))
        .mapToLong(l -> Long.parseLong(l.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is missing in\n" + metrics));
  }

  @Test
  void badPicturesAreRefusedWithTheReason() throws Exception {
    assertRefused(
        client.post("image/png", "no picture".getBytes(StandardCharsets.UTF_8)),
        400,
        "is not a picture that can be read");
    assertRefused(client.post("image/png", new byte[0]), 400, "is not a picture");
    byte[] jpeg = pictures.getFirst();
    assertRefused(
        client.post("image/jpeg", Arrays.copyOf(jpeg, jpeg.length / 2)), 400, "is broken");
    byte[] png = pictures.get(1);
    assertRefused(client.post("image/png", Arrays.copyOf(png, png.length / 2)), 400, "is broken");
    byte[] flipped = png.clone();
    flipped[png.length / 2] ^= 0x55;
    assertThat(client.post("image/png", flipped).statusCode()).isIn(200, 400);
    assertRefused(client.post("image/png", bomb(60_000)), 413, "60000 x 60000", "250000");
    assertRefused(client.post("image/png", bomb(0)), 400, "is broken");
    assertRefused(client.post("image/png", blank()), 400, "is empty: nothing stands out");
    assertRefused(client.post("text/plain", png), 415, "'text/plain'");
  }

  private static byte[] blank() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(30, 30, BufferedImage.TYPE_INT_RGB), "png", out);
    return out.toByteArray();
  }

  /** A PNG of a few bytes that claims to be large. */
  private static byte[] bomb(int side) {
    ByteBuffer head = ByteBuffer.allocate(17);
    head.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(side).putInt(side);
    head.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(head.array());
    return ByteBuffer.allocate(33)
        .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
        .putInt(13)
        .put(head.array())
        .putInt((int) crc.getValue())
        .array();
  }

  @Test
  void badJsonIsRefusedWithTheReason() throws Exception {
    assertRefused(client.post("{\"image\": "), 400, "is no JSON", "line 1, column");
    assertRefused(client.post(""), 400, "JSON");
    assertRefused(client.post("[".repeat(100_000)), 400, "is no JSON");
    assertRefused(client.post("[1]"), 400, "has to be a JSON object");
    assertRefused(client.post("{}"), 400, "has 0 names", "BASE64");
    assertRefused(client.post("{\"picture\": \"\"}"), 400, "names no pictures");
    assertRefused(client.post("{\"image\": 7}"), 400, "picture 1 is no text");
    assertRefused(client.post("{\"image\": \"?\"}"), 400, "picture 1 is no base64");
    assertRefused(client.post("{\"images\": []}"), 400, "names no pictures");
    String many = "\"\",".repeat(64) + "\"\"";
    assertRefused(client.post("{\"images\": [" + many + "]}"), 413, "65 pictures; send at most 64");
  }

  @Test
  void largeBodiesAreRefused() throws Exception {
    assertRefused(client.post("image/png", new byte[BODY + 1]), 413, "200000 bytes");
    try (Socket socket = client.socket()) { // of a length that is not told ahead
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 60; i++) {
        out.write(chunk);
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void wrongAddressesAndMethodsAreRefused() throws Exception {
    assertRefused(client.get("nothing"), 404, "there is nothing here");
    assertRefused(client.get("predict"), 405, "POST");
    HttpRequest partOfAMethod =
        HttpRequest.newBuilder(client.at().resolve("health"))
            .method("HEA", BodyPublishers.noBody())
            .build();
    assertRefused(client.http().send(partOfAMethod, BodyHandlers.ofString()), 405, "GET, HEAD");
    assertRefused(client.get("page.html/../../secret"), 400, "Bad Request");
    assertRefused(client.get("page.html"), 404, "nothing");
    try (Socket socket = client.socket()) {
      socket.getOutputStream().write("no HTTP at all\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(said).startsWith("HTTP/1.1 400").contains("{\"error\":").doesNotContain("\tat ");
    }
  }

  private static void assertRefused(HttpResponse<String> response, int status, String... reasons) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(Client.json(response).get("error").stringValue())
        .contains(reasons)
        .doesNotContain("Exception");
  }

  @Test
  void theServerTellsOfItself() throws Exception {
    assertThat(client.get("health").statusCode()).isEqualTo(200);
    assertThat(client.get("ready").statusCode()).isEqualTo(200);
    JsonNode model = Client.json(client.get("model"));
    assertThat(model.get("model").stringValue()).isEqualTo("lenet5");
    assertThat(model.get("classes")).hasSize(10);
    assertThat(model.get("drawing").booleanValue()).isTrue();
    HttpResponse<String> page = client.get("");
    assertThat(page.body()).contains("<canvas", "page.js", "page.css").doesNotContain("http");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'");
    assertThat(client.get("page.js").body()).doesNotContain("http");
    assertThat(client.get("page.css").statusCode()).isEqualTo(200);
  }

  @Test
  void whoHasNotTheTokenIsRefused() throws Exception {
    try (ModelServer guarded = start(weights, TOKEN);
        Client asking = Client.of(guarded.address())) {
      assertRefused(asking.get("model"), 401, "Bearer");
      assertRefused(asking.get("metrics", "Authorization", "Bearer s3cre"), 401, "wrong");
      assertRefused(asking.get("model", "Authorization", "Bearer s3cretx"), 401, "wrong");
      assertRefused(asking.post("image/png", pictures.getFirst()), 401, "missing");
      assertThat(asking.get("model", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(asking.get("health").statusCode()).isEqualTo(200);
      assertThat(asking.get("").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aFileThatIsChangedChangesNoAnswer() throws Exception {
    Path file = dir.resolve("changing.safetensors");
    Files.copy(weights, file);
    try (ModelServer own = start(file, null);
        Client asking = Client.of(own.address())) {
      Files.delete(file);
      assertThat(probabilities(Client.json(asking.post("image/png", pictures.get(1)))))
          .isEqualTo(expected.get(1));
    }
  }

  @Test
  void aTakenPortIsSaidSo() {
    ModelServer.Place taken = new ModelServer.Place("127.0.0.1", server.address().getPort(), null);
    assertThatThrownBy(() ->
            ModelServer.start(weights, Device::cpu, taken, LIMITS, new PrintWriter(LOG, true)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot be listened at")
        .hasMessageContaining("--port");
  }
}
