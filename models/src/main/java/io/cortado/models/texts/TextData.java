package io.cortado.models.texts;

import io.cortado.data.DataException;
import io.cortado.models.data.ClassSizes;
import io.cortado.models.data.LabelledTexts;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.RowSplit;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts as a network reads them, split for training, validation and the test.
 *
 * <p>A fifth tests, a tenth validates; which, the fixed seed of {@link RowSplit} says. The
 * vocabulary is that of the training texts.
 *
 * @param whole what {@code train}, {@code validation} and {@code test} are, no text shortened
 */
record TextData(
    LabelledTexts source,
    Tokenizer tokenizer,
    Vocabulary vocabulary,
    PaddedTexts train,
    PaddedTexts validation,
    PaddedTexts test,
    List<PaddedTexts> whole) {

  private static final long SPLIT_SEED = 1;
  private static final double TEST = 0.2;
  private static final double VALIDATION = 0.1;

  /** A token that is there only once says nothing about other texts. */
  private static final int RARE = 2;

  /**
   * Splits and encodes.
   *
   * @param known how many tokens are known
   * @param longest how many tokens of a text are read
   * @throws DataException if there are too few texts, in all or of a class, or no token is there
   *     twice
   */
  static TextData of(LabelledTexts source, Tokenizer tokenizer, int known, int longest) {
    RowSplit split = RowSplit.of(source.size(), SPLIT_SEED, TEST, VALIDATION);
    if (split.validation().length == 0) {
      throw new DataException(
          "%s has only %d texts; a fifth has to be left for the test and a tenth for validation"
              .formatted(source.name(), source.size()));
    }
    ClassSizes.check(
        source.name(),
        source.classes(),
        source.labels(),
        "texts",
        "a class needs some texts to be learnt from");
    checkLearnt(source, split.train());
    List<int[]> parts = List.of(split.train(), split.validation(), split.test());
    List<List<List<String>>> tokens =
        parts.stream().map(rows -> source.tokens(tokenizer, rows)).toList();
    Vocabulary vocabulary = Vocabulary.of(tokens.getFirst(), known, RARE);
    if (vocabulary.tokens().isEmpty()) {
      throw new DataException(
          source.name() + ": no token is there twice, so that there is nothing to learn from");
    }
    List<PaddedTexts> whole =
        IntStream.range(0, parts.size())
            .mapToObj(p ->
                new PaddedTexts(
                    vocabulary.encode(tokens.get(p)),
                    IntStream.of(parts.get(p)).map(r -> source.labels()[r]).toArray()))
            .toList();
    List<PaddedTexts> cut = whole.stream().map(p -> p.shortened(longest)).toList();
    return new TextData(source, tokenizer, vocabulary, cut.get(0), cut.get(1), cut.get(2), whole);
  }

  /** The split looks at no class: of a small one all texts may test. */
  private static void checkLearnt(LabelledTexts source, int[] train) {
    List<String> missing =
        missing(source.classes(), IntStream.of(train).map(r -> source.labels()[r]).toArray());
    if (!missing.isEmpty()) {
      throw new DataException(
          "%s: no text of class '%s' is left to learn from, all are for the test and validation; give more of them"
              .formatted(source.name(), missing.getFirst()));
    }
  }

  private static List<String> missing(List<String> classes, int[] labels) {
    int[] sizes = ClassSizes.of(labels, classes.size());
    return IntStream.range(0, sizes.length)
        .filter(c -> sizes[c] == 0)
        .mapToObj(classes::get)
        .toList();
  }

  /** Returns the classes of which no text tests. */
  List<String> untested() {
    return missing(source.classes(), test.labels());
  }
}
