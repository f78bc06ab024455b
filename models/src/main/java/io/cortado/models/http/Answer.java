package io.cortado.models.serve;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What goes back to a client. */
record Answer(int status, String type, byte[] body, Map<String, String> headers) {

  private static final JsonMapper JSON = JsonMapper.shared();

  static Answer of(String type, String body) {
    return new Answer(200, type, body.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Answer json(Object value) {
    return json(200, value, Map.of());
  }

  private static Answer json(int status, Object value, Map<String, String> headers) {
    return new Answer(status, "application/json", JSON.writeValueAsBytes(value), headers);
  }

  static Answer error(int status, String reason, Map<String, String> headers) {
    return json(status, Map.of("error", reason), headers);
  }
}
