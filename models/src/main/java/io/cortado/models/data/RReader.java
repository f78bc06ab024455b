package io.cortado.models.data;

import io.cortado.data.DataException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads R's serialisation in its format XDR, versions 2 and 3: big-endian, an item after another.
 */
final class RReader {

  private static final int SYMBOL = 1;
  private static final int PAIRLIST = 2;
  private static final int CHARS = 9;
  private static final int LOGICAL = 10;
  private static final int INTEGER = 13;
  private static final int REAL = 14;
  private static final int STRINGS = 16;
  private static final int LIST = 19;
  private static final int ALTERNATIVE = 238;
  private static final int NIL_VALUE = 254;
  private static final int REFERENCE = 255;

  private static final int HAS_ATTRIBUTES = 1 << 9;
  private static final int HAS_TAG = 1 << 10;
  private static final int IS_LATIN1 = 1 << 14;

  /** Data sets are flat; a damaged file may nest without end. */
  private static final int DEEPEST = 64;

  private final String source;
  private final ByteBuffer in;
  private final List<String> symbols = new ArrayList<>();
  private int depth;

  RReader(String source, ByteBuffer in) {
    this.source = source;
    this.in = in;
  }

  RValue read() {
    try {
      if (in.get() != 'X' || in.get() != '\n') {
        throw bad("is not in R's format XDR");
      }
      int version = in.getInt();
      if (version != 2 && version != 3) {
        throw bad("has version " + version + " of R's format; 2 and 3 are known");
      }
      in.getInt(); // the R that wrote it
      in.getInt(); // the oldest R that reads it
      if (version == 3) {
        int encoding = length(1); // of texts that name none
        in.position(in.position() + encoding);
      }
      return item() instanceof RValue value ? value : new RValue(source, List.of(), Map.of());
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new DataException(source + " is truncated", e);
    }
  }

  /** Reads an item: a value, a text (of a symbol or in a vector), or null. */
  private @Nullable Object item() {
    if (++depth > DEEPEST) {
      throw bad("is nested more than " + DEEPEST + " deep");
    }
    int flags = in.getInt();
    Object item =
        switch (flags & 0xFF) {
          case 0, NIL_VALUE -> null;
          case REFERENCE -> reference(flags >>> 8);
          case SYMBOL -> symbol();
          case CHARS -> text(flags);
          case PAIRLIST -> new RValue(source, List.of(), pairs(flags));
          case ALTERNATIVE -> alternative();
          default -> vector(flags);
        };
    depth--;
    return item;
  }

  private String reference(int packed) {
    int index = packed == 0 ? in.getInt() : packed;
    if (index < 1 || index > symbols.size()) {
      throw bad("refers to symbol " + index + " of " + symbols.size());
    }
    return symbols.get(index - 1);
  }

  private String symbol() {
    String name = String.valueOf(item());
    symbols.add(name);
    return name;
  }

  private String text(int flags) {
    int n = in.getInt();
    if (n < 0) {
      return "NA";
    }
    Charset charset =
        (flags & IS_LATIN1) != 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    byte[] bytes = new byte[checked(n, 1)];
    in.get(bytes);
    return new String(bytes, charset);
  }

  /** Reads a chain of pairs of a tag and a value; attributes are one, too. */
  private Map<String, RValue> pairs(int first) {
    Map<String, RValue> pairs = new LinkedHashMap<>();
    int flags = first;
    while ((flags & 0xFF) == PAIRLIST) {
      if ((flags & HAS_ATTRIBUTES) != 0) {
        item();
      }
      String tag = (flags & HAS_TAG) != 0 ? String.valueOf(item()) : "#" + pairs.size();
      Object value = item();
      pairs.put(
          tag,
          value instanceof RValue v
              ? v
              : new RValue(source, value == null ? List.of() : List.of(value), Map.of()));
      flags = in.getInt();
    }
    if ((flags & 0xFF) != NIL_VALUE && (flags & 0xFF) != 0) {
      throw bad("has a list that does not end");
    }
    return pairs;
  }

  private Map<String, RValue> attributes(int flags) {
    return (flags & HAS_ATTRIBUTES) != 0 && item() instanceof RValue all
        ? all.attributes()
        : Map.of();
  }

  private RValue vector(int flags) {
    return switch (flags & 0xFF) {
      case LOGICAL, INTEGER -> {
        int[] values = new int[length(Integer.BYTES)];
        in.asIntBuffer().get(values);
        in.position(in.position() + Integer.BYTES * values.length);
        yield new RValue(source, values, attributes(flags));
      }
      case REAL -> {
        double[] values = new double[length(Double.BYTES)];
        in.asDoubleBuffer().get(values);
        in.position(in.position() + Double.BYTES * values.length);
        yield new RValue(source, values, attributes(flags));
      }
      case STRINGS, LIST -> {
        int n = length(Integer.BYTES);
        List<Object> values = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
          Object value = item();
          values.add(value == null ? new RValue(source, List.of(), Map.of()) : value);
        }
        yield new RValue(source, List.copyOf(values), attributes(flags));
      }
      default ->
          throw bad("has a value of R's type " + (flags & 0xFF) + ", which data sets do not have");
    };
  }

  /** Reads a vector that R kept in another form: a sequence, or one in wraps. */
  private RValue alternative() {
    Object info = item();
    Object state = item();
    item(); // attributes: row names have none
    String kind =
        info instanceof RValue pairs
                && !pairs.attributes().isEmpty()
                && pairs.attributes().values().iterator().next().content() instanceof List<?> l
                && !l.isEmpty()
            ? String.valueOf(l.getFirst())
            : "";
    if (kind.equals("compact_intseq")
        && state instanceof RValue s
        && s.content() instanceof double[] v
        && v.length == 3) {
      int[] values = new int[checked((long) v[0], 0)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (int) (v[1] + v[2] * i);
      }
      return new RValue(source, values, Map.of());
    }
    if (kind.startsWith("wrap_") && state instanceof RValue s) {
      return s.content() instanceof List<?> l
              && !l.isEmpty()
              && l.getFirst() instanceof RValue inner
          ? inner
          : s.attribute("#0").orElse(s);
    }
    throw bad("has a vector of R's form '" + kind + "', which is not known");
  }

  private int length(int bytesEach) {
    return checked(in.getInt(), bytesEach);
  }

  /** Checks a length before memory is taken for it. */
  private int checked(long n, int bytesEach) {
    if (n < 0 || n * bytesEach > in.remaining() || n > 1 << 26) {
      throw bad("is damaged: it announces " + n + " elements where there is no room for them");
    }
    return (int) n;
  }

  private DataException bad(String what) {
    return new DataException(source + " " + what + " (byte " + in.position() + ")");
  }
}
