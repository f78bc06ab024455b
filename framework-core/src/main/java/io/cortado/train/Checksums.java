package io.cortado.train;

import io.cortado.io.FileException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checksums of a checkpoint's files, in a file of their own that {@code sha256sum -c} reads.
 *
 * <p>Its text is a function of the other files, and is compared as a whole: one bit that differs
 * anywhere, in the checksums too, is found.
 */
final class Checksums {

  /** The name of the file. */
  static final String FILE = "SHA256SUMS";

  private static final long MAX_BYTES = 1 << 16;
  private static final Pattern LINE =
      Pattern.compile("[0-9a-f]{64}  ([a-z0-9][a-z0-9._-]{0,63})\n");

  private Checksums() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the contents of the file. */
  static String text(Map<String, String> sums) {
    StringBuilder text = new StringBuilder();
    sums.forEach((name, sum) -> text.append(sum).append("  ").append(name).append('\n'));
    return text.toString();
  }

  /**
   * Checks all files of a checkpoint.
   *
   * @throws FileException if it is not finished or damaged; the message names the file
   */
  static void verify(Path checkpoint) {
    Path file = checkpoint.resolve(FILE);
    if (!Files.isDirectory(checkpoint)) {
      throw FileException.of(
          checkpoint.toString(), "is not a folder", "name the folder of a checkpoint");
    }
    if (!Files.isRegularFile(file)) {
      throw damaged(checkpoint, "is no finished checkpoint: it has no " + FILE);
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw damaged(checkpoint, "has a " + FILE + " of " + Files.size(file) + " bytes");
      }
      String stored = Files.readString(file, StandardCharsets.ISO_8859_1);
      Map<String, String> sums = new LinkedHashMap<>();
      Matcher m = LINE.matcher(stored);
      int end = 0;
      while (m.find() && m.start() == end) {
        String name = m.group(1);
        String sum = sum(checkpoint.resolve(name), checkpoint);
        sums.put(name, sum);
        if (!m.group().startsWith(sum)) {
          throw damaged(
              checkpoint,
              "is damaged: " + name + " does not have the checksum it was written with");
        }
        end = m.end();
      }
      if (!stored.equals(text(sums))) {
        throw damaged(
            checkpoint, "is damaged: " + FILE + " does not hold lines of checksums and names");
      }
      if (!sums.keySet().containsAll(List.of(StoredCheckpoint.MODEL, StoredCheckpoint.TRAINING))) {
        throw damaged(checkpoint, "is damaged: " + FILE + " is cut short");
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static FileException damaged(Path checkpoint, String reason) {
    return FileException.of(checkpoint.toString(), reason, "use another checkpoint");
  }

  private static String sum(Path file, Path checkpoint) {
    if (!Files.isRegularFile(file)) {
      throw damaged(checkpoint, "is damaged: " + file.getFileName() + " is missing");
    }
    MessageDigest digest = digest();
    try (InputStream in = new FileInputStream(file.toFile())) {
      byte[] chunk = new byte[1 << 18];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    return hex(digest);
  }
}
