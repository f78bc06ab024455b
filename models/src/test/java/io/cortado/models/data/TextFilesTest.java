package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's texts, in files as programs leave them. */
final class TextFilesTest {

  @TempDir Path dir;

  private void write(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void theMarkOfUtf8IsNoCharacter() throws IOException {
    write("marked.txt", "\uFEFFabc\uFEFF");
    assertThat(TextFiles.read(dir.resolve("marked.txt"))).isEqualTo("abc\uFEFF");
    write("empty.txt", "\uFEFF\n");
    assertThatThrownBy(() -> TextFiles.read(dir.resolve("empty.txt")))
        .hasMessageContaining("is empty");
  }

  @Test
  void textsOfAnotherCodingAreRefusedWhereverTheyAre() throws IOException {
    byte[] latin = "text,label\nein Käse,süß\n".getBytes(StandardCharsets.ISO_8859_1);
    for (String name : new String[] {"texts.csv", "texts.txt"}) {
      Path file = Files.write(dir.resolve(name), latin);
      assertThatThrownBy(
              () -> {
                if (name.endsWith(".csv")) {
                  TextFiles.labelled(file);
                } else {
                  TextFiles.read(file);
                }
              })
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll(file + " is not in UTF-8; convert it", "line 2 is the first");
    }
  }

  @Test
  void filesOfAnotherKindAreCountedAndFoldersInAClassAreRefused() throws IOException {
    write("mails/spam/a.TXT", "cheap");
    write("mails/spam/.hidden", "");
    write("mails/spam/c.eml", "dear");
    write("mails/ham/a.txt", "hello");
    write("mails/ham/b.eml", "see you");
    LabelledTexts texts = TextFiles.labelled(dir.resolve("mails"));
    assertThat(texts.texts()).containsExactly("hello", "cheap");
    assertThat(texts.without()).isEqualTo("; without 2 files of another kind");
    write("mails/ham/old/a.txt", "bye");
    assertThatThrownBy(() -> TextFiles.labelled(dir.resolve("mails")))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(
            dir.resolve("mails/ham/old") + " is a folder in that of a class", "move them");
  }
}
