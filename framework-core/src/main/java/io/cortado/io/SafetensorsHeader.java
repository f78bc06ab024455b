package io.cortado.io;

import io.cortado.Shape;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads and checks the header of a safetensors file: {@code {"name": {"dtype": "F32", "shape": [2,
 * 3], "data_offsets": [0, 24]}, ..., "__metadata__": {"key": "value"}}}.
 */
final class SafetensorsHeader {

  /** The longest header that is read, in bytes; the format's own limit. */
  static final int MAX_BYTES = 100_000_000;

  static final String METADATA = "__metadata__";

  private static final int LENGTH_BYTES = 8;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_RANK = 64;
  private static final String BROKEN =
      "the file is damaged or not a safetensors file: get it again";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(
              TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES) // names come from strangers
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(64)
                  .maxNameLength(MAX_BYTES)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .build();

  private final String source;
  private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsHeader(String source) {
    this.source = source;
  }

  Map<String, SafetensorsEntry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Checks the number at the head of a file before anything is allocated for it.
   *
   * @param length the first eight bytes, little-endian
   * @param fileSize the file's length in bytes
   */
  static int checkLength(String source, long length, long fileSize) {
    if (length < 0 || length > MAX_BYTES) {
      throw FileException.at(
          source,
          0,
          "the header claims "
              + Long.toUnsignedString(length)
              + " bytes, at most "
              + MAX_BYTES
              + " are read",
          BROKEN);
    }
    if (length > fileSize - LENGTH_BYTES) {
      throw FileException.at(
          source,
          0,
          "the header claims "
              + length
              + " bytes, but only "
              + (fileSize - LENGTH_BYTES)
              + " follow",
          "the file is cut short or not a safetensors file: get it again");
    }
    return (int) length;
  }

  /**
   * Parses a header and checks every claim in it.
   *
   * @param dataBytes how many bytes follow the header in the file
   */
  static SafetensorsHeader parse(String source, byte[] header, long dataBytes) {
    SafetensorsHeader h = new SafetensorsHeader(source);
    h.checkStart(header);
    h.checkUtf8(header);
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), header)) {
      h.readAll(p);
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
      throw FileException.at(
          source,
          LENGTH_BYTES + Math.max(0, at),
          "the header is not the JSON it should be (" + e.getOriginalMessage() + ")",
          BROKEN);
    }
    h.checkLayout(header.length, dataBytes);
    return h;
  }

  private void checkStart(byte[] header) {
    boolean zero = false; // a zero byte would make the parser guess at UTF-16
    for (int i = 0; i < Math.min(4, header.length); i++) {
      zero |= header[i] == 0;
    }
    if (header.length < 2 || header[0] != '{' || zero) {
      String start =
          new String(header, 0, Math.min(16, header.length), StandardCharsets.ISO_8859_1)
              .replaceAll("[^ -~]", "?");
      throw FileException.at(
          source, LENGTH_BYTES, "the header starts with \"" + start + "\", not with {", BROKEN);
    }
  }

  /**
   * The parser would put a question mark where bytes are no UTF-8, and two names could become one.
   */
  private void checkUtf8(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header);
    CharBuffer out = CharBuffer.allocate(8192);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    while (result.isOverflow()) {
      out.clear();
      result = decoder.decode(in, out, true);
    }
    if (result.isError()) {
      throw FileException.at(
          source, LENGTH_BYTES + in.position(), "the header is not text in UTF-8", BROKEN);
    }
  }

  private void readAll(JsonParser p) {
    p.nextToken();
    for (String name = p.nextName(); name != null; name = p.nextName()) {
      p.nextToken();
      if (name.equals(METADATA)) {
        readMetadata(p);
      } else {
        entries.put(name, readEntry(p, name));
      }
    }
    if (p.nextToken() != null) {
      throw bad(p, "something follows the header's closing bracket");
    }
  }

  private void readMetadata(JsonParser p) {
    expect(p, JsonToken.START_OBJECT, METADATA + " is not an object");
    for (String key = p.nextName(); key != null; key = p.nextName()) {
      p.nextToken();
      expect(p, JsonToken.VALUE_STRING, METADATA + " has \"" + key + "\", which is not a string");
      metadata.put(key, p.getString());
    }
  }

  private SafetensorsEntry readEntry(JsonParser p, String name) {
    expect(p, JsonToken.START_OBJECT, "tensor \"" + name + "\" is not described by an object");
    StoredType type = null;
    long[] shape = null;
    long[] offsets = null;
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      p.nextToken();
      switch (field) {
        case "dtype" -> type = readType(p, name);
        case "shape" -> shape = readNumbers(p, name, field, MAX_RANK);
        case "data_offsets" -> offsets = readNumbers(p, name, field, 2);
        default -> p.skipChildren(); // later versions of the format may say more
      }
    }
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      String missing =
          type == null ? "dtype" : shape == null ? "shape" : "data_offsets of two numbers";
      throw bad(p, "tensor \"" + name + "\" has no " + missing);
    }
    return new SafetensorsEntry(
        name, type, shape(p, name, type, shape, offsets), offsets[0], offsets[1]);
  }

  private StoredType readType(JsonParser p, String name) {
    expect(p, JsonToken.VALUE_STRING, "tensor \"" + name + "\" has a dtype that is not a string");
    String text = p.getString();
    for (StoredType t : StoredType.values()) {
      if (t.name().equals(text)) {
        return t;
      }
    }
    throw bad(p, "tensor \"" + name + "\" has the unknown dtype \"" + text + "\"");
  }

  private long[] readNumbers(JsonParser p, String name, String field, int limit) {
    expect(p, JsonToken.START_ARRAY, "tensor \"" + name + "\": " + field + " is not a list");
    long[] numbers = new long[4];
    int n = 0;
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(
          p,
          JsonToken.VALUE_NUMBER_INT,
          "tensor \"" + name + "\": " + field + " holds no whole number");
      if (n == limit) {
        throw bad(p, "tensor \"" + name + "\": " + field + " has more than " + limit + " numbers");
      }
      if (n == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * n);
      }
      long value = p.getLongValue(); // complains if it does not fit
      if (value < 0) {
        throw bad(p, "tensor \"" + name + "\": " + field + " holds the negative number " + value);
      }
      numbers[n++] = value;
    }
    return Arrays.copyOf(numbers, n);
  }

  private Shape shape(JsonParser p, String name, StoredType type, long[] extents, long[] offsets) {
    int[] dims = new int[extents.length];
    long bytes;
    try {
      long bits = type.bits();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Math.toIntExact(extents[i]);
        bits = Math.multiplyExact(bits, extents[i]);
      }
      if (bits % 8 != 0) {
        throw bad(
            p,
            "tensor \""
                + name
                + "\" of "
                + type
                + " "
                + Arrays.toString(extents)
                + " does not fill its last byte");
      }
      bytes = bits / 8;
    } catch (ArithmeticException e) {
      throw bad(
          p,
          "tensor \""
              + name
              + "\" has the shape "
              + Arrays.toString(extents)
              + ", which is too large");
    }
    if (offsets[1] - offsets[0] != bytes) {
      throw bad(
          p,
          "tensor \""
              + name
              + "\" of "
              + type
              + " "
              + Arrays.toString(extents)
              + " takes "
              + bytes
              + " bytes, but its data_offsets are "
              + Arrays.toString(offsets));
    }
    return Shape.of(dims);
  }

  /** Every byte after the header belongs to exactly one tensor. */
  private void checkLayout(int headerBytes, long dataBytes) {
    List<SafetensorsEntry> byPlace = new ArrayList<>(entries.values());
    byPlace.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long data = (long) LENGTH_BYTES + headerBytes;
    long covered = 0;
    for (SafetensorsEntry e : byPlace) {
      if (e.begin() != covered) {
        throw FileException.at(
            source,
            data + Math.min(e.begin(), covered),
            "tensor \""
                + e.name()
                + "\" begins at "
                + e.begin()
                + (e.begin() < covered ? ", inside the one before it" : ", after a gap")
                + " (the one before it ends at "
                + covered
                + ")",
            BROKEN);
      }
      covered = e.end();
    }
    if (covered != dataBytes) {
      throw FileException.at(
          source,
          data + Math.min(covered, dataBytes),
          "the tensors take " + covered + " bytes, but " + dataBytes + " follow the header",
          covered > dataBytes ? "the file is cut short: get it again" : BROKEN);
    }
  }

  private void expect(JsonParser p, JsonToken token, String otherwise) {
    if (p.currentToken() != token) {
      throw bad(p, otherwise);
    }
  }

  private FileException bad(JsonParser p, String reason) {
    return FileException.at(
        source,
        LENGTH_BYTES + Math.max(0, p.currentTokenLocation().getCharOffset()),
        reason,
        BROKEN);
  }

  /** Lists the first few names for a message. */
  static String names(Iterable<String> names) {
    StringBuilder out = new StringBuilder();
    int n = 0;
    for (String name : names) {
      if (n++ == 5) {
        return out.append(", ...").toString();
      }
      out.append(n == 1 ? "" : ", ").append('"').append(name).append('"');
    }
    return out.toString();
  }

  /** Returns the rules by which all JSON in this package is read and written. */
  static JsonFactory json() {
    return JSON;
  }
}
