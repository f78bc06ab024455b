package io.cortado.models.page;

import io.cortado.models.http.Refusal;
import io.cortado.models.http.SlowClients;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends a recording to browsers as server-sent events, a few times a second.
 *
 * <p>Each is sent what is new to it when the event before has gone out. One that does not read
 * holds one event and the thread that waits for it, until {@link SlowClients} ends its patience.
 */
final class EventStream {

  /** How many may look on at once. */
  static final int MOST = 16;

  private static final long BETWEEN_MILLIS = 400;

  /** A browser that went away is noticed when something is sent to it. */
  private static final long SILENCE_MILLIS = 2000;

  private final Recording recording;
  private final SlowClients slow;
  private final AtomicInteger viewers = new AtomicInteger();
  private volatile boolean closing;

  EventStream(Recording recording, SlowClients slow) {
    this.recording = recording;
    this.slow = slow;
  }

  int viewers() {
    return viewers.get();
  }

  /** Ends all streams, those too that wait. */
  void close() {
    closing = true;
  }

  /**
   * Sends until the run ends or the client is gone.
   *
   * @throws Refusal if there are too many
   */
  void send(Request request, Response response, Callback callback) {
    if (viewers.incrementAndGet() > MOST) {
      viewers.decrementAndGet();
      throw Refusal.of(503, "%d pages of this run are open; close one of them".formatted(MOST));
    }
    try {
      response.setStatus(200);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      send(request.getConnectionMetaData().getConnection(), response);
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e); // the client went away, or did not read
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } finally {
      viewers.decrementAndGet();
    }
  }

  private void send(Connection connection, Response response)
      throws IOException, InterruptedException {
    Recording.Cursor seen = new Recording.Cursor();
    boolean last = false;
    while (!last) {
      last = closing || recording.hasEnded(); // before what is sent, which is then the last of all
      StringBuilder text = new StringBuilder();
      if (recording.isNewTo(seen)) {
        text.append("event: update\ndata: ").append(recording.since(seen)).append("\n\n");
      } else {
        text.append(": nothing new\n\n");
      }
      if (last) {
        text.append("event: end\ndata: {}\n\n");
      }
      slow.waitFor(connection);
      Content.Sink.write(
          response, last, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      slow.compute(connection);
      if (!last) {
        Thread.sleep(BETWEEN_MILLIS);
        recording.await(seen, SILENCE_MILLIS);
      }
    }
    slow.answered(connection);
  }
}
