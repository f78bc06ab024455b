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
      String all = Utf8.withoutMark(Files.readString(file));
      if (all.isBlank()) {
        throw new DataException(file + " is empty; " + remedy);
      }
      return all;
    } catch (CharacterCodingException e) {
      throw Utf8.refusal(file, e);
    } catch (IOException e) {
      throw new DataException(IoWords.unreadable(file, e), e);
    }
  }

  /**
   * Reads texts with their classes: a folder of {@code CLASS/*.txt}, or a table with the columns
   * {@code text} and {@code label}, {@code .csv} or {@code .tsv}.
   *
   * @throws DataException if there is none, a text is empty, there is one class only, or a class
   *     has folders within its own
   */
  public static LabelledTexts labelled(Path place) {
    if (Files.isDirectory(place)) {
      return folder(place);
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

  private static LabelledTexts folder(Path folder) {
    List<Text> texts = new ArrayList<>();
    int others = 0;
    for (Path label : ClassFolder.list(folder)) {
      if (Files.isDirectory(label)) {
        others += add(label, texts);
      }
    }
    return LabelledTexts.of(folder.toString(), texts, others);
  }

  /** Adds the texts of a class, and returns how many files are something else. */
  private static int add(Path label, List<Text> texts) {
    ClassFolder found = ClassFolder.of(label, List.of(".txt"), "texts");
    if (found.files().isEmpty()) {
      throw new DataException(
          label + " has no .txt file; put the texts of the class there, or delete the folder");
    }
    String name = label.getFileName().toString();
    for (Path file : found.files()) {
      texts.add(new Text(read(file, "write a text there, or delete it"), name));
    }
    return found.others();
  }
}
