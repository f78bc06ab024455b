package io.cortado.models.http;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads JSON that may be anything. */
public final class Json {

  /** Its media type. */
  public static final String TYPE = "application/json";

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Json() {}

  /**
   * Reads an object.
   *
   * @throws Refusal if it is none; the reason says where it breaks off
   */
  public static ObjectNode object(byte[] body) {
    JsonNode read;
    try {
      read = MAPPER.readTree(body);
    } catch (JacksonException e) {
      var at = e.getLocation();
      String where =
          at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
      throw Refusal.bad("the body is no JSON: it breaks off" + where + "; send an object {...}");
    }
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.bad("the body has to be a JSON object {...}");
  }
}
