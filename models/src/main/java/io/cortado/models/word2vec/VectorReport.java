package io.cortado.models.word2vec;

import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Predictor.Question;
import io.cortado.models.Run;
import io.cortado.models.analysis.Pca;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import io.cortado.models.pictures.WordMap;
import io.cortado.models.word2vec.Analogies.Pair;
import io.cortado.models.word2vec.Analogies.Score;
import io.cortado.models.word2vec.WordVectors.Near;
import io.cortado.train.EpochResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shows what vectors tell: neighbors, analogies, a map. */
record VectorReport(Run run, WordVectors vectors) {

  static final String RIGHT = "analogies";

  /** Relations whose pairs make a map that can be read. */
  private static final List<String> MAPPED = List.of("family", "nations", "comparison");

  /** Words whose neighbors are told, where they are known. */
  private static final List<String> ASKED =
      List.of(
          "king", "mother", "love", "war", "house", "good", "terrible", "funny", "film", "music");

  /** Fewer points make no map. */
  private static final int LEAST = 12;

  private static final int NEIGHBORS = 6;
  private static final int FREQUENT = 60;

  Figures write(List<EpochResult> history) throws IOException {
    run.say("%nthe nearest words, by the cosine");
    for (String word : asked()) {
      run.say("  %-10s %s", word, words(vectors.nearest(word, NEIGHBORS)));
    }
    Analogies all = Analogies.read();
    Figures figures =
        analogies(
            all, history.isEmpty() ? Figures.NONE : Figures.of("loss", history.getLast().loss()));
    map(all);
    return figures;
  }

  private List<String> asked() {
    List<String> known = ASKED.stream().filter(vectors::knows).toList();
    return !known.isEmpty() ? known : vectors.vocabulary().tokens().stream().limit(10).toList();
  }

  private static String words(List<Near> near) {
    return near.stream()
        .map(n -> String.format(Locale.ROOT, "%s %.2f", n.word(), n.cosine()))
        .collect(Collectors.joining("  "));
  }

  private Figures analogies(Analogies all, Figures figures) {
    int asked = 0;
    int right = 0;
    int near = 0;
    run.say("%nanalogies of which all words are known: first answer right, right among five");
    for (String relation : all.pairs().keySet()) {
      Score score = all.score(relation, vectors);
      asked += score.asked();
      right += score.right();
      near += score.near();
      if (score.asked() > 0) {
        say(relation, score);
      }
    }
    say("all", new Score(asked, right, near));
    return asked == 0
        ? figures
        : figures
            .and(RIGHT, (double) right / asked)
            .and("analogies among five", (double) near / asked)
            .and("analogies asked", asked);
  }

  private void say(String name, Score score) {
    String shares =
        score.asked() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "  %5.1f %%  %5.1f %%",
                100.0 * score.right() / score.asked(),
                100.0 * score.near() / score.asked());
    run.say("  %-10s %4d asked%s", name, score.asked(), shares);
  }

  private void map(Analogies all) throws IOException {
    List<WordMap.Word> words = new ArrayList<>();
    List<int[]> lines = new ArrayList<>();
    for (int group = 0; group < MAPPED.size(); group++) {
      for (Pair p : all.known(MAPPED.get(group), vectors)) {
        lines.add(new int[] {words.size(), words.size() + 1});
        words.add(new WordMap.Word(p.first(), group));
        words.add(new WordMap.Word(p.second(), group));
      }
    }
    if (words.size() < LEAST) {
      words.clear();
      lines.clear();
      vectors.vocabulary().tokens().stream()
          .limit(FREQUENT)
          .forEach(w -> words.add(new WordMap.Word(w, 0)));
    }
    float[] rows = new float[words.size() * vectors.width()];
    for (int i = 0; i < words.size(); i++) {
      System.arraycopy(
          vectors.of(words.get(i).text()), 0, rows, i * vectors.width(), vectors.width());
    }
    if (words.size() < 2 || vectors.width() < 2) {
      return;
    }
    float[] points = Pca.fit(run.device(), rows, vectors.width(), 2).project(rows);
    int unlabeled =
        WordMap.write(
            run.file("map.png"),
            "Words by the two principal components of their vectors",
            points,
            words,
            lines);
    run.saved(
        run.file("map.png"),
        "a map of "
            + words.size()
            + " words"
            + (unlabeled == 0 ? "" : ", " + unlabeled + " without room for their label"));
  }

  /** Answers {@code --text}: the nearest words of one. */
  static void answer(Question question) {
    TrainedVectors trained =
        TrainedVectors.read(question.weights(), question.model(), question.device());
    Vocabulary vocabulary = trained.vocabulary();
    List<String> words = Tokenizer.WORDS.tokens(question.need("--text"));
    if (words.isEmpty()) {
      throw new InputException("--text has no word; give one or more whose neighbors are wanted");
    }
    WordVectors vectors = WordVectors.of(vocabulary, trained.network().vectors(), trained.width());
    for (String word : words) {
      if (!vectors.knows(word)) {
        throw new InputException(
            "--text: '%s' is none of the %,d words that have a vector; the most frequent are %s"
                .formatted(
                    word,
                    vocabulary.tokens().size(),
                    vocabulary.tokens().stream().limit(10).toList()));
      }
    }
    for (String word : words) {
      question.out().printf("%-10s %s%n", word, words(vectors.nearest(word, 10)));
    }
  }
}
