package io.cortado.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spoiled files are refused by a {@link FileException} or read as what they say; nothing else may
 * happen, and little memory is taken. {@code -Dcortado.fuzz=100000} spoils more of them, {@code
 * -Dcortado.fuzz.seed} others.
 */
final class FuzzTest {

  private static final int INPUTS = Integer.getInteger("cortado.fuzz", 3000);
  private static final long SEED = Long.getLong("cortado.fuzz.seed", 1);

  /** What reading one file of a kilobyte may take from the heap; buffers of inflaters among it. */
  private static final long MEMORY = 4 << 20;

  @TempDir Path dir;

  private interface Reader {
    /** Reads everything. */
    void read(byte[] file) throws IOException;
  }

  @Test
  void safetensors() throws IOException {
    byte[][] files = {safetensors(1), safetensors(40)};
    Mutations m = new Mutations(SEED);
    run(
        "safetensors",
        i -> m.of(m.choose(files)),
        file -> {
          try (SafetensorsFile in = SafetensorsFile.of("spoiled", file)) {
            for (SafetensorsEntry e : in.entries().values()) {
              if (e.type().readAs() == DType.FLOAT32) {
                assertThat((long) in.floats(e.name()).length).isEqualTo(e.shape().size());
              } else if (e.type().readAs() == DType.INT32) {
                assertThat((long) in.ints(e.name()).length).isEqualTo(e.shape().size());
              }
            }
            if (in.metadata().containsKey(Weights.MODEL)) {
              assertThat(Weights.describe(in)).isPresent();
            }
          }
        });
  }

  @Test
  void npy() throws IOException {
    byte[][] files = arrays();
    Mutations m = new Mutations(SEED);
    run("npy", i -> m.of(m.choose(files)), file -> readAll(NpyArray.of("spoiled", file)));
  }

  @Test
  void npz() throws IOException {
    byte[][] archives = {NumpyFilesTest.recorded("two.npz"), NumpyFilesTest.recorded("packed.npz")};
    byte[][] arrays = arrays();
    Mutations m = new Mutations(SEED);
    Path file = dir.resolve("spoiled.npz");
    run(
        "npz",
        i -> m.coin() ? m.of(m.choose(archives)) : archive(m.of(m.choose(arrays)), m.coin()),
        bytes -> {
          Files.write(file, bytes);
          try (NpzFile in = NpzFile.open(file)) {
            in.arrays().values().forEach(FuzzTest::readAll);
          }
        });
  }

  private interface Maker {
    byte[] make(int index) throws IOException;
  }

  private static void run(String format, Maker maker, Reader reader) throws IOException {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    int read = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] file = maker.make(i);
      long before = memory.getCurrentThreadAllocatedBytes();
      try {
        reader.read(file);
        read++;
      } catch (FileException e) {
        assertThat(e).hasMessageContaining("; "); // a remedy
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(format + ": input " + i + " of seed " + SEED, e);
      }
      long taken = memory.getCurrentThreadAllocatedBytes() - before;
      assertThat(taken).as("bytes for input %d of seed %d", i, SEED).isLessThan(MEMORY);
    }
    assertThat(refused).as("%s that were refused", format).isGreaterThan(INPUTS / 4);
    assertThat(read).as("%s that were read, in spite of it", format).isGreaterThan(INPUTS / 100);
  }

  private static void readAll(NpyArray a) {
    if (a.type().readAs() == DType.FLOAT32) {
      assertThat((long) a.roundedFloats().length).isEqualTo(a.shape().size());
    } else if (a.type().readAs() == DType.INT32) {
      assertThat((long) a.ints().length).isEqualTo(a.shape().size());
    }
  }

  private static byte[] safetensors(int elements) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafetensorsWriter()
        .metadata("format", "pt")
        .metadata(Weights.MODEL, "{\"name\":\"m\",\"input\":[1,2],\"classes\":[\"a\"]}")
        .add("w", new float[elements], elements)
        .add("n", new int[2 * elements], 2, elements)
        .add("none", new float[0], 0, 3)
        .writeTo(out);
    return out.toByteArray();
  }

  private static byte[][] arrays() throws IOException {
    String[] names = {"f4", "f4_fortran", "i4", "scalar", "empty", "f8", "f2", "i8", "version3"};
    byte[][] files = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      files[i] = NumpyFilesTest.recorded(names[i] + ".npy");
    }
    return files;
  }

  /** Returns a sound archive of what may not be a sound array. */
  private static byte[] archive(byte[] array, boolean packed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry("a.npy");
      entry.setTimeLocal(LocalDateTime.of(1998, 11, 1, 0, 0)); // the same bytes at any time
      if (!packed) {
        CRC32 sum = new CRC32();
        sum.update(array);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(array.length);
        entry.setCrc(sum.getValue());
      }
      zip.putNextEntry(entry);
      zip.write(array);
      zip.closeEntry();
    }
    return out.toByteArray();
  }
}
