package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import io.cortado.models.data.LabelledTexts.Text;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads a user's texts. */
public final class TextFiles {

  private TextFiles() {}

  /**
   * Reads a text of UTF-8.
   *
   * @throws DataException if that fails, or it is empty
   */
  public static String read(Path file) {
    return read(file, "give a text to learn from");
  }

  private static String read(Path file, String remedy) {
    try {
      String all = Files.readString(file);
      if (all.isBlank()) {
        throw new DataException(file + " is empty; " + remedy);
      }
      return all;
    } catch (CharacterCodingException e) {
      throw new DataException(file + " is not in UTF-8; convert it, by iconv for example", e);
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  /**
   * Reads texts with their classes: a folder of {@code CLASS/*.txt}, or a table with the columns
   * {@code text} and {@code label}, {@code .csv} or {@code .tsv}.
   *
   * @throws DataException if there is none, a text is empty, or there is one class only
   */
  public static LabelledTexts labelled(Path place) {
    if (Files.isDirectory(place)) {
      return LabelledTexts.of(place.toString(), folder(place));
    }
    String name = place.toString();
    if (!Files.exists(place)) {
      throw new DataException(
          place + " is not there; give a folder of CLASS/*.txt, or a CSV file of text,label");
    }
    CsvTable table = CsvTable.read(place);
    List<String> texts = table.texts("text");
    List<String> labels = table.texts("label");
    List<Text> all = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      all.add(new Text(texts.get(i), labels.get(i)));
    }
    return LabelledTexts.of(name, all);
  }

  private static List<Text> folder(Path folder) {
    List<Text> texts = new ArrayList<>();
    for (Path label : list(folder)) {
      if (Files.isDirectory(label)) {
        int before = texts.size();
        for (Path file : list(label)) {
          if (file.toString().endsWith(".txt")) {
            texts.add(
                new Text(
                    read(file, "write a text there, or delete it"),
                    label.getFileName().toString()));
          }
        }
        if (texts.size() == before) {
          throw new DataException(
              label + " has no .txt file; put the texts of the class there, or delete the folder");
        }
      }
    }
    return texts;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(folder, e), e);
    }
  }
}
