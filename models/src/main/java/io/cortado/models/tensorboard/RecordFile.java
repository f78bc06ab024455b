package io.cortado.models.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32C;

/**
 * Records one behind the other, each with its length and checksums: TensorFlow's TFRecord.
 *
 * <p>They are gathered in memory. Writing that fails leaves whole records: what was gathered is
 * lost, and later ones may be added.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord</a>
 */
final class RecordFile implements AutoCloseable {

  /** As much is gathered. */
  private static final int ROOM = 1 << 16;

  private static final int MASK = 0xa282ead8;

  private final SeekableByteChannel channel;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
  private long written;

  /** Begins in an empty file. */
  RecordFile(SeekableByteChannel channel) {
    this.channel = channel;
  }

  /** Adds a record. */
  void add(byte[] data) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(checksum(record.array(), Long.BYTES));
    record.put(data);
    record.putInt(checksum(data, data.length));
    gathered.writeBytes(record.array());
    if (gathered.size() >= ROOM) {
      flush();
    }
  }

  /** A checksum of checksums would be weak, so theirs are turned and moved. */
  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int c = (int) crc.getValue();
    return Integer.rotateRight(c, 15) + MASK;
  }

  /** Writes what was gathered. */
  void flush() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(gathered.toByteArray());
    gathered.reset();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      written += bytes.limit();
    } catch (IOException e) {
      backToWholeRecords(e);
      throw e;
    }
  }

  private void backToWholeRecords(IOException why) {
    try {
      channel.truncate(written);
      channel.position(written);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
  }
}
