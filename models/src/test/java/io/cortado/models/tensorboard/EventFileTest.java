package io.cortado.models.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.io.FileException;
import io.cortado.models.insight.Spread;
import io.cortado.models.protobuf.Message;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files, byte by byte. */
final class EventFileTest {

  @TempDir Path dir;

  private SeekableByteChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** known.tfevents is by TensorBoard's own classes, written by tensorboard_events.py. */
  @Test
  void eventsAreByteForByteThoseThatTensorBoardWrites() throws IOException {
    byte[] png = new byte[200];
    for (int i = 0; i < png.length; i++) {
      png[i] = (byte) i;
    }
    List<Message> events =
        List.of(
            Events.version(1.5),
            Events.start(2.5, 41),
            Events.summary(3.5, 0, "train/loss", Events.scalar(0.25f)),
            Events.summary(4.5, 300, "train/loss", Events.scalar(Float.NaN)),
            Events.summary(5.5, 7, "filters", Events.image(3, 200, png)),
            Events.summary(6.5, 8, "weights/0", Events.histogram(Spread.of(0, 29, 0, -1))),
            Events.summary(7.5, 9, "biases", Events.histogram(Spread.of(2, 2, 2, 2))),
            Events.summary(8.5, 10, "notes", Events.text("größer **fett**")));
    Path file = dir.resolve("file");
    try (RecordFile records = new RecordFile(open(file))) {
      for (Message e : events) {
        records.add(e.toByteArray());
      }
    }
    byte[] known;
    try (InputStream in = EventFileTest.class.getResourceAsStream("known.tfevents")) {
      known = Objects.requireNonNull(in).readAllBytes();
    }
    List<byte[]> expected = EventReader.records(known);
    List<byte[]> written = EventReader.records(Files.readAllBytes(file));
    for (int i = 0; i < expected.size(); i++) {
      assertThat(written.get(i)).as("event %d", i).isEqualTo(expected.get(i));
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(known);
  }

  /** A disk that is full for a while. */
  private static final class FullDisk implements SeekableByteChannel {
    private final SeekableByteChannel disk;
    private long room = Long.MAX_VALUE;

    FullDisk(SeekableByteChannel disk) {
      this.disk = disk;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      if (room == 0) {
        throw new IOException("No space left on device");
      }
      int n = (int) Math.min(room, from.remaining());
      ByteBuffer part = from.slice(from.position(), n);
      int written = disk.write(part);
      from.position(from.position() + written);
      room -= written;
      return written;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      return disk.read(into);
    }

    @Override
    public long position() throws IOException {
      return disk.position();
    }

    @Override
    public SeekableByteChannel position(long at) throws IOException {
      disk.position(at);
      return this;
    }

    @Override
    public long size() throws IOException {
      return disk.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      disk.truncate(size);
      return this;
    }

    @Override
    public boolean isOpen() {
      return disk.isOpen();
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  @Test
  void aFullDiskLeavesWholeEventsAndLaterOnesFollow() throws IOException {
    Path file = dir.resolve("file");
    FullDisk disk = new FullDisk(open(file));
    try (SummaryWriter writer = new SummaryWriter(file, _ -> disk, null)) {
      writer.addScalar("a", 1, 1);
      writer.flush();
      writer.addScalar("b", 2, 2);
      disk.room = 20; // within the event
      assertThatThrownBy(writer::flush)
          .isInstanceOf(FileException.class)
          .hasMessageContaining("No space left")
          .hasMessageContaining("make room");
      disk.room = Long.MAX_VALUE;
      writer.addScalar("c", 3, 3);
    }
    assertThat(EventReader.events(file))
        .extracting(EventReader.Event::tag)
        .containsExactly("", "a", "c");
    Path never = dir.resolve("never");
    FullDisk full = new FullDisk(open(never));
    full.room = 0;
    assertThatThrownBy(() -> new SummaryWriter(never, _ -> full, null))
        .isInstanceOf(FileException.class);
    assertThat(never).doesNotExist();
  }

  @Test
  void filesOfAFolderAreReadInTheOrderInWhichTheyWereBegun() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (SummaryWriter writer =
          i == 0 ? new SummaryWriter(dir) : SummaryWriter.resume(dir, 10L * i)) {
        writer.addScalar("file", i, 10L * i + 5);
        writer.addHistogram("numbers", new float[] {1, Float.NaN, 2}, i);
        writer.addImage("image", new BufferedImage(4, 3, BufferedImage.TYPE_INT_ARGB), i);
        writer.addText("text", "some", i);
      }
    }
    assertThat(EventReader.files(dir))
        .hasSize(3)
        .allMatch(f -> f.getFileName().toString().startsWith("events.out.tfevents."));
    assertThat(EventReader.curve(dir, "file")).containsValues(0f, 1f, 2f);
    try (SummaryWriter writer = SummaryWriter.resume(dir, 12)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.addHistogram("x", new float[] {Float.NaN}, 1))
          .withMessageContaining("none of the 1 numbers of 'x' is finite");
      assertThatIllegalArgumentException().isThrownBy(() -> writer.addScalar(" ", 1, 1));
    }
    assertThat(EventReader.curve(dir, "file").values()).containsExactly(0f);
  }
}
