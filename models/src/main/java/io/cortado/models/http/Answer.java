package io.cortado.models.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
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
}
