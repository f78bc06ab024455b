package io.cortado.models.word2vec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.data.Batch;
import io.cortado.data.Batches;
import io.cortado.data.DataException;
import io.cortado.data.Field;
import io.cortado.models.data.Vocabulary;
import io.cortado.models.word2vec.WordVectors.Near;
import io.cortado.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SkipGramsTest {

  private static final float ROUNDING = 1e-4f;

  @Test
  void neighborsAreWithinTheWindowAndTheLine() {
    Corpus corpus = Corpus.of("a text", "a b c d e f g h\na b c d e f g h\n", 100, 1);
    List<String> line = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    SkipGrams pairs = new SkipGrams(corpus, new SkipGrams.Reading(2, 1, 1), 1, 4);
    int count = 0;
    int far = 0;
    for (int[] pair : epoch(pairs, 0)) {
      int center = line.indexOf(corpus.vocabulary().token(pair[0]));
      int neighbor = line.indexOf(corpus.vocabulary().token(pair[1]));
      assertThat(Math.abs(center - neighbor)).isBetween(1, 2);
      assertThat(pair[2]).isNotEqualTo(pair[1]);
      far += Math.abs(center - neighbor) - 1;
      count++;
    }
    assertThat(count).isBetween(28, 52); // of two lines: 14 pairs at 1, up to 12 at 2, both ways
    assertThat(far).isBetween(1, 24);
    SkipGrams wide = new SkipGrams(corpus, new SkipGrams.Reading(Integer.MAX_VALUE, 1, 1), 1, 4);
    assertThat(wide.batches(0)).isEqualTo(2 * 8 * 7);
    assertThat(epoch(pairs, 0)).isDeepEqualTo(epoch(pairs, 0)).isNotEqualTo(epoch(pairs, 1));
  }

  @Test
  void frequentWordsAreLeftOutAndDrawnByThePowerOfTheirCounts() {
    Corpus corpus = Corpus.of("a text", "a ".repeat(81) + "b ".repeat(16) + "c", 10, 1);
    int a = corpus.vocabulary().numbers().get("a");
    double[] noise = corpus.noise();
    assertThat(noise[a] - noise[a - 1]).isCloseTo(27, within(1e-9)); // 81^0.75
    double share = 81.0 / 98;
    assertThat(corpus.kept(0.01)[a])
        .isCloseTo(Math.sqrt(0.01 / share) + 0.01 / share, within(1e-12));
    assertThat(corpus.kept(1)[a]).isEqualTo(1);
    SkipGrams pairs = new SkipGrams(corpus, new SkipGrams.Reading(1, 1, 1), 1, 4);
    int[] drawn = new int[3];
    int asked = 0;
    for (int epoch = 0; epoch < 200; epoch++) {
      for (int[] pair : epoch(pairs, epoch)) {
        String neighbor = corpus.vocabulary().token(pair[1]);
        if (neighbor.equals("b")) { // then a and c are left: 27 to 1
          drawn[pair[2] - a]++;
          asked++;
        }
      }
    }
    assertThat((double) drawn[0] / asked).isCloseTo(27.0 / 28, within(0.02));
  }

  /** Returns of each pair of an epoch the word, its neighbor, and a word drawn at random. */
  private static int[][] epoch(SkipGrams pairs, int epoch) {
    List<int[]> all = new ArrayList<>();
    try (Device device = Device.cpu();
        Batches batches = pairs.epoch(device, epoch, 0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        int[] others = batch.get(SkipGrams.OTHERS).toIntArray();
        all.add(new int[] {batch.inputs().toIntArray()[0], others[0], others[1]});
      }
    }
    return all.toArray(int[][]::new);
  }

  @Test
  void theLossIsThatOfThePaper() {
    int width = 3;
    int[] centers = {2, 4};
    int[] others = {3, 5, 2, 2, 5, 5};
    try (Device device = Device.cpu()) {
      Word2Vec.Network network = new Word2Vec.Network(6, width);
      network.init(device, 1);
      SplittableRandom random = new SplittableRandom(9);
      float[][] tables = new float[2][6 * width];
      int t = 0;
      for (Parameter p : network.parameters()) {
        for (int i = 0; i < tables[t].length; i++) {
          tables[t][i] = (float) (random.nextDouble() - 0.5);
        }
        p.value().set(tables[t++]);
      }
      double expected = 0;
      for (int i = 0; i < others.length; i++) {
        double dot = 0;
        for (int k = 0; k < width; k++) {
          dot += (double) tables[0][centers[i / 3] * width + k] * tables[1][others[i] * width + k];
        }
        expected += Math.log1p(Math.exp(i % 3 == 0 ? -dot : dot));
      }
      try (Step step = device.inference()) {
        Batch batch =
            Batch.of(
                0,
                2,
                List.of(Field.INPUTS, SkipGrams.OTHERS, Field.LABELS),
                step.tensor(centers, 2),
                step.tensor(others, 2, 3),
                step.tensor(new float[] {1, 0, 0, 1, 0, 0}, 2, 3));
        assertThat(2.0 * Word2Vec.Network.loss(network.forward(batch), batch).item())
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void analogiesAreAskedAndAnsweredByDifferences() {
    Vocabulary words = new Vocabulary(List.of("man", "woman", "king", "queen", "film"));
    float[] table = {0, 0, 0, 0, 0, 0, 1, 0, 0.1f, 1, 1, 0.1f, 1, 0, 1, 1, 1, 1.05f, -1, 0.2f, -1};
    WordVectors vectors = WordVectors.of(words, table, 3);
    assertThat(vectors.analogy("man", "woman", "king", 1).getFirst().word()).isEqualTo("queen");
    Near near = vectors.nearest("queen", 4).getFirst();
    float[] woman = vectors.of("woman");
    float[] queen = vectors.of("queen");
    assertThat(near.cosine())
        .isCloseTo(
            Math.max(
                woman[0] * queen[0] + woman[1] * queen[1] + woman[2] * queen[2],
                dot(vectors.of("king"), queen)),
            within((double) ROUNDING));
    Analogies.Score score = Analogies.read().score("family", vectors);
    assertThat(score.asked()).isEqualTo(2);
    assertThat(score.right()).isEqualTo(2);
  }

  private static double dot(float[] a, float[] b) {
    return (double) a[0] * b[0] + (double) a[1] * b[1] + (double) a[2] * b[2];
  }

  @Test
  void aTextWithoutWordsThatComeAgainIsRefused() {
    assertThatThrownBy(() -> Corpus.of("my.txt", "each word is here once", 100, 2))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("my.txt has fewer than two words that are there 2 times");
  }
}
