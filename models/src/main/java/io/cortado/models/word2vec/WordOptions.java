package io.cortado.models.word2vec;

import io.cortado.models.InputException;
import io.cortado.models.Values;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.TextDataSet;
import io.cortado.models.data.TextFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training of word vectors can be told. */
final class WordOptions {

  /** What an array holds at most, somewhat rounded. */
  private static final int MOST_SCORES = 2_000_000_000;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "A published text (default: ${DEFAULT-VALUE}).")
  String data = "imdb";

  @Option(names = "--text", paramLabel = "FILE", description = "A text of your own, in UTF-8.")
  @Nullable Path text;

  @Option(
      names = "--width",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers of a vector (default: ${DEFAULT-VALUE}).")
  int width = 100;

  @Option(
      names = "--window",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How far a neighbor may be (default: ${DEFAULT-VALUE}).")
  int window = 5;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Words drawn at random for each neighbor (default: ${DEFAULT-VALUE}).")
  int negatives = 5;

  @Option(
      names = "--sample",
      paramLabel = "SHARE",
      description =
          "Words of a greater share of the text are left out at times (default: ${DEFAULT-VALUE}).")
  double sample = 1e-4;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many different words get a vector (default: ${DEFAULT-VALUE}).")
  int vocabulary = 10_000;

  @Option(
      names = "--rare",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Words that are there less often are passed over (default: ${DEFAULT-VALUE}).")
  int rare = 5;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Pairs of a step (default: ${DEFAULT-VALUE}).")
  int batch = 1024;

  @Option(
      names = "--lr",
      paramLabel = "LR",
      converter = Values.LearningRate.class,
      description = "The first learning rate, for each pair (default: ${DEFAULT-VALUE}).")
  double lr = 0.025;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How often the text is read (default: ${DEFAULT-VALUE}).")
  int epochs = 1;

  SkipGrams.Reading reading() {
    return new SkipGrams.Reading(window, negatives, sample);
  }

  /**
   * Reads the text that is asked for, once the other options are checked.
   *
   * @throws InputException if an option cannot be used
   * @throws io.cortado.data.DataException if the text cannot
   */
  Corpus corpus(DataHome home) {
    if (!(sample > 0) || Double.isInfinite(sample)) {
      throw new InputException(
          "--sample is %s; give a share above 0, such as 0.0001, or 1 to keep all"
              .formatted(sample));
    }
    if (vocabulary < 2) {
      throw new InputException(
          "--vocabulary is %d; give 2 or more: a word is told from others".formatted(vocabulary));
    }
    if (batch * (1L + negatives) > MOST_SCORES) {
      throw new InputException(
          "--negatives %d with --batch-size %d makes %,d words a step, and there can be %,d; give fewer --negatives, 5 for example, or a smaller --batch-size"
              .formatted(negatives, batch, batch * (1L + negatives), MOST_SCORES));
    }
    Path file = text;
    String all =
        file == null ? DataSets.get(TextDataSet.class, data).text(home) : TextFiles.read(file);
    return Corpus.of(file == null ? data : file.toString(), all, vocabulary, rare);
  }
}
