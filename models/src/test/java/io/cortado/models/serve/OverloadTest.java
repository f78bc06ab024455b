package io.cortado.models.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Asks for more than there is room for, too slowly, and while the server stops. */
final class OverloadTest {

  private static final int QUEUE = 4;
  private static final byte[] BODY = "7".getBytes(StandardCharsets.UTF_8);

  /** A network that waits until it is let go. */
  private static final class Gated implements Service {
    final Metrics metrics = new Metrics();
    final CountDownLatch gate = new CountDownLatch(1);
    final Batcher<byte[], String> batcher =
        new Batcher<>(this::compute, new Batcher.Limits(2, 0, QUEUE), metrics);
    volatile boolean closed;

    private List<String> compute(List<byte[]> batch) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (new String(batch.getFirst(), StandardCharsets.UTF_8).equals("fault")) {
        throw new IllegalStateException("a secret of the inside");
      }
      return batch.stream().map(b -> new String(b, StandardCharsets.UTF_8)).toList();
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of();
    }

    @Override
    public Object answer(String type, byte[] body) {
      return Map.of("said", Answers.of(batcher.submit(List.of(body))).getFirst());
    }

    @Override
    public boolean isAlive() {
      return batcher.isAlive();
    }

    @Override
    public void close() {
      batcher.close();
      closed = true;
    }
  }

  private final Gated service = new Gated();
  private final StringWriter log = new StringWriter();

  private ModelServer start(Duration patience) {
    return ModelServer.start(
        service,
        service.metrics,
        new ModelServer.Place("127.0.0.1", 0, null),
        new Limits(new Batcher.Limits(2, 0, QUEUE), 1000, 1000, patience, 50),
        new PrintWriter(log, true));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.sleep(2);
    }
  }

  /** Asks until one question is being answered and the queue is full, each when the last is in. */
  private List<CompletableFuture<HttpResponse<String>>> fill(Client client)
      throws InterruptedException {
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    asked.add(client.postLater("x", BODY));
    await(() -> service.metrics.text().contains("cortado_batch_size_count 1\n"));
    for (int i = 1; i <= QUEUE; i++) {
      int depth = i;
      asked.add(client.postLater("x", BODY));
      await(() -> service.batcher.depth() == depth);
    }
    return asked;
  }

  @Test
  void aFullQueueRefusesAndRecovers() throws Exception {
    try (ModelServer server = start(Duration.ofSeconds(10));
        Client client = Client.of(server.address())) {
      List<CompletableFuture<HttpResponse<String>>> asked = fill(client);
      HttpResponse<String> refused = client.post("x", BODY);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.body()).contains("the queue is full");
      assertThat(client.get("health").statusCode()).isEqualTo(200);
      assertThat(client.get("metrics").body()).contains("cortado_queue_depth " + QUEUE);
      service.gate.countDown();
      for (CompletableFuture<HttpResponse<String>> one : asked) {
        assertThat(one.get(20, TimeUnit.SECONDS).body()).isEqualTo("{\"said\":\"7\"}");
      }
      assertThat(client.post("x", BODY).statusCode()).isEqualTo(200);
      assertThat(client.get("metrics").body())
          .contains("cortado_batch_size_bucket{le=\"2\"} 4", "{status=\"503\"} 1");
    }
  }

  @Test
  void aFaultIsToldToTheOperatorAlone() throws Exception {
    service.gate.countDown();
    try (ModelServer server = start(Duration.ofSeconds(10));
        Client client = Client.of(server.address())) {
      HttpResponse<String> failed = client.post("x", "fault".getBytes(StandardCharsets.UTF_8));
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).contains("internal error").doesNotContain("secret", "at io.");
      assertThat(log.toString()).contains("a secret of the inside");
      assertThat(client.post("x", BODY).statusCode()).as("the next request").isEqualTo(200);
    }
  }

  @Test
  void slowAndSilentClientsAreDropped() throws Exception {
    service.gate.countDown();
    try (ModelServer server = start(Duration.ofMillis(400));
        Client client = Client.of(server.address());
        Socket silent = client.socket();
        Socket header = client.socket();
        Socket body = client.socket()) {
      body.getOutputStream()
          .write(
              "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      header
          .getOutputStream()
          .write("GET /health HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
      CompletableFuture<Boolean> headers = CompletableFuture.supplyAsync(() -> drip(header));
      CompletableFuture<Boolean> bodies = CompletableFuture.supplyAsync(() -> drip(body));
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(headers.get(20, TimeUnit.SECONDS)).as("headers byte by byte end").isTrue();
      assertThat(bodies.get(20, TimeUnit.SECONDS)).as("a body byte by byte ends").isTrue();
      assertThat(client.post("x", BODY).statusCode()).isEqualTo(200);
    }
  }

  /** Sends a byte now and then until the server has had enough; says whether that happened. */
  private static boolean drip(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      for (int i = 0; i < 150; i++) {
        out.write('x');
        Thread.sleep(20);
      }
      return false;
    } catch (IOException dropped) {
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsQueuedIsAnsweredBeforeTheEnd() throws Exception {
    ModelServer server = start(Duration.ofSeconds(10));
    try (Client client = Client.of(server.address())) {
      List<CompletableFuture<HttpResponse<String>>> asked = fill(client);
      CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
      Thread.sleep(200);
      assertThat(service.closed).as("it waits for the network").isFalse();
      service.gate.countDown();
      for (CompletableFuture<HttpResponse<String>> one : asked) {
        assertThat(one.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      }
      stop.get(10, TimeUnit.SECONDS);
      assertThat(service.closed).isTrue();
    }
  }
}
