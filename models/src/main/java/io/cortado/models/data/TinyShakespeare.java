package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import io.cortado.models.data.Download.Remote;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Tiny Shakespeare: 1,115,394 characters of the plays, as Andrej Karpathy published them beside
 * char-rnn (2015).
 *
 * <p>Looked for in the {@link DataHome} as {@code tiny-shakespeare/input.txt}, packed or not, and
 * downloaded (1.1 MB) otherwise.
 */
public final class TinyShakespeare implements TextDataSet {

  private static final About ABOUT =
      new About(
          "tiny-shakespeare",
          "plays by Shakespeare, for models of characters",
          "1,115,394 characters, 65 different ones",
          "Andrej Karpathy: char-rnn (2015), of plays by William Shakespeare",
          "public domain");

  private static final String FILE = "input.txt";
  private static final String SHA =
      "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed";
  private static final Remote REMOTE =
      new Remote(
          URI.create(
              "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"),
          1_115_394,
          SHA);

  @Override
  public About about() {
    return ABOUT;
  }

  private static Optional<Path> find(DataHome home) {
    return home.find(ABOUT.name(), FILE, List.of());
  }

  @Override
  public Optional<String> location(DataHome home) {
    return find(home).map(f -> String.valueOf(f.getParent()));
  }

  @Override
  public void fetch(DataHome home) {
    String unused = text(home);
  }

  @Override
  public String text(DataHome home) {
    Path file = find(home).orElseGet(() -> bring(home));
    byte[] bytes = read(home.reads(ABOUT.name(), file));
    String actual = HexFormat.of().formatHex(Sha256.start().digest(bytes));
    if (!actual.equals(SHA)) {
      throw new DataException(
          "%s is not the published text: its SHA-256 is %s, expected %s; delete it, and run 'cortado data fetch %s'"
              .formatted(file, actual, SHA, ABOUT.name()));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (!file.toString().endsWith(".gz")) {
        return bytes;
      }
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  private static Path bring(DataHome home) {
    String missing =
        "%s is not on this machine: %s[.gz] was looked for in %s"
            .formatted(ABOUT.name(), FILE, home.searched(ABOUT.name(), List.of()));
    String remedy =
        "; with the internet at hand, 'cortado data fetch %s' brings it".formatted(ABOUT.name());
    return Download.standard().bring(REMOTE, home, ABOUT.name(), FILE, missing, remedy);
  }
}
