package io.cortado.models.characters;

import io.cortado.models.InputException;
import io.cortado.models.Values;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.TextDataSet;
import io.cortado.models.data.TextFiles;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training of a character model can be told. */
final class CharOptions {

  private static final double TRAIN_SHARE = 0.9;

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
   * @throws InputException if an option cannot be used
   * @throws io.cortado.data.DataException if the text cannot
   */
  String text(DataHome home) {
    Values.checkProbability("--dropout", dropout);
    Path file = text;
    return file == null ? DataSets.get(TextDataSet.class, data).text(home) : TextFiles.read(file);
  }

  /** A text's streams, by what they are for. */
  record Parts(Streams train, Streams validation) {}

  /**
   * Cuts a text in two parts, and these into streams.
   *
   * @throws InputException if it is too short for one step of each
   */
  Parts parts(int[] characters) {
    int end = (int) (characters.length * TRAIN_SHARE);
    int[] rest = Arrays.copyOfRange(characters, end, characters.length);
    Streams train = new Streams(Arrays.copyOf(characters, end), batch, length);
    Streams validation = new Streams(rest, Math.min(batch, 16), length);
    if (train.parts() < 1 || validation.parts() < 1) {
      throw new InputException(
          "the text has only %,d characters, too few for %d streams of %d at a time; give a longer one, or a smaller --batch-size and --length"
              .formatted(characters.length, batch, length));
    }
    return new Parts(train, validation);
  }
}
