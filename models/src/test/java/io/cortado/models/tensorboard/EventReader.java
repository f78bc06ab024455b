package io.cortado.models.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads event files by nothing of what writes them. */
final class EventReader {

  private static final int POLYNOMIAL = 0x82f63b78; // Castagnoli's, its bits reversed

  private EventReader() {}

  /**
   * An event.
   *
   * @param kind the field of its summary's value that has something in it; 0 for no summary
   * @param scalar NaN if it is none
   */
  record Event(long step, boolean start, String tag, int kind, float scalar) {}

  /** Returns the contents of the records of a file, whose lengths and checksums it checks. */
  static List<byte[]> records(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] head = new byte[8];
      in.get(head);
      assertThat(in.getInt()).as("the length's checksum").isEqualTo(masked(head));
      byte[] data = new byte[(int) ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(data);
      assertThat(in.getInt()).as("the data's checksum").isEqualTo(masked(data));
      records.add(data);
    }
    return records;
  }

  private static int masked(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  /** Returns the event files of a folder in the order in which TensorBoard reads them. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  static List<Event> events(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    for (byte[] record : records(Files.readAllBytes(file))) {
      events.add(event(record));
    }
    return events;
  }

  private static Event event(byte[] record) throws IOException {
    Map<Integer, Object> fields = fields(record);
    if (!fields.containsKey(5)) {
      return new Event((Long) fields.getOrDefault(2, 0L), fields.containsKey(7), "", 0, Float.NaN);
    }
    Map<Integer, Object> value = fields((byte[]) fields((byte[]) fields.get(5)).get(1));
    int kind = value.keySet().stream().filter(f -> f > 1).findFirst().orElseThrow();
    return new Event(
        (Long) fields.getOrDefault(2, 0L),
        false,
        new String((byte[]) value.get(1), java.nio.charset.StandardCharsets.UTF_8),
        kind,
        kind == 2 ? Float.intBitsToFloat((Integer) value.get(2)) : Float.NaN);
  }

  private static Map<Integer, Object> fields(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    Map<Integer, Object> fields = new TreeMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Object value =
          switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> in.readInt64();
            case WireFormat.WIRETYPE_FIXED64 -> in.readDouble();
            case WireFormat.WIRETYPE_FIXED32 -> in.readFixed32();
            default -> in.readByteArray();
          };
      fields.put(WireFormat.getTagFieldNumber(tag), value);
    }
    return fields;
  }

  /** Returns what TensorBoard would show: without what a later file tells anew. */
  static List<Event> shown(Path folder) throws IOException {
    List<Event> shown = new ArrayList<>();
    for (Path file : files(folder)) {
      for (Event e : events(file)) {
        if (e.start()) {
          shown.removeIf(before -> before.step() >= e.step());
        } else if (e.kind() > 0) {
          shown.add(e);
        }
      }
    }
    return shown;
  }

  /** Returns a curve: values by step, which must not be told twice. */
  static Map<Long, Float> curve(Path folder, String tag) throws IOException {
    Map<Long, Float> curve = new TreeMap<>();
    for (Event e : shown(folder)) {
      if (e.kind() == 2 && e.tag().equals(tag)) {
        assertThat(curve.put(e.step(), e.scalar())).as("%s at %d", tag, e.step()).isNull();
      }
    }
    return curve;
  }
}
