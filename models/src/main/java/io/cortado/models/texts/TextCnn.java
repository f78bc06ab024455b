package io.cortado.models.texts;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.InputException;
import io.cortado.models.Run;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.models.data.Tokenizer;
import io.cortado.nn.Conv1d;
import io.cortado.nn.Dropout;
import io.cortado.nn.Embedding;
import io.cortado.nn.Linear;
import io.cortado.nn.init.Initializers;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A convolutional network that tells texts apart by short sequences of their words.
 *
 * <p>Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014, the variant
 * whose word vectors start at random: filters over one, two and three words in a row, of each the
 * largest value in the text, and a head over these. Unlike there the head has a hidden layer.
 */
public final class TextCnn extends TextClassifier {

  /** Kim's bound of the first word vectors. */
  private static final double BOUND = 0.25;

  /** Added where a text has ended, so that the largest value is never there. */
  private static final float NOWHERE = -1e9f;

  @Mixin private TextOptions options = new TextOptions("imdb", 500, 48, 2e-3, 6, 0.3);

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
  private int filters = 64;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Units of the head's hidden layer (default: ${DEFAULT-VALUE}).")
  private int hidden = 64;

  /** Word vectors, filters of several widths, the largest value of each, and a head. */
  static final class Network extends TextNetwork {

    private final List<Integer> widths;
    private final Embedding embedding;
    private final List<Conv1d> filters;
    private final Dropout dropout;
    private final Linear hidden;
    private final Linear scores;

    Network(Size size, List<Integer> widths, int count, int units) {
      this.widths = widths;
      int width = size.embedding();
      embedding = child("embedding", new Embedding(size.tokens(), width));
      embedding.weightInit(Initializers.uniform(-BOUND, BOUND));
      filters =
          widths.stream().map(w -> child("filters" + w, new Conv1d(width, count, w))).toList();
      dropout = child("dropout", new Dropout(size.dropout()));
      hidden = child("hidden", new Linear(widths.size() * count, units));
      scores = child("scores", new Linear(units, size.classes()));
    }

    @Override
    Tensor forward(Step step, Padded batch) {
      List<Tensor> maps = maps(step, batch);
      Tensor[] largest =
          maps.stream().map(m -> m.amax(new int[] {2}, false)).toArray(Tensor[]::new);
      Tensor found = Tensor.concat(1, largest).relu(); // as if each map had gone through relu
      Tensor h = hidden.forward(dropout.forward(found)).relu();
      return scores.forward(dropout.forward(h));
    }

    /**
     * Returns for each width what the filters say at each place of each text, {@code [texts,
     * filters, places]}, far below 0 where a text has ended.
     */
    List<Tensor> maps(Step step, Padded batch) {
      Tensor ids = step.tensor(batch.ids(), batch.size(), batch.length());
      Tensor words = embedding.forward(ids).transpose(1, 2);
      return IntStream.range(0, widths.size())
          .mapToObj(i -> {
            Tensor map = filters.get(i).forward(words);
            return map.add(step.tensor(mask(batch, widths.get(i)), batch.size(), 1, map.dim(2)));
          })
          .toList();
    }

    /** Returns 0 for each place whose words are all of the text, and for its first place. */
    private static float[] mask(Padded batch, int width) {
      int places = batch.length() - width + 1;
      float[] mask = new float[batch.size() * places];
      for (int i = 0; i < batch.size(); i++) {
        int valid = Math.max(1, batch.lengths()[i] - width + 1);
        Arrays.fill(mask, i * places + valid, (i + 1) * places, NOWHERE);
      }
      return mask;
    }

    @Override
    int least() {
      return Collections.max(widths);
    }

    List<Integer> widths() {
      return widths;
    }
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
        trial("CNN on SpamAssassin", "--data spam-assassin --epochs 10", 0.97));
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
    return new Network(
        size,
        Arrays.stream(numbers).map(Integer::valueOf).toList(),
        number(shape, "filters"),
        number(shape, "hidden"));
  }

  @Override
  void report(Run run, TextData data, TextNetwork trained) throws IOException {
    if (trained instanceof Network network) {
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
