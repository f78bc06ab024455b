package io.cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cortado.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy's files, against some that NumPy wrote; record_numpy.py makes them. */
final class NumpyFilesTest {

  private static final int[] INTS = {0, -1, 2147483647, -2147483648, 7, 42};

  @TempDir Path dir;

  /** Returns a file that NumPy wrote. */
  static byte[] recorded(String name) throws IOException {
    try (InputStream in = NumpyFilesTest.class.getResourceAsStream("numpy/" + name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private static NpyArray array(String name) throws IOException {
    return NpyArray.of(name, recorded(name));
  }

  /** The floats that record_numpy.py wrote: -1, -7/8 and so on. */
  private static float[] floats() {
    float[] values = new float[24];
    for (int i = 0; i < 24; i++) {
      values[i] = i / 8f - 1;
    }
    return values;
  }

  private Path npz(String name) throws IOException {
    return Files.write(dir.resolve(name), recorded(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4.npy", "f4_fortran.npy", "version2.npy", "version3.npy"})
  void eachVersionAndOrderIsRead(String name) throws IOException {
    NpyArray a = array(name);
    assertThat(a.shape()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(a.floats()).isEqualTo(floats());
    assertThat(a.isFortranOrder()).isEqualTo(name.contains("fortran"));
  }

  @Test
  void eachTypeIsRead() throws IOException {
    assertThat(array("i4.npy").ints()).isEqualTo(INTS);
    assertThat(array("scalar.npy").floats()).containsExactly(2.5f);
    assertThat(array("scalar.npy").shape().rank()).isZero();
    assertThat(array("vector.npy").shape()).isEqualTo(Shape.of(3));
    assertThat(array("empty.npy").floats()).isEmpty();
    assertThat(array("empty.npy").shape()).isEqualTo(Shape.of(0, 5));
    assertThat(array("f2.npy").floats()).containsExactly(1, -0.5f, 65504);
    assertThat(array("u1.npy").ints()).containsExactly(0, 200);
    assertThat(array("bool.npy").ints()).containsExactly(1, 0);
    assertThat(array("i8_fortran.npy").ints()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void doublePrecisionIsRoundedOnDemandAlone() throws IOException {
    NpyArray doubles = array("f8.npy");
    refused(doubles::floats, "f8.npy, at byte 128", "float32 would round", "roundedFloats");
    refused(doubles::roundedFloats, "at byte 144", "element 2", "1.0E300, too large for FLOAT32");
    refused(doubles::ints, "holds F64, which cannot be read as INT32");
    refused(() -> array("i8.npy").ints(), "element 2", "is 2147483648, too large");
  }

  @ParameterizedTest
  @CsvSource({
    "big_endian.npy, big-endian, astype('<f4')",
    "text.npy, '<U2', another dtype",
    "objects.npy, pickled Python objects, another dtype",
    "records.npy, records of several fields, each field by itself",
  })
  void whatHoldsNoNumbersIsRefusedWithARemedy(String name, String reason, String remedy) {
    refused(() -> array(name), name + ", at byte ", reason, remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "| lacks a '{'",
        "{} | has no descr",
        "{'descr': '<f4', 'fortran_order': False} | has no shape",
        "{'descr': '<f4', 'shape': (2,)} | has no fortran_order",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)} | has descr twice",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1} | unknown key 'x'",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)} | neither True nor False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)} | not a tuple",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)} | no whole number",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)} | no whole number",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)} | lacks a comma",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,)} | extent above",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (65536,65536,65536,65536)} | too large",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647,2147483647)} | too large",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} | takes 12 bytes, but 8 follow",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} | takes 4 bytes, but 8 follow",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x | closing bracket",
        "{'descr': '<f4', 'fortran_order': False 'shape': (2,)} | lacks a ','",
        "{'descr': '<f4 | a string of the header has no end",
      })
  void aHeaderThatLiesIsRefused(String header, String reason) {
    byte[] text = (header == null ? "" : header).getBytes(StandardCharsets.UTF_8);
    byte[] file =
        Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 18 + text.length);
    file[8] = (byte) text.length;
    System.arraycopy(text, 0, file, 10, text.length);
    refused(() -> NpyArray.of("x.npy", file), "x.npy, at byte ", reason, "; ");
  }

  @Test
  void everyCutIsRefusedAndNothingIsAllocatedForAClaim() throws IOException {
    byte[] good = recorded("f4.npy");
    for (int n = 0; n < good.length; n++) {
      byte[] cut = Arrays.copyOf(good, n);
      refused(() -> NpyArray.of("cut", cut), "cut, at byte ");
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    refused(() -> NpyArray.of("longer", longer), "takes 96 bytes, but 97 follow", "numpy.savez");
    byte[] claims = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, 127};
    refused(() -> NpyArray.of("claims", claims), "claims 2147483647 bytes, at most 10000");
    byte[] later = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 4, 0, 0, 0};
    refused(() -> NpyArray.of("later", later), "version 4.0", "save the array anew");
  }

  @Test
  void whatIsWrittenIsWhatNumpyWritesByteForByte() throws IOException {
    Path file = dir.resolve("a.npy");
    NpyArray.write(file, floats(), 2, 3, 4);
    assertThat(Files.readAllBytes(file)).isEqualTo(recorded("f4.npy"));
    NpyArray.write(file, INTS, 2, 3);
    assertThat(Files.readAllBytes(file)).isEqualTo(recorded("i4.npy"));
    NpyArray.write(file, new float[] {2.5f});
    assertThat(Files.readAllBytes(file)).isEqualTo(recorded("scalar.npy"));
    NpyArray.write(file, new float[] {1, 2, 3}, 3);
    assertThat(Files.readAllBytes(file)).isEqualTo(recorded("vector.npy"));
    NpyArray.write(file, new float[0], 0, 5);
    assertThat(Files.readAllBytes(file)).isEqualTo(recorded("empty.npy"));
    assertThat(NpyArray.open(file).shape()).isEqualTo(Shape.of(0, 5));
  }

  @Test
  void archivesAreRead() throws IOException {
    try (NpzFile in = NpzFile.open(npz("two.npz"))) {
      assertThat(in.arrays().keySet()).containsExactly("conv.weight", "a/labels ☂");
      assertThat(in.array("conv.weight").floats()).isEqualTo(floats());
      assertThat(in.array("a/labels ☂").ints()).isEqualTo(INTS);
      refused(() -> in.array("b"), "two.npz: has no array \"b\"; it has 2: \"conv.weight\"");
    }
    try (NpzFile in = NpzFile.open(npz("packed.npz"))) {
      assertThat(in.array("zeros").shape()).isEqualTo(Shape.of(20_000));
      assertThat(in.array("fortran").floats()).isEqualTo(floats());
      assertThat(in.array("zeros").floats()).containsOnly(0f);
      refused(in.array("zeros")::ints, "packed.npz, in zeros.npy: tensor \"zeros\" holds F32");
    }
  }

  @Test
  void writtenArchivesAreReadByNumpyAndByUs() throws Exception {
    float[] large = new float[100_003]; // more than a chunk
    for (int i = 0; i < large.length; i++) {
      large[i] = i / 8f;
    }
    Path file = dir.resolve("ours.npz");
    new NpzWriter()
        .add("conv.weight", floats(), 2, 3, 4)
        .add("a/labels ☂", INTS, 2, 3)
        .add("large", large, large.length)
        .add("scalar", new float[] {2.5f})
        .add("empty", new float[0], 0, 5)
        .write(file);
    try (NpzFile in = NpzFile.open(file)) {
      assertThat(in.array("large").floats()).isEqualTo(large);
      assertThat(in.array("scalar").floats()).containsExactly(2.5f);
    }
    String script =
        """
        import sys, numpy as np
        with np.load(sys.argv[1]) as z, np.load(sys.argv[2]) as theirs:
            for name in theirs: # values, types and shapes
                np.testing.assert_array_equal(z[name], theirs[name], strict=True)
            assert z["large"].shape == (100003,) and z["large"][100002] == 100002 / 8
            assert z["scalar"].shape == () and z["empty"].shape == (0, 5) and len(z) == 5
        print("ok")
        """;
    assumeTrue(python("import numpy").equals(""), "python3 with NumPy is not here: not checked");
    assertThat(python(script, file.toString(), npz("two.npz").toString()).strip()).isEqualTo("ok");
  }

  private static String python(String script, String... args) throws Exception {
    String[] command = new String[args.length + 3];
    command[0] = "python3";
    command[1] = "-c";
    command[2] = script;
    System.arraycopy(args, 0, command, 3, args.length);
    try {
      Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return p.waitFor() == 0 ? said : "failed: " + said;
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../a", "/a", "a/../../b", "a\\b", "C:/a", "C:a", "a//b", "./a", "a\nb", ""})
  void namesThatPointElsewhereAreRefused(String name) throws IOException {
    Path file = dir.resolve("a.npz");
    Files.write(file, archive(name + ".npy", recorded("f4.npy")));
    if (name.isEmpty()) { // ".npy" is a name like any other
      NpzFile.open(file).close();
      return;
    }
    refused(() -> NpzFile.open(file).close(), "a.npz: holds ", "points out of the archive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NpzWriter().add(name, new float[1], 1))
        .withMessageContaining("points out of the archive");
  }

  @Test
  void archivesThatAreNoneAreRefused() throws IOException {
    Path file = dir.resolve("a.npz");
    Files.write(file, recorded("f4.npy"));
    refused(() -> NpzFile.open(file).close(), "a.npz: cannot be read");
    Files.write(file, archive("model.pt", new byte[9]));
    refused(() -> NpzFile.open(file).close(), "holds \"model.pt\", which is no array of NumPy's");
    refused(() -> NpzFile.open(dir).close(), "is a folder");
    refused(() -> NpyArray.open(dir), "is a folder");
    refused(() -> NpyArray.open(dir.resolve("none.npy")), "cannot be read: there is no ");
  }

  @Test
  void aNameGivenTwiceIsRefused() throws IOException {
    // The zip classes write no name twice: the name of the second entry is changed, everywhere.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : new String[] {"one.npy", "two.npy"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(recorded("f4.npy"));
      }
    }
    String latin = out.toString(StandardCharsets.ISO_8859_1).replace("two.npy", "one.npy");
    Path file = dir.resolve("twice.npz");
    Files.write(file, latin.getBytes(StandardCharsets.ISO_8859_1));
    refused(() -> NpzFile.open(file).close(), "twice.npz", "holds \"one.npy\" twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NpzWriter().add("a", INTS, 6).add("a", INTS, 6));
  }

  @Test
  void aBombIsNotUnpacked() throws IOException {
    Path file = dir.resolve("bomb.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("zeros.npy"));
      zip.write(NpyHeader.write(StoredType.F32, Shape.of(1 << 28)));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 1 << 10; i++) {
        zip.write(zeros);
      }
    }
    refused(
        () -> NpzFile.open(file).close(),
        "bomb.npz: would unpack from 104",
        " to 1073741952 bytes",
        "numpy.savez, which packs nothing");
  }

  @Test
  void aFlippedBitInTheElementsIsNoticed() throws IOException {
    Path file = dir.resolve("flipped.npz");
    new NpzWriter().add("a", floats(), 24).write(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[30 + "a.npy".length() + 128 + 50] ^= 4;
    Files.write(file, bytes);
    try (NpzFile in = NpzFile.open(file)) {
      refused(in.array("a")::floats, "flipped.npz, in a.npy: cannot be read", "checksum");
    }
  }

  private static byte[] archive(String name, byte[] contents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(contents);
    }
    return out.toByteArray();
  }

  private static void refused(ThrowingCallable what, String... parts) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(what)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }
}
