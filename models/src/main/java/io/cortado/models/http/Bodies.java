package io.cortado.models.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the bodies of requests, and bounds the memory of each and of all. */
public final class Bodies {

  private static final int CHUNK = 16 * 1024;

  private final int most;

  /** Chunks that may be held at once: a quarter of the heap, as bodies are copied once. */
  private final Semaphore chunks =
      new Semaphore(
          (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / CHUNK));

  /** Bounds each body by a number of bytes. */
  public Bodies(int most) {
    this.most = most;
  }

  /**
   * Reads a body, and counts it as held until it has been used.
   *
   * @throws Refusal if it is too large, or too much is held already
   * @throws IOException if the client went away
   */
  public <T> T use(Request request, Function<byte[], T> use) throws IOException {
    if (request.getLength() > most) {
      throw tooLarge();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int held = 0;
    try {
      InputStream in = Content.Source.asInputStream(request);
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        body.write(chunk, 0, n);
        if (body.size() > most) {
          throw tooLarge();
        }
        if (body.size() > (long) held * CHUNK) {
          if (!chunks.tryAcquire()) {
            throw Refusal.busy();
          }
          held++;
        }
      }
      return use.apply(body.toByteArray());
    } finally {
      chunks.release(held);
    }
  }

  private Refusal tooLarge() {
    return Refusal.tooLarge("the body is larger than %d bytes (--max-body)".formatted(most));
  }

  /**
   * Reads on for a while what a refused client is sending: were the connection closed at once, many
   * would see that alone and not the reason. One that waits for a go-ahead has sent nothing.
   */
  public void discard(Request request) {
    if (request.getLength() == 0 || request.getHeaders().contains(HttpHeader.EXPECT)) {
      return;
    }
    try {
      InputStream in = Content.Source.asInputStream(request);
      byte[] chunk = new byte[CHUNK];
      long left = 2L * most;
      for (int n = in.read(chunk); n >= 0 && left > 0; n = in.read(chunk)) {
        left -= n;
      }
    } catch (IOException gone) {
      // Then nobody reads the reason.
    }
  }
}
