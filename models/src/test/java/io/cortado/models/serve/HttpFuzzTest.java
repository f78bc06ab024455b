package io.cortado.models.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.models.InputException;
import io.cortado.models.Spoiled;
import io.cortado.models.images.Drawings;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spoiled requests, headers and bodies, are refused by a status of 4xx or answered. */
final class HttpFuzzTest {

  private static final int MILLIS = 10_000;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int NOT_THIS_VERSION = 505;
  private static final long MEMORY = 4 << 20;

  private static final Limits LIMITS =
      new Limits(new Batcher.Limits(8, 0, 64), 100_000, 10_000, Duration.ofSeconds(10), 100);

  @TempDir Path dir;
  private final StringWriter log = new StringWriter();

  @Test
  void whateverIsAskedTheServerGoesOn() throws Exception {
    try (ModelServer server = start();
        Client client = Client.of(server.address())) {
      byte[] png = png();
      List<byte[]> tokens =
          Stream.of(
                  "\r\n",
                  "\r\n\r\n",
                  "Content-Length: 99999999999999999999\r\n",
                  "Transfer-Encoding: chunked\r\n",
                  "Expect: 100-continue\r\n",
                  "Upgrade: h2c\r\n",
                  "7fffffff\r\n",
                  "-1",
                  "\"",
                  "[[[[[[[[[[[[[[[[",
                  "{\"",
                  "\\u0000",
                  "%00",
                  "../",
                  "//",
                  "?a=",
                  "\0",
                  "é")
              .map(t -> t.getBytes(ISO_8859_1))
              .toList();
      new Spoiled(tokens, requests(png))
          .readBy(request -> ask(server.address(), request), MEMORY, List.of(InputException.class));
      assertThat(client.post("image/png", png).statusCode()).isEqualTo(200);
    }
    assertThat(log.toString()).as("what the server reports").isEmpty();
  }

  private ModelServer start() throws IOException {
    Path weights = ServedDigits.in(dir);
    return ModelServer.start(
        weights,
        Device::cpu,
        new ModelServer.Place("127.0.0.1", 0, null),
        LIMITS,
        new PrintWriter(log, true));
  }

  private static byte[] png() throws IOException {
    BufferedImage image =
        Drawings.digit(
            '3', BufferedImage.TYPE_BYTE_GRAY, 60, 70, 10, 10, 45, Color.WHITE, Color.BLACK);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static byte[][] requests(byte[] png) {
    String json = "{\"image\": \"" + Base64.getEncoder().encodeToString(png) + "\"}";
    return new byte[][] {
      request("GET /health HTTP/1.1", "Accept: */*", new byte[0]),
      request("GET /metrics HTTP/1.1", "Connection: keep-alive", new byte[0]),
      request("POST /predict HTTP/1.1", length("image/png", png), png),
      request(
          "POST /predict HTTP/1.1", length("application/json", json.getBytes(ISO_8859_1)), json),
      request(
          "POST /predict HTTP/1.1",
          "Content-Type: application/json\r\nTransfer-Encoding: chunked",
          "10\r\n{\"image\": \"AAAA\"\r\n1\r\n}\r\n0\r\n\r\n")
    };
  }

  private static String length(String type, byte[] body) {
    return "Content-Type: " + type + "\r\nContent-Length: " + body.length;
  }

  private static byte[] request(String line, String headers, String body) {
    return request(line, headers, body.getBytes(ISO_8859_1));
  }

  private static byte[] request(String line, String headers, byte[] body) {
    byte[] head = (line + "\r\nHost: localhost\r\n" + headers + "\r\n\r\n").getBytes(ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head);
    out.writeBytes(body);
    return out.toByteArray();
  }

  /** Sends bytes and their end, and waits for that of the answers. */
  private static void ask(URI at, byte[] request) throws IOException {
    String answer;
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
        answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      } catch (SocketException e) { // closed before everything was sent, as a refusal may be
        answer = "";
      }
    }
    if (answer.isEmpty()) {
      throw new InputException("no answer");
    }
    assertThat(answer).startsWith("HTTP/1.1 ");
    int status = Integer.parseInt(answer.substring(9, 12));
    // Of the server's own failures only these say what it does not speak.
    assertThat(status < 500 || status == NOT_IMPLEMENTED || status == NOT_THIS_VERSION)
        .as(answer)
        .isTrue();
    if (status >= 400) {
      throw new InputException(answer.lines().findFirst().orElse(""));
    }
  }
}
