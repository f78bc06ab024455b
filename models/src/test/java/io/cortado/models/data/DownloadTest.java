package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cortado.data.DataException;
import io.cortado.models.data.Download.Remote;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DownloadTest {

  private static final int SIZE = 1_000_000;

  @TempDir Path folder;
  private final Download download = new Download(Duration.ofSeconds(10), Duration.ofMillis(1));
  private final byte[] content = new byte[SIZE];
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Path target;
  private Path part;

  /** What the server does with an answer; the default sends the rest from an offset on. */
  private volatile Answer answer = (exchange, from) -> send(exchange, from, SIZE);

  @FunctionalInterface
  private interface Answer {
    void to(HttpExchange exchange, int from) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    new Random(3).nextBytes(content);
    target = folder.resolve("set").resolve("file.gz");
    part = folder.resolve("set").resolve("file.gz.part");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/file.gz",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          ranges.add(String.valueOf(range));
          try (exchange) {
            answer.to(exchange, range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", "")));
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Promises everything from an offset on, and sends what lies before {@code to}. */
  private void send(HttpExchange exchange, int from, int to) throws IOException {
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (SIZE - 1) + "/" + SIZE);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, SIZE - from);
    OutputStream body = exchange.getResponseBody();
    body.write(content, from, to - from);
    body.flush();
  }

  private Remote remote(byte[] expected) {
    MessageDigest digest = Sha256.start();
    digest.update(expected);
    URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/file.gz");
    return new Remote(uri, SIZE, Sha256.finish(digest));
  }

  @Test
  void bringsAFileAndShowsHow() throws IOException {
    List<Long> shown = new ArrayList<>();
    download.fetch(
        remote(content),
        target,
        (file, done, total) -> {
          assertThat(file).isEqualTo("file.gz");
          assertThat(total).isEqualTo(SIZE);
          shown.add(done);
        });
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThat(part).doesNotExist();
    assertThat(shown)
        .isSorted()
        .hasSizeGreaterThan(10)
        .doesNotHaveDuplicates()
        .endsWith((long) SIZE);
    download.fetch(remote(content), target, Progress.NONE);
    assertThat(ranges).containsExactly("null"); // it is there: nobody was asked again
  }

  /** What the buffers of three connections may hold at most. */
  private static final int LOST = 250_000;

  @Test
  void aTransferThatBreaksOffIsContinuedWhereItEnded() throws IOException {
    answer = (exchange, from) -> send(exchange, from, Math.min(SIZE, from + 300_000));
    download.fetch(remote(content), target, Progress.NONE);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThat(ranges).hasSizeGreaterThanOrEqualTo(4).startsWith("null");
    // A connection that is reset loses what was under way: the end is what has arrived.
    for (int i = 1; i < 4; i++) {
      assertThat(ranges.get(i)).matches("bytes=\\d+-");
      int from = Integer.parseInt(ranges.get(i).replaceAll("\\D", ""));
      assertThat(from).isBetween(i * 300_000 - LOST, i * 300_000);
    }
  }

  @Test
  void theNextRunContinuesAnEarlierOne() throws IOException {
    Files.createDirectories(folder.resolve("set"));
    Files.write(part, Arrays.copyOf(content, 123_456));
    download.fetch(remote(content), target, Progress.NONE);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    assertThat(ranges).containsExactly("bytes=123456-");
  }

  @Test
  void aServerThatCannotContinueSendsItAllAgain() throws IOException {
    Files.createDirectories(folder.resolve("set"));
    Files.write(part, new byte[123_456]);
    answer = (exchange, from) -> send(exchange, 0, SIZE);
    download.fetch(remote(content), target, Progress.NONE);
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
  }

  @Test
  void aWrongChecksumIsRefusedAndTheBytesDeleted() {
    byte[] other = content.clone();
    other[SIZE / 2]++;
    assertThatThrownBy(() -> download.fetch(remote(other), target, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is not the published file and was deleted: SHA-256 ");
    assertThat(target).doesNotExist();
    assertThat(part).doesNotExist();
  }

  @Test
  void whatTheServerRefusesIsNotTriedAgain() {
    answer = (exchange, from) -> exchange.sendResponseHeaders(404, -1);
    assertThatThrownBy(() -> download.fetch(remote(content), target, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("failed: the server of localhost answered 404");
    assertThat(ranges).hasSize(1);
    assertThat(target).doesNotExist();
  }

  @Test
  void aServerThatSendsNothingIsGivenUpButTheBytesAreKept() throws IOException {
    Files.createDirectories(folder.resolve("set"));
    Files.write(part, Arrays.copyOf(content, 1000));
    answer = (exchange, from) -> send(exchange, from, from);
    assertThatThrownBy(() -> download.fetch(remote(content), target, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1000 of 1000000 bytes are here and 4 attempts brought no more");
    assertThat(ranges).hasSize(4);
    assertThat(part).hasSize(1000);
  }

  @Test
  void noConnectionIsSaidAtOnce() {
    Remote remote = remote(content);
    server.stop(0);
    assertThatThrownBy(() -> download.fetch(remote, target, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("failed: there is no connection to localhost");
  }

  @Test
  void twoRunsDoNotWriteTheSameFile() throws IOException {
    Files.createDirectories(folder.resolve("set"));
    try (FileChannel other =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = other.lock()) {
      assertThatThrownBy(() -> download.fetch(remote(content), target, Progress.NONE))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("is being downloaded by another run");
    }
  }

  @Test
  void anUnwritableFolderIsNamed() throws IOException {
    Files.writeString(folder.resolve("set"), "a file where a folder is to be");
    assertThatThrownBy(() -> download.fetch(remote(content), target, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(target.toString());
  }
}
