package io.cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsTest {

  @TempDir Path dir;

  @Test
  void whatIsWrittenIsReadBitForBit() {
    float[] weights = new float[70_001]; // more than one chunk, and no round number
    int[] labels = new int[weights.length];
    Random random = new Random(1);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Float.intBitsToFloat(random.nextInt());
      labels[i] = random.nextInt();
    }
    weights[0] = Float.NaN;
    weights[1] = -0f;
    Path file = dir.resolve("a.safetensors");
    new SafetensorsWriter()
        .metadata("format", "pt")
        .metadata("λ \"quoted\"\n", "värde")
        .add("conv.weight", weights, weights.length)
        .add("scalar", new float[] {3})
        .add("empty", new float[0], 0, 5)
        .add("labels ☂", labels, 1, labels.length)
        .write(file);

    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      assertThat(in.metadata())
          .containsExactly(entry("format", "pt"), entry("λ \"quoted\"\n", "värde"));
      assertThat(in.entries().keySet())
          .containsExactly("conv.weight", "scalar", "empty", "labels ☂");
      float[] back = in.floats("conv.weight");
      for (int i = 0; i < weights.length; i++) {
        assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(Float.floatToRawIntBits(weights[i]));
      }
      assertThat(in.floats("scalar")).containsExactly(3);
      assertThat(in.entry("scalar").shape().rank()).isZero();
      assertThat(in.floats("empty")).isEmpty();
      assertThat(in.ints("labels ☂")).isEqualTo(labels);
      int[] part = new int[5];
      in.read("labels ☂", 69_998, part, 1, 3);
      assertThat(part).containsExactly(0, labels[69_998], labels[69_999], labels[70_000], 0);
    }
  }

  @Test
  void theLayoutIsTheOneThatPythonWrites() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafetensorsWriter()
        .add("w", new float[] {1, -2}, 1, 2)
        .add("n", new int[] {7})
        .writeTo(out);
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"n\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[8,12]}}";
    String padded = header + " ".repeat(-header.length() & 7);
    ByteBuffer expected =
        ByteBuffer.allocate(8 + padded.length() + 12).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.UTF_8));
    expected.putFloat(1).putFloat(-2).putInt(7);
    assertThat(out.toByteArray()).isEqualTo(expected.array());
  }

  @Test
  void otherTypesAreConvertedWhereNothingIsLost() {
    ByteBuffer data = ByteBuffer.allocate(46).order(ByteOrder.LITTLE_ENDIAN);
    data.put((byte) 1).put((byte) 200).put((byte) -3); // BOOL, U8, I8: what follows is not aligned
    data.putShort((short) -300).putShort((short) 65000);
    data.putShort((short) 0x3C01).putShort((short) 0xBF80);
    data.putDouble(0.1).putDouble(Double.NEGATIVE_INFINITY);
    data.putLong(-5).putInt(2_000_000_000);
    data.putFloat(-1.5f).put((byte) 0x12);
    try (SafetensorsFile in =
        file(
            "{'b':{'dtype':'BOOL','shape':[1],'data_offsets':[0,1]},"
                + "'u8':{'dtype':'U8','shape':[],'data_offsets':[1,2]},"
                + "'i8':{'dtype':'I8','shape':[1],'data_offsets':[2,3]},"
                + "'i16':{'dtype':'I16','shape':[1],'data_offsets':[3,5]},"
                + "'u16':{'dtype':'U16','shape':[1],'data_offsets':[5,7]},"
                + "'f16':{'dtype':'F16','shape':[1],'data_offsets':[7,9]},"
                + "'bf16':{'dtype':'BF16','shape':[1],'data_offsets':[9,11]},"
                + "'f64':{'dtype':'F64','shape':[2],'data_offsets':[11,27],'later':[{'x':1}]},"
                + "'i64':{'dtype':'I64','shape':[1],'data_offsets':[27,35]},"
                + "'u32':{'dtype':'U32','shape':[1],'data_offsets':[35,39]},"
                + "'f32':{'dtype':'F32','shape':[1],'data_offsets':[39,43]},"
                + "'f4':{'dtype':'F4','shape':[2,1],'data_offsets':[43,44]},"
                + "'f8':{'dtype':'F8_E4M3','shape':[2],'data_offsets':[44,46]}}   ",
            data.array())) {
      assertThat(in.ints("b")).containsExactly(1);
      assertThat(in.ints("u8")).containsExactly(200);
      assertThat(in.ints("i8")).containsExactly(-3);
      assertThat(in.ints("i16")).containsExactly(-300);
      assertThat(in.ints("u16")).containsExactly(65000);
      assertThat(in.floats("f16")).containsExactly(1.0009766f);
      assertThat(in.floats("bf16")).containsExactly(-1);
      assertThat(in.floats("f64")).containsExactly(0.1f, Float.NEGATIVE_INFINITY);
      assertThat(in.ints("i64")).containsExactly(-5);
      assertThat(in.ints("u32")).containsExactly(2_000_000_000);
      assertThat(in.floats("f32")).containsExactly(-1.5f);
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> in.floats("f8"))
          .withMessageContaining("F8_E4M3, which cannot be read as FLOAT32");
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> in.ints("f32"))
          .withMessageContaining("holds F32, which cannot be read as INT32");
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> in.floats("g"))
          .withMessageContaining("has no tensor \"g\"; it has 13: \"b\", \"u8\"");
    }
  }

  @Test
  void anElementThatDoesNotFitIsNamed() {
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(1).putLong(1L << 31).putDouble(1e39);
    try (SafetensorsFile in =
        file(
            "{'i':{'dtype':'I64','shape':[2],'data_offsets':[0,16]},"
                + "'f':{'dtype':'F64','shape':[],'data_offsets':[16,24]}}",
            data.array())) {
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> in.ints("i"))
          .withMessageContaining("element 1 of tensor \"i\" is 2147483648");
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> in.checkValues("f"))
          .withMessageContaining("element 0 of tensor \"f\" is 1.0E39");
    }
  }

  /** Headers that lie, over eight bytes of data; quotes are single for legibility. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello, this is no header | starts with \"hello, this is n\"",
        "[1, 2, 3] | starts with",
        "{\u0000'a':1} | starts with",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]} | not the JSON it should be",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}} | not the JSON it should be",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} {} | closing bracket",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],}} | not the JSON it should be",
        "{'a':[]} | tensor \"a\" is not described by an object",
        "{'a':{'shape':[2],'data_offsets':[0,8]}} | has no dtype",
        "{'a':{'dtype':'F32','data_offsets':[0,8]}} | has no shape",
        "{'a':{'dtype':'F32','shape':[2]}} | has no data_offsets",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | has no data_offsets of two numbers",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}} | more than 2 numbers",
        "{'a':{'dtype':'F33','shape':[2],'data_offsets':[0,8]}} | unknown dtype \"F33\"",
        "{'a':{'dtype':32,'shape':[2],'data_offsets':[0,8]}} | dtype that is not a string",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}} | shape is not a list",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | shape holds no whole number",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | shape holds no whole number",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | negative number -2",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}} | negative number -8",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | not the JSON",
        "{'a':{'dtype':'F32','shape':[3000000000],'data_offsets':[0,8]}} | which is too large",
        "{'a':{'dtype':'F32','shape':[65536,65536,65536,65536],'data_offsets':[0,0]}} | too large",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | takes 12 bytes, but its data_offsets are [0, 8]",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | takes 8 bytes, but its data_offsets are [8, 0]",
        "{'a':{'dtype':'F64','shape':[2],'data_offsets':[0,8]}} | takes 16 bytes",
        "{'a':{'dtype':'F4','shape':[15],'data_offsets':[0,8]}} | F4 [15] does not fill its last byte",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | the tensors take 4 bytes, but 8 follow",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}} | the tensors take 12 bytes, but 8 follow",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | \"a\" begins at 4, after a gap",
        "{} | the tensors take 0 bytes, but 8 follow",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | \"b\" begins at 4, inside the one before it",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | \"b\" begins at 0, inside the one before it",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[0],'data_offsets':[4,4]}} | \"b\" begins at 4, inside",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | Duplicate Object property \"a\"",
        "{'a':{'dtype':'F32','dtype':'I32','shape':[2],'data_offsets':[0,8]}} | Duplicate Object property \"dtype\"",
        "{'__metadata__':[],'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | __metadata__ is not an object",
        "{'__metadata__':{'epoch':3},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | \"epoch\", which is not a string",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}} | nesting depth",
      })
  void aHeaderThatLiesIsRefused(String header, String reason) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> file(header, new byte[8]).close())
        .withMessageContaining("x.safetensors, at byte ")
        .withMessageContaining(reason)
        .withMessageContaining("get it again");
  }

  @Test
  void badUtf8IsRefused() {
    byte[] header = "{\"a?\":{}}".getBytes(StandardCharsets.ISO_8859_1);
    header[3] = (byte) 0xC0;
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(
            () -> SafetensorsFile.of("x", bytes(header.length, header, new byte[0])).close())
        .withMessageContaining("at byte 11: the header is not text in UTF-8");
  }

  @Test
  void everyCutOfAGoodFileIsRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafetensorsWriter().metadata("k", "v").add("w", new float[] {1, 2, 3}, 3).writeTo(out);
    byte[] good = out.toByteArray();
    for (int n = 0; n < good.length; n++) {
      byte[] cut = Arrays.copyOf(good, n);
      assertThatExceptionOfType(FileException.class)
          .isThrownBy(() -> SafetensorsFile.of("cut", cut).close())
          .withMessageStartingWith("cut");
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.of("longer", longer).close())
        .withMessageContaining("the tensors take 12 bytes, but 13 follow");
  }

  @Test
  void everyFlippedBitIsRefusedOrReadWithoutHarm() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafetensorsWriter()
        .metadata("k", "v")
        .add("w", new float[] {1}, 1)
        .add("n", new int[2], 2)
        .writeTo(out);
    byte[] good = out.toByteArray();
    int refused = 0;
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      try (SafetensorsFile in = SafetensorsFile.of("bad", bad)) {
        for (SafetensorsEntry e : in.entries().values()) {
          if (e.type() == StoredType.F32) {
            assertThat(in.floats(e.name())).hasSize(1);
          }
        }
      } catch (FileException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(8 * 100);
  }

  @Test
  void aHeaderLongerThanTheFileIsNotAllocated() {
    byte[] none = new byte[0];
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.of("x", bytes(99_000_000, none, none)).close())
        .withMessageContaining("claims 99000000 bytes, but only 0 follow");
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.of("x", bytes(-1, none, none)).close())
        .withMessageContaining("claims 18446744073709551615 bytes");
  }

  @Test
  void filesThatCannotBeReadAreNamedWithTheReason() throws IOException {
    Path missing = dir.resolve("missing.safetensors");
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.open(missing).close())
        .withMessageContaining(missing + ": cannot be read: there is no " + missing);
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.open(dir).close())
        .withMessageContaining("is a folder");
    Path empty = Files.createFile(dir.resolve("empty"));
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> SafetensorsFile.open(empty).close())
        .withMessageContaining("holds 0 bytes");
  }

  @Test
  void namesAreUniqueAndCountsFitShapes() {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", new float[2], 2);
    assertThatIllegalArgumentException().isThrownBy(() -> writer.add("a", new int[2], 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("__metadata__", new int[2], 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("b", new float[5], 2, 3))
        .withMessage("add: 5 values for \"b\" [2, 3], which holds 6");
  }

  private static SafetensorsFile file(String header, byte[] data) {
    byte[] h = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return SafetensorsFile.of("x.safetensors", bytes(h.length, h, data));
  }

  private static byte[] bytes(long length, byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(header)
        .put(data)
        .array();
  }
}
