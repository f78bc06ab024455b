package io.cortado.models.texts;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.models.InputException;
import io.cortado.models.Trial;
import io.cortado.models.Trial.Goal;
import io.cortado.models.Values;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.onnx.Graph;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.RecurrentExport;
import io.cortado.nn.Dropout;
import io.cortado.nn.Embedding;
import io.cortado.nn.GRU;
import io.cortado.nn.LSTM;
import io.cortado.nn.Linear;
import io.cortado.nn.RNN;
import io.cortado.nn.RNNBase;
import io.cortado.nn.RNNOptions;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A recurrent network that reads a short text character by character and then says its class.
 *
 * <p>Texts of different lengths are read side by side: of each, the state after its last character
 * counts, however far others go on. It reads in both directions (M. Schuster and K. K. Paliwal,
 * "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing 45, 1997).
 *
 * <p>Beside it stand {@link TextOptions}, what a training can be told; {@link TextClassifier} and
 * {@link TextTraining}, training and measurement; {@link TextAnswer}, the answers.
 */
public final class TextRnn extends TextClassifier {

  @Mixin
  private TextOptions options =
      new TextOptions("names", 100, 32, 3e-3, 10, _ -> new TextOptions.Usual(0, 0));

  @Option(
      names = "--cell",
      paramLabel = "NAME",
      description = "rnn, lstm or gru (default: ${DEFAULT-VALUE}).")
  private String cell = "lstm";

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Numbers in the state of each direction (default: ${DEFAULT-VALUE}).")
  private int hidden = 64;

  /** A vector for each character, a layer that reads forth and back, and a score for each class. */
  private static final class Network extends TextNetwork {

    private final Embedding embedding;
    private final RNNBase recurrent;
    private final Dropout dropout;
    private final Linear scores;

    Network(Size size, String cell, int hidden) {
      int width = size.embedding();
      RNNOptions both = RNNOptions.DEFAULTS.batchFirst(true).bidirectional(true);
      embedding = child("embedding", new Embedding(size.tokens(), width));
      recurrent =
          child(
              "recurrent",
              switch (cell) {
                case "rnn" -> new RNN(width, hidden, RNN.Nonlinearity.TANH, both);
                case "lstm" -> new LSTM(width, hidden, both);
                default -> new GRU(width, hidden, both);
              });
      dropout = child("dropout", new Dropout(size.dropout()));
      scores = child("scores", new Linear(2 * hidden, size.classes()));
    }

    @Override
    Tensor forward(Batch batch) {
      Tensor characters = embedding.forward(batch.inputs());
      Tensor lengths = batch.get(TextBatches.LENGTHS);
      Tensor ends = recurrent.forward(characters, lengths, null).state().h();
      Tensor bothEnds = ends.transpose(0, 1).reshape(batch.size(), -1);
      return scores.forward(dropout.forward(bothEnds));
    }

    @Override
    String export(TextExport.Texts texts) {
      LayerExport layers = texts.layers();
      String sums =
          texts.add(Node.of("ReduceSum").with("keepdims", 0L), texts.there(), texts.integers(1));
      String lengths = texts.add("Clip", sums, texts.number(1)); // an empty text has one, too
      String whole = texts.add(Node.of("Cast").with("to", (long) Graph.INT32), lengths);
      String steps = texts.add(Node.of("Transpose").with("perm", 1, 0), texts.ids());
      String x = layers.gather("embedding", embedding, steps);
      String ends =
          new RecurrentExport(layers.graph(), "recurrent", recurrent)
              .add(x, whole, List.of())
              .end();
      String side = texts.add(Node.of("Transpose").with("perm", 1, 0, 2), ends);
      return layers.linear("scores", scores, texts.add("Reshape", side, texts.integers(0, -1)), 2);
    }
  }

  @Override
  public String name() {
    return "textrnn";
  }

  @Override
  public String card() {
    return "textcnn"; // one for both
  }

  @Override
  public String description() {
    return "recurrent network that tells short texts apart character by character, names for example";
  }

  @Override
  public List<Trial> trials() {
    String reference = "logistic regression on the set of letters, beside it";
    return List.of(
        Trial.of("LSTM on names", "", ACCURACY, Goal.atLeast(0.8), 3, reference),
        Trial.of("GRU on names", "--cell gru", ACCURACY, Goal.atLeast(0.8), 3, reference));
  }

  @Override
  public List<Trial> quickTrials() {
    String arguments = "--epochs 2 --hidden 32 --lr 0.01";
    return List.of(Trial.floor("LSTM on names", arguments, ACCURACY, Goal.atLeast(0.75)));
  }

  @Override
  TextOptions options() {
    return options;
  }

  @Override
  Tokenizer tokenizer() {
    return Tokenizer.CHARACTERS;
  }

  @Override
  Map<String, String> shape() {
    return Map.of("cell", cell, "hidden", "" + hidden);
  }

  @Override
  TextNetwork network(TextNetwork.Size size, Map<String, String> shape) {
    return new Network(size, shape.getOrDefault("cell", ""), number(shape, "hidden"));
  }

  @Override
  void check() {
    if (!List.of("rnn", "lstm", "gru").contains(cell)) {
      throw new InputException("--cell is '%s'; give rnn, lstm or gru".formatted(cell));
    }
  }
}
