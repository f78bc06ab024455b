package io.cortado.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {

  @TempDir Path dir;

  @Test
  void replacesTheFileAndLeavesNothingElse() throws IOException {
    Path file = Files.writeString(dir.resolve("w"), "old");
    AtomicFile.write(file, out -> out.write("new".getBytes(UTF_8)));
    assertThat(file).hasContent("new");
    assertThat(dir.toFile().list()).containsExactly("w");
  }

  @Test
  void aFailureInTheMiddleLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(dir.resolve("w"), "old");
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("No space left on device");
                }))
        .withMessage(
            file
                + ": cannot be written: No space left on device; nothing was overwritten: choose another folder, or make room there");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new IllegalStateException("the tensor's step is closed");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(dir.toFile().list()).containsExactly("w");
  }

  @Test
  void anInterruptedThreadStillSaves() throws IOException {
    Path file = dir.resolve("w");
    Thread.currentThread().interrupt();
    AtomicFile.write(file, out -> out.write("new".getBytes(UTF_8)));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).hasContent("new");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = Files.writeString(dir.resolve("real"), "old");
    Path link = Files.createSymbolicLink(dir.resolve("link"), real);
    AtomicFile.write(link, out -> out.write("new".getBytes(UTF_8)));
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  void placesThatCannotBeWrittenAreRefused() throws IOException {
    Path plain = Files.writeString(dir.resolve("plain"), "x");
    refused(dir.resolve("no/such/file"), "there is no such folder");
    refused(plain.resolve("file"), "it is not a folder");
    refused(dir, "it is a folder");
  }

  private static void refused(Path file, String reason) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> AtomicFile.write(file, out -> {}))
        .withMessageStartingWith(file + ": cannot be written: " + reason);
  }

  @Test
  void aFolderThatCannotBeForcedToTheDiskIsToldApart() throws IOException {
    Path file = Files.writeString(dir.resolve("w"), "old");
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() ->
            AtomicFile.write(
                file,
                out -> out.write("new".getBytes(UTF_8)),
                folder -> {
                  throw new IOException("Input/output error");
                }))
        .withMessageStartingWith(file + ": was written, but its folder could not be forced")
        .withMessageContaining("Input/output error");
    assertThat(file).hasContent("new");
  }
}
