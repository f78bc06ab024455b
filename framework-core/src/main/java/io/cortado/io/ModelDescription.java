package io.cortado.io;

import io.cortado.Shape;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/**
 * What a file of weights says about its model, so that a program can build it again and use it.
 *
 * @param name which architecture, such as {@code "lenet5"}
 * @param input the shape of one sample
 * @param classes the names of the classes in the order of the outputs; empty if there are none
 * @param options whatever else the architecture needs to be built and fed, by name
 */
public record ModelDescription(
    String name, Shape input, List<String> classes, Map<String, String> options) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public ModelDescription {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a model's description needs a name, such as \"lenet5\"");
    }
    classes = List.copyOf(classes);
    // Sorted: the order of Map.of differs from one program to the next, and a file's bytes must
    // not.
    options = Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /**
   * Returns an option.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public String option(String key) {
    String value = options.get(key);
    if (value == null) {
      throw new IllegalArgumentException("it has no \"" + key + "\"");
    }
    return value;
  }

  /** Returns this description as JSON. */
  public String toJson() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json =
        SafetensorsHeader.json().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeName("name").writeString(name);
      json.writeName("input").writeArray(input.toArray(), 0, input.rank());
      json.writeName("classes").writeStartArray();
      classes.forEach(json::writeString);
      json.writeEndArray();
      json.writeName("options").writeStartObject();
      options.forEach((key, value) -> json.writeName(key).writeString(value));
      json.writeEndObject();
      json.writeEndObject();
    }
    return out.toString();
  }

  /**
   * Reads a description; fields that this version does not know are passed over.
   *
   * @param source the file it stands in, for messages
   * @throws FileException if it is not JSON, or lacks a name
   */
  public static ModelDescription parse(String source, String text) {
    String name = "";
    Shape input = Shape.scalar();
    List<String> classes = new ArrayList<>();
    Map<String, String> options = new LinkedHashMap<>();
    try (JsonParser p = SafetensorsHeader.json().createParser(ObjectReadContext.empty(), text)) {
      expect(source, p.nextToken(), JsonToken.START_OBJECT, "is not an object");
      for (String field = p.nextName(); field != null; field = p.nextName()) {
        JsonToken token = p.nextToken();
        switch (field) {
          case "name" -> {
            expect(source, token, JsonToken.VALUE_STRING, "has a name that is not a string");
            name = p.getString();
          }
          case "input" -> input = readShape(source, p);
          case "classes" -> readStrings(source, p, classes);
          case "options" -> readOptions(source, p, options);
          default -> p.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw bad(source, "is not the JSON it should be (" + e.getOriginalMessage() + ")");
    }
    if (name.isEmpty()) {
      throw bad(source, "names no model");
    }
    return new ModelDescription(name, input, classes, options);
  }

  private static Shape readShape(String source, JsonParser p) {
    expect(source, p.currentToken(), JsonToken.START_ARRAY, "has an input that is not a list");
    List<Integer> dims = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(
          source, p.currentToken(), JsonToken.VALUE_NUMBER_INT, "has an input that is not a shape");
      int d = p.getIntValue();
      if (d < 0 || dims.size() == 64) {
        throw bad(source, "has an input that is not a shape");
      }
      dims.add(d);
    }
    try {
      return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    } catch (IllegalArgumentException e) { // too many elements
      throw bad(source, "has an input shape that is too large");
    }
  }

  private static void readStrings(String source, JsonParser p, List<String> into) {
    expect(source, p.currentToken(), JsonToken.START_ARRAY, "has classes that are not a list");
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(source, p.currentToken(), JsonToken.VALUE_STRING, "has a class that is not a string");
      into.add(p.getString());
    }
  }

  private static void readOptions(String source, JsonParser p, Map<String, String> into) {
    expect(source, p.currentToken(), JsonToken.START_OBJECT, "has options that are not an object");
    for (String key = p.nextName(); key != null; key = p.nextName()) {
      expect(
          source,
          p.nextToken(),
          JsonToken.VALUE_STRING,
          "has the option " + key + " that is not a string");
      into.put(key, p.getString());
    }
  }

  private static void expect(
      String source, @Nullable JsonToken is, JsonToken should, String otherwise) {
    if (is != should) {
      throw bad(source, otherwise);
    }
  }

  private static FileException bad(String source, String reason) {
    return FileException.of(
        source,
        "its description of the model (" + Weights.MODEL + ") " + reason,
        "save the model again");
  }
}
