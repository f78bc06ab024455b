package io.cortado.models.onnx;

import io.cortado.models.InputException;
import java.util.List;
import java.util.Map;

/**
 * An operator's application, as a file has it.
 *
 * @param inputs names of values; an empty one is left out
 * @param outputs likewise
 */
record StoredNode(
    String operator,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  /** What an attribute holds; what it does not is empty. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Attribute(
      float number,
      long whole,
      String text,
      List<Float> numbers,
      List<Long> wholes,
      List<String> texts,
      List<StoredWeight> tensors) {}

  float number(String attribute, float otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : a.number;
  }

  int whole(String attribute, int otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : (int) Math.clamp(a.whole, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  boolean flag(String attribute) {
    return whole(attribute, 0) != 0;
  }

  String text(String attribute, String otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : a.text;
  }

  List<String> texts(String attribute) {
    Attribute a = attributes.get(attribute);
    return a == null ? List.of() : a.texts;
  }

  /** Returns a list of whole numbers, none if it is not there. */
  int[] wholes(String attribute) {
    Attribute a = attributes.get(attribute);
    return a == null
        ? new int[0]
        : a.wholes.stream()
            .mapToInt(v -> (int) Math.clamp(v, Integer.MIN_VALUE, Integer.MAX_VALUE))
            .toArray();
  }

  /** Says that this cannot be read. */
  InputException refused(String reason, String remedy) {
    return new InputException("import: %s %s; %s".formatted(this, reason, remedy));
  }

  /** Refuses an attribute that has another value than the one that is known here. */
  void only(String attribute, int known) {
    if (whole(attribute, known) != known) {
      throw refused(
          "has %s = %d".formatted(attribute, whole(attribute, known)),
          "only %d is read".formatted(known));
    }
  }

  /** Refuses an attribute that is there at all. */
  void without(String attribute) {
    if (attributes.containsKey(attribute)) {
      throw refused("has the attribute " + attribute, "it is not read: export without it");
    }
  }

  @Override
  public String toString() {
    return "the operator %s of node '%s'".formatted(operator, name);
  }
}
