package io.cortado.io;

import io.cortado.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }}, a dictionary of
 * Python's with these three keys in any order and nothing else.
 */
final class NpyHeaderParser {

  private static final int MAX_RANK = 64; // NumPy's own
  private static final String NUMBERS = "only numbers are read: save the array by another dtype";

  private final String source;
  private final String text;
  private final int begin;
  private int at;

  private @Nullable StoredType type;
  private @Nullable Boolean fortranOrder;
  private @Nullable Shape shape;

  /**
   * Makes a parser.
   *
   * @param begin where the text begins in the file, for messages
   */
  NpyHeaderParser(String source, String text, int begin) {
    this.source = source;
    this.text = text;
    this.begin = begin;
  }

  NpyHeader parse() {
    expect('{');
    while (peek() != '}') {
      readField();
      if (peek() != '}') {
        expect(',');
      }
    }
    expect('}');
    if (peek() != 0 || at < text.length()) {
      throw bad("something follows the header's closing bracket");
    }
    StoredType t = type;
    Boolean order = fortranOrder;
    Shape s = shape;
    if (t == null || order == null || s == null) {
      throw bad(
          "the header has no " + (t == null ? "descr" : order == null ? "fortran_order" : "shape"));
    }
    checkSize(t, s);
    return new NpyHeader(t, order, s, begin + text.length());
  }

  private void readField() {
    String key = string();
    expect(':');
    boolean twice;
    switch (key) {
      case "descr" -> {
        twice = type != null;
        type = type();
      }
      case "fortran_order" -> {
        twice = fortranOrder != null;
        fortranOrder = truth();
      }
      case "shape" -> {
        twice = shape != null;
        shape = shape();
      }
      default -> throw bad("the header has the unknown key '" + key + "'");
    }
    if (twice) {
      throw bad("the header has " + key + " twice");
    }
  }

  private void checkSize(StoredType t, Shape s) {
    if (s.size() > Long.MAX_VALUE / 16) {
      throw bad("an array of " + t + " " + s + " is too large");
    }
  }

  private StoredType type() {
    if (peek() == '[') {
      throw FileException.at(
          source, begin + at, "holds records of several fields", "save each field by itself");
    }
    int where = at;
    String descr = string();
    if (descr.startsWith(">")) {
      throw FileException.at(
          source,
          begin + where,
          "holds big-endian numbers ('" + descr + "')",
          "save it by numpy.save(file, array.astype('<" + descr.substring(1) + "'))");
    }
    return switch (descr) {
      case "|b1", "<b1" -> StoredType.BOOL;
      case "|i1", "<i1" -> StoredType.I8;
      case "|u1", "<u1" -> StoredType.U8;
      case "<i2" -> StoredType.I16;
      case "<u2" -> StoredType.U16;
      case "<i4" -> StoredType.I32;
      case "<u4" -> StoredType.U32;
      case "<i8" -> StoredType.I64;
      case "<u8" -> StoredType.U64;
      case "<f2" -> StoredType.F16;
      case "<f4" -> StoredType.F32;
      case "<f8" -> StoredType.F64;
      case "<c8" -> StoredType.C64;
      case "|O", "O" ->
          throw FileException.at(
              source,
              begin + where,
              "holds pickled Python objects, which run code when they are read",
              NUMBERS);
      default ->
          throw FileException.at(
              source, begin + where, "holds elements of the type '" + descr + "'", NUMBERS);
    };
  }

  private boolean truth() {
    peek();
    if (text.startsWith("True", at)) {
      at += 4;
      return true;
    }
    if (text.startsWith("False", at)) {
      at += 5;
      return false;
    }
    throw bad("fortran_order is neither True nor False");
  }

  private Shape shape() {
    expect('(');
    int[] dims = new int[4];
    int n = 0;
    boolean comma = true;
    while (peek() != ')') {
      if (!comma) {
        throw bad("the shape lacks a comma");
      }
      if (n == MAX_RANK) {
        throw bad("the shape has more than " + MAX_RANK + " axes");
      }
      if (n == dims.length) {
        dims = Arrays.copyOf(dims, 2 * n);
      }
      dims[n++] = extent();
      comma = peek() == ',';
      if (comma) {
        at++;
      }
    }
    if (n == 0 && at > 0 && text.charAt(at - 1) == ',' || n == 1 && !comma) {
      throw bad("the shape is not a tuple");
    }
    expect(')');
    try {
      return Shape.of(Arrays.copyOf(dims, n));
    } catch (IllegalArgumentException e) { // too many elements
      throw bad("the shape " + Arrays.toString(Arrays.copyOf(dims, n)) + " is too large");
    }
  }

  private int extent() {
    long value = 0;
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      value = 10 * value + text.charAt(at++) - '0';
      if (value > Integer.MAX_VALUE) {
        throw bad("the shape has an extent above " + Integer.MAX_VALUE);
      }
    }
    if (at == from) {
      throw bad("the shape holds no whole number");
    }
    if (at < text.length() && text.charAt(at) == 'L') {
      at++; // Python 2 wrote so
    }
    return (int) value;
  }

  private String string() {
    char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw bad("the header lacks a string");
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw bad("a string of the header has no end");
    }
    String s = text.substring(at + 1, end);
    at = end + 1;
    return s;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw bad("the header lacks a '" + c + "'");
    }
    at++;
  }

  /** Passes over blanks and returns what comes then, or 0 at the end. */
  private char peek() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private FileException bad(String reason) {
    return FileException.at(source, begin + (long) at, reason, NpyHeader.BROKEN);
  }
}
