package io.cortado.models.texts;

import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.data.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A convolutional network that tells texts apart by short sequences of their words.
 *
 * <p>Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014, the variant
 * whose word vectors start at random: filters over one, two and three words in a row, of each the
 * largest value in the text, and a head over these. Unlike there the head has a hidden layer.
 *
 * <p>Beside it stand {@link CnnNetwork}, the network; {@link TextOptions}, what a training can be
 * told; {@link TextClassifier} and {@link TextTraining}, training and measurement; {@link
 * FilterReport}, what filters have found; {@link TextAnswer}, the answers.
 */
public final class TextCnn extends TextClassifier {

  /** Chosen by validation on IMDb; fewer and shorter texts have fewer words to spare. */
  @Mixin private TextOptions options = new TextOptions("imdb", 1000, 48, 2e-3, 14, TextCnn::usual);

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      converter = Values.Positive.class,
      description = "How many words in a row filters see (default: ${DEFAULT-VALUE}).")
  private List<Integer> widths = List.of(1, 2, 3);

  @Option(
      names = "--filters",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many filters of each width (default: ${DEFAULT-VALUE}).")
  private int filters = 128;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Units of the head's hidden layer (default: ${DEFAULT-VALUE}).")
  private int hidden = 64;

  private static TextOptions.Usual usual(String data) {
    return data.equals("imdb") ? new TextOptions.Usual(0.5, 0.999) : new TextOptions.Usual(0.3, 0);
  }

  @Override
  public String name() {
    return "textcnn";
  }

  @Override
  public String description() {
    return "convolutional network that tells texts apart by words in a row, beside a bag of words";
  }

  @Override
  public List<Trial> trials() {
    return List.of(
        trial("CNN on IMDb", "", 0.88),
        trial("CNN on SpamAssassin", "--data spam-assassin --longest 500", 0.97));
  }

  private static Trial trial(String title, String arguments, double goal) {
    String reference = "logistic regression on the bag of words, beside it";
    return Trial.of(title, arguments, ACCURACY, Goal.atLeast(goal), 3, reference);
  }

  @Override
  public List<Trial> quickTrials() {
    String arguments = "--data negations --embedding 16 --filters 16 --epochs 6 --lr 0.01";
    return List.of(
        Trial.floor("CNN on made-up negations", arguments, ACCURACY, Goal.atLeast(0.95)));
  }

  @Override
  TextOptions options() {
    return options;
  }

  @Override
  Tokenizer tokenizer() {
    return Tokenizer.WORDS;
  }

  @Override
  Map<String, String> shape() {
    List<String> sorted = widths.stream().sorted().distinct().map(String::valueOf).toList();
    return Map.of(
        "widths", String.join(",", sorted), "filters", "" + filters, "hidden", "" + hidden);
  }

  @Override
  TextNetwork network(TextNetwork.Size size, Map<String, String> shape) {
    String[] numbers = shape.getOrDefault("widths", "").split(",");
    return new CnnNetwork(
        size,
        Arrays.stream(numbers).map(Integer::valueOf).toList(),
        number(shape, "filters"),
        number(shape, "hidden"));
  }

  @Override
  void report(Run run, TextData data, TextNetwork trained) throws IOException {
    if (trained instanceof CnnNetwork network) {
      new FilterReport(run, data).write(network);
    }
  }

  @Override
  void check() {
    if (Collections.max(widths) > options.longest) {
      throw new InputException(
          "--widths has %d, more than the %d words of a text that are read; give a smaller one"
              .formatted(Collections.max(widths), options.longest));
    }
  }
}
