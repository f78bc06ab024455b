package io.cortado.models.texts;

import io.cortado.models.Values;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.DataSets;
import io.cortado.models.data.LabelledTextDataSet;
import io.cortado.models.data.LabelledTexts;
import io.cortado.models.data.TextFiles;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training of a classifier of texts can be told. */
final class TextOptions {

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "Published texts: imdb, spam-assassin, names or negations (default: ${DEFAULT-VALUE}).")
  String data;

  @Option(
      names = "--texts",
      paramLabel = "PLACE",
      description =
          "Texts of your own: a folder of CLASS/*.txt, or a CSV or TSV file with the columns text and label.")
  @Nullable Path texts;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many different tokens are known (default: ${DEFAULT-VALUE}).")
  int vocabulary = 20_000;

  @Option(
      names = "--longest",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many tokens of a text are read (default: ${DEFAULT-VALUE}).")
  int longest;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers for a token (default: ${DEFAULT-VALUE}).")
  int embedding;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Of what goes into the head (default: ${DEFAULT-VALUE}).")
  double dropout = 0.5;

  @Option(
      names = "--word-dropout",
      paramLabel = "P",
      description =
          "Of the tokens, which are then read as unknown (default: textcnn 0.5 on imdb, else 0.3; textrnn 0).")
  private @Nullable Double wordDropout;

  @Option(
      names = "--ema",
      paramLabel = "DECAY",
      description =
          "Measure and save an exponential moving average of the weights; 0.999 is usual, 0 is none (default: textcnn 0.999 on imdb; else 0).")
  private @Nullable Double ema;

  private final Function<String, Usual> usual;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Texts of a step (default: ${DEFAULT-VALUE}).")
  int batch = 64;

  @Option(
      names = "--lr",
      paramLabel = "LR",
      converter = Values.LearningRate.class,
      description = "The first learning rate (default: ${DEFAULT-VALUE}).")
  double lr;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How often the texts are read (default: ${DEFAULT-VALUE}).")
  int epochs;

  /**
   * What is usual for a data set.
   *
   * @param wordDropout of the tokens, which are read as unknown
   * @param ema the decay of the average of the weights, 0 for none: thousands of steps can fill one
   *     that a small set's would not
   */
  record Usual(double wordDropout, double ema) {}

  /**
   * Makes them with a model's defaults.
   *
   * @param usual by the data set, blank for the user's own texts
   */
  TextOptions(
      String data,
      int longest,
      int embedding,
      double lr,
      int epochs,
      Function<String, Usual> usual) {
    this.data = data;
    this.longest = longest;
    this.embedding = embedding;
    this.lr = lr;
    this.epochs = epochs;
    this.usual = usual;
  }

  /** Returns the share of tokens that training reads as unknown. */
  double wordDropout() {
    Double wanted = wordDropout;
    return wanted != null ? wanted : usual().wordDropout();
  }

  /** Returns the decay of the average of the weights, 0 for none. */
  double ema() {
    Double wanted = ema;
    return wanted != null ? wanted : usual().ema();
  }

  private Usual usual() {
    return usual.apply(texts == null ? data : "");
  }

  /**
   * Returns the texts that are asked for, once the other options are checked.
   *
   * @throws InputException if an option cannot be used
   * @throws io.cortado.data.DataException if the texts cannot
   */
  LabelledTexts texts(DataHome home) {
    Values.checkProbability("--dropout", dropout);
    Values.checkProbability("--word-dropout", wordDropout());
    Values.checkProbability("--ema", ema());
    Path place = texts;
    return place == null
        ? DataSets.get(LabelledTextDataSet.class, data).texts(home)
        : TextFiles.labelled(place);
  }
}
