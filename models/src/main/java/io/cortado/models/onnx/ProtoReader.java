package io.cortado.models.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;

/** Walks over the fields of protocol buffer messages. */
abstract class ProtoReader {

  /** Added to the number of a field of four bytes. */
  static final int FIXED = 1 << 30;

  final CodedInputStream in;

  /** Reads fields. */
  interface Field {
    /**
     * Reads a field that is wanted, or says that it is not.
     *
     * @param number positive for one that begins with its length, negative for a whole number, and
     *     {@link #FIXED} more for one of four bytes
     */
    boolean read(int number) throws IOException;
  }

  /** Reads one of several values in a row. */
  interface Item {
    void read() throws IOException;
  }

  ProtoReader(InputStream stream) {
    in = CodedInputStream.newInstance(stream);
  }

  final void message(Field field) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    fields(field);
    if (in.getBytesUntilLimit() > 0) {
      throw new InvalidProtocolBufferException("it ends inside of a message");
    }
    in.popLimit(outer);
  }

  final boolean nested(boolean wanted, Field field) throws IOException {
    if (wanted) {
      message(field);
    }
    return wanted;
  }

  final void fields(Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      boolean read =
          switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> field.read(-number);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> field.read(number);
            case WireFormat.WIRETYPE_FIXED32 -> field.read(FIXED + number);
            default -> false;
          };
      if (!read) {
        in.skipField(tag);
      }
    }
  }

  /** Reads values that stand in a row behind their length. */
  final void packed(Item item) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      item.read();
    }
    in.popLimit(outer);
  }

  static void check(int count, int limit, String what) throws IOException {
    if (count > limit) {
      throw new InvalidProtocolBufferException("more than " + limit + " " + what);
    }
  }
}
