package io.cortado.train;

import io.cortado.io.FileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Numbers and texts by name, as a checkpoint's metadata keeps them. */
final class StateTexts {

  private final String source;
  private final Map<String, String> texts;

  /**
   * Reads from texts.
   *
   * @param source what they come from, for messages
   */
  StateTexts(String source, Map<String, String> texts) {
    this.source = source;
    this.texts = texts;
  }

  /** Begins with nothing. */
  StateTexts() {
    this("a new checkpoint", new LinkedHashMap<>());
  }

  String source() {
    return source;
  }

  Map<String, String> all() {
    return texts;
  }

  boolean has(String key) {
    return texts.containsKey(key);
  }

  /** Keeps a value; a number as Java prints it, which gives the same bits when it is read. */
  void put(String key, Object value) {
    texts.put(key, value.toString());
  }

  /** Keeps texts, their names after a prefix. */
  void putAll(String prefix, Map<String, String> values) {
    values.forEach((key, value) -> put(prefix + key, value));
  }

  String text(String key) {
    String text = texts.get(key);
    if (text == null) {
      throw FileException.of(source, "does not say '" + key + "'", "use another checkpoint");
    }
    return text;
  }

  /** Returns any whole number. */
  long anyWhole(String key) {
    return parse(key, Long::parseLong);
  }

  /** Returns a whole number that is 0 or more. */
  long whole(String key) {
    return counted(key, anyWhole(key));
  }

  /** Returns a whole number that is 0 or more, and no more than an {@code int} can be. */
  int count(String key) {
    return (int) counted(key, parse(key, Integer::parseInt));
  }

  private long counted(String key, long value) {
    if (value < 0) {
      throw FileException.of(
          source, "says " + value + " for " + key + ", less than 0", "use another checkpoint");
    }
    return value;
  }

  double number(String key) {
    return parse(key, Double::parseDouble);
  }

  private <T> T parse(String key, Function<String, T> parser) {
    String text = text(key);
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw FileException.of(
          source, "says '" + text + "' for " + key + ", no number", "use another checkpoint");
    }
  }

  /**
   * Returns what is made of texts.
   *
   * @throws FileException if its maker refuses them; the message says where they are from
   */
  <T extends @Nullable Object> T made(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException | FileException e) {
      throw FileException.of(
          source, "holds no sound state: " + e.getMessage(), "use another checkpoint");
    }
  }

  /** Returns the texts whose names begin with a prefix, without it. */
  Map<String, String> under(String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    texts.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), value);
      }
    });
    return found;
  }
}
