package io.cortado.models.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A protocol buffer message, put together field by field.
 *
 * <p>What is inside of it is not copied, so that weights are in memory once.
 */
public final class Message {

  /** Room for a tag and a number. */
  private static final int HEAD = 20;

  private interface Head {
    void write(CodedOutputStream out) throws IOException;
  }

  private ByteString bytes = ByteString.EMPTY;

  /** Adds a whole number or an enumeration's. */
  public Message add(int field, long value) {
    return head(out -> out.writeInt64(field, value));
  }

  /** Adds a number of single precision. */
  public Message add(int field, float value) {
    return head(out -> out.writeFloat(field, value));
  }

  /** Adds a number of double precision. */
  public Message add(int field, double value) {
    return head(out -> out.writeDouble(field, value));
  }

  /** Adds numbers of double precision, packed. */
  public Message add(int field, double[] values) {
    ByteBuffer packed =
        ByteBuffer.allocate(Double.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    packed.asDoubleBuffer().put(values);
    return add(field, ByteString.copyFrom(packed));
  }

  /** Adds a text. */
  public Message add(int field, String text) {
    return add(field, ByteString.copyFromUtf8(text));
  }

  /** Adds a message. */
  public Message add(int field, Message inner) {
    return add(field, inner.bytes);
  }

  /** Adds bytes. */
  public Message add(int field, ByteString content) {
    head(out -> {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(content.size());
    });
    bytes = bytes.concat(content);
    return this;
  }

  /** Adds the fields of another message. */
  public Message add(Message fields) {
    bytes = bytes.concat(fields.bytes);
    return this;
  }

  private Message head(Head head) {
    byte[] room = new byte[HEAD];
    CodedOutputStream out = CodedOutputStream.newInstance(room);
    try {
      head.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never: the array has room
    }
    bytes = bytes.concat(ByteString.copyFrom(room, 0, out.getTotalBytesWritten()));
    return this;
  }

  /** Returns its bytes. */
  public byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /** Writes it. */
  public void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }
}
