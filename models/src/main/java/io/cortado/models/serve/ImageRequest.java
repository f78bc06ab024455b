package io.cortado.models.serve;

import io.cortado.models.http.Json;
import io.cortado.models.http.Refusal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pictures in JSON: {@code {"image": BASE64}} or {@code {"images": [BASE64, ...]}}. */
record ImageRequest(List<byte[]> images, boolean single) {

  private static final String FORM =
      "send {\"image\": \"BASE64\"} or {\"images\": [\"BASE64\", ...]}";

  static ImageRequest of(byte[] body, int most) {
    ObjectNode object = Json.object(body);
    if (object.size() != 1) {
      throw Refusal.bad("the JSON has %d names; %s".formatted(object.size(), FORM));
    }
    JsonNode one = object.get("image");
    if (one != null) {
      return new ImageRequest(List.of(decode(one, 1)), true);
    }
    JsonNode many = object.get("images");
    if (many == null || !many.isArray() || many.isEmpty()) {
      throw Refusal.bad("the JSON names no pictures; " + FORM);
    }
    if (many.size() > most) {
      throw Refusal.tooLarge("%d pictures; send at most %d at once".formatted(many.size(), most));
    }
    List<byte[]> images = new ArrayList<>();
    for (JsonNode image : many) {
      images.add(decode(image, images.size() + 1));
    }
    return new ImageRequest(images, false);
  }

  private static byte[] decode(JsonNode image, int number) {
    if (!image.isString()) {
      throw Refusal.bad("picture %d is no text; %s".formatted(number, FORM));
    }
    try {
      return Base64.getDecoder().decode(image.stringValue());
    } catch (IllegalArgumentException e) {
      throw Refusal.bad("picture %d is no base64 (%s)".formatted(number, e.getMessage()));
    }
  }
}
