package io.cortado.models.characters;

import io.cortado.models.InputException;
import io.cortado.models.Values;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.TextDataSet;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training of a character model can be told. */
final class CharOptions {

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "A published text (default: ${DEFAULT-VALUE}).")
  String data = "tiny-shakespeare";

  @Option(names = "--text", paramLabel = "FILE", description = "A text of your own, in UTF-8.")
  @Nullable Path text;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers in a layer's state (default: ${DEFAULT-VALUE}).")
  int hidden = 256;

  @Option(
      names = "--layers",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Recurrent layers (default: ${DEFAULT-VALUE}).")
  int layers = 1;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Of what each layer says (default: ${DEFAULT-VALUE}).")
  double dropout = 0;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Streams side by side (default: ${DEFAULT-VALUE}).")
  int batch = 64;

  @Option(
      names = "--length",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Characters of a step (default: ${DEFAULT-VALUE}).")
  int length = 64;

  @Option(
      names = "--lr",
      paramLabel = "LR",
      converter = Values.LearningRate.class,
      description = "The first learning rate (default: ${DEFAULT-VALUE}).")
  double lr = 3e-3;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How often the text is read (default: ${DEFAULT-VALUE}).")
  int epochs = 8;

  /**
   * Returns the text that is asked for, once the other options are checked.
   *
   * @throws InputException if an option or the text cannot be used
   */
  String text(DataHome home) {
    Values.checkProbability("--dropout", dropout);
    Path file = text;
    return file == null ? DataSets.get(TextDataSet.class, data).text(home) : read(file);
  }

  private static String read(Path file) {
    try {
      String all = Files.readString(file);
      if (all.isBlank()) {
        throw new InputException("--text %s is empty; give a text to learn from".formatted(file));
      }
      return all;
    } catch (CharacterCodingException e) {
      throw new InputException(
          "--text %s is not in UTF-8; convert it, by iconv for example".formatted(file), e);
    } catch (IOException e) {
      throw new InputException("--text %s cannot be read (%s)".formatted(file, e), e);
    }
  }
}
