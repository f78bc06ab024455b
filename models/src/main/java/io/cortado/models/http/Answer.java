package io.cortado.models.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import tools.jackson.databind.json.JsonMapper;

/**
 * What goes back to a client.
 *
 * @param type the media type of the body
 * @param headers further ones
 */
public record Answer(int status, String type, byte[] body, Map<String, String> headers) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Returns a text. */
  public static Answer of(String type, String body) {
    return new Answer(200, type, body.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** Returns a value as JSON. */
  public static Answer json(Object value) {
    return json(200, value, Map.of());
  }

  private static Answer json(int status, Object value, Map<String, String> headers) {
    return new Answer(status, "application/json", JSON.writeValueAsBytes(value), headers);
  }

  /** Returns a reason why there is no answer. */
  public static Answer error(int status, String reason, Map<String, String> headers) {
    return json(status, Map.of("error", reason), headers);
  }

  /** Sends it, and waits for the client until it has taken all. */
  public void send(Request request, Response response, Callback callback, SlowClients slow) {
    response.setStatus(status);
    HttpFields.Mutable to = response.getHeaders();
    to.put(HttpHeader.CONTENT_TYPE, type);
    to.put(HttpHeader.CONTENT_LENGTH, body.length);
    to.put(HttpHeader.CACHE_CONTROL, "no-store");
    to.put("X-Content-Type-Options", "nosniff");
    headers.forEach(to::put);
    Connection connection = request.getConnectionMetaData().getConnection();
    response.write(
        true, ByteBuffer.wrap(body), Callback.from(callback, () -> slow.answered(connection)));
  }
}
