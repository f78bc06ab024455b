package io.cortado.models.texts;

import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor.Question;
import io.cortado.models.classify.TestResult;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.models.data.Vocabulary;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** Says of which class a text is, by a trained model. */
record TextAnswer(Question question, TextClassifier model) {

  static final String TEXT = "--text";

  /**
   * Answers {@code --text}.
   *
   * @throws InputException if the text is empty, or nothing of it is known
   */
  void write() {
    ModelDescription d = question.model();
    Vocabulary vocabulary =
        new Vocabulary(model.tokenizer().tokens(d.options().getOrDefault("tokens", "")));
    List<String> tokens = model.tokenizer().tokens(question.need(TEXT));
    Set<String> known = vocabulary.numbers().keySet();
    List<String> unknown = tokens.stream().filter(t -> !known.contains(t)).distinct().toList();
    if (tokens.isEmpty()) {
      throw new InputException(TEXT + " has nothing to read; give a text with words");
    }
    if (known.stream().noneMatch(tokens::contains)) {
      throw new InputException(
          "%s: none of %s was in the texts that the model was trained on; give a text of the same kind"
              .formatted(TEXT, unknown));
    }
    float[] p = probabilities(vocabulary, tokens);
    PrintWriter out = question.out();
    if (!unknown.isEmpty()) {
      out.println("not known: " + String.join(", ", unknown));
    }
    if (tokens.size() > d.input().dim(0)) {
      out.println("read: the first %d of %d".formatted(d.input().dim(0), tokens.size()));
    }
    int names = d.classes().stream().mapToInt(String::length).max().orElse(1);
    IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> -p[c]))
        .forEach(c ->
            out.println(
                String.format(
                    Locale.ROOT, "%-" + names + "s  %6.2f %%", d.classes().get(c), 100 * p[c])));
  }

  private float[] probabilities(Vocabulary vocabulary, List<String> tokens) {
    ModelDescription d = question.model();
    TextNetwork network = model.trained(question.weights(), d, question.device());
    Padded batch =
        new PaddedTexts(vocabulary.encode(List.of(tokens)), new int[1])
            .shortened(d.input().dim(0))
            .pad(new int[] {0}, network.least());
    try (Step step = question.device().inference()) {
      return TestResult.softmax(network.forward(TextBatches.of(step, 0, batch)).toFloatArray());
    }
  }
}
