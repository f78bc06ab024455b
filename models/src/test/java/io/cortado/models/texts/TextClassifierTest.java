package io.cortado.models.texts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.data.DataException;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.Imdb;
import io.cortado.models.data.LabelledTextDataSet;
import io.cortado.models.data.LabelledTexts;
import io.cortado.models.data.Names;
import io.cortado.models.data.Negations;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.models.data.RowSplit;
import io.cortado.models.data.SpamAssassin;
import io.cortado.models.data.Tokenizer;
import io.cortado.models.data.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextClassifierTest {

  /** A convolution over more places may add up in another order. */
  private static final float ROUNDING = 1e-6f;

  @Test
  void wordsAreCutAsPythonsScriptCutsThem() {
    assertThat(Tokenizer.WORDS.tokens("Don't <br />STOP!! It's 5-year-old 'Élan', a < b."))
        .containsExactly("don't", "stop", "!", "!", "it's", "5", "year", "old", "élan", "a", "b");
    assertThat(Tokenizer.WORDS.tokens("Don\u2019t \u2018go\u2019 to cafe\u0301s \u2764\uFE0F"))
        .containsExactly("don't", "go", "to", "caf\u00E9s");
    List<String> marked =
        Tokenizer.WORDS.tokens("\u0928\u092E\u0938\u094D\u0924\u0947 \u0130stanbul");
    assertThat(marked).containsExactly("\u0928\u092E\u0938\u094D\u0924\u0947", "i\u0307stanbul");
    assertThat(Tokenizer.WORDS.tokens(Tokenizer.WORDS.join(marked))).isEqualTo(marked);
    List<String> characters = Tokenizer.CHARACTERS.tokens("Zoë \uD83D\uDE00");
    assertThat(characters).containsExactly("z", "o", "ë", " ", "\uD83D\uDE00");
    assertThat(Tokenizer.CHARACTERS.tokens(Tokenizer.CHARACTERS.join(characters)))
        .isEqualTo(characters);
  }

  @Test
  void theMostFrequentTokensGetTheFirstNumbers() {
    List<List<String>> texts = List.of(List.of("b", "c", "b"), List.of("a", "c", "b", "d"));
    Vocabulary all = Vocabulary.of(texts, 10, 1);
    assertThat(all.tokens()).containsExactly("b", "c", "a", "d");
    assertThat(Vocabulary.of(texts, 10, 2).tokens()).containsExactly("b", "c");
    assertThat(Vocabulary.of(texts, 1, 1).encode(List.of(List.of("a", "b"))).getFirst())
        .containsExactly(Vocabulary.UNKNOWN, 2);
  }

  @Test
  void batchesHoldEachTextOnceBesideOthersOfItsLength() {
    SplittableRandom random = new SplittableRandom(3);
    PaddedTexts texts = texts(1000, 200, random);
    List<int[]> batches = texts.shuffled(16, 5, 0);
    assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
        .isEqualTo(IntStream.range(0, 1000).toArray());
    assertThat(texts.shuffled(16, 5, 0).getFirst()).isEqualTo(batches.getFirst());
    assertThat(texts.shuffled(16, 5, 1).getFirst()).isNotEqualTo(batches.getFirst());
    long used = 0;
    long room = 0;
    for (int[] rows : batches) {
      Padded batch = texts.pad(rows, 1);
      used += IntStream.of(batch.lengths()).sum();
      room += batch.ids().length;
    }
    assertThat((double) used / room).isGreaterThan(0.95);
    for (int huge : new int[] {50_000_000, Integer.MAX_VALUE}) {
      assertThat(texts.shuffled(huge, 5, 0))
          .singleElement()
          .extracting(r -> r.length)
          .isEqualTo(1000);
      assertThat(new TextBatches(texts, huge, 1, null).batches(0)).isOne();
    }
  }

  @Test
  void whatIsLeftOutIsUnknownAndPaddingStays() {
    PaddedTexts texts = texts(64, 50, new SplittableRandom(3));
    Padded whole = texts.pad(IntStream.range(0, 64).toArray(), 1);
    Padded some = whole.without(0.25, new SplittableRandom(1));
    int lost = 0;
    int tokens = 0;
    for (int i = 0; i < whole.ids().length; i++) {
      boolean padding = whole.ids()[i] == Vocabulary.PADDING;
      assertThat(some.ids()[i])
          .isIn(whole.ids()[i], padding ? Vocabulary.PADDING : Vocabulary.UNKNOWN);
      tokens += padding ? 0 : 1;
      lost += some.ids()[i] != whole.ids()[i] ? 1 : 0;
    }
    assertThat((double) lost / tokens).isCloseTo(0.25, within(0.05));
  }

  @ParameterizedTest
  @ValueSource(strings = {"textcnn", "textrnn"})
  void longerTextsBesideOneDoNotChangeWhatIsSaidOfIt(String name) {
    TextClassifier model = name.equals("textcnn") ? new TextCnn() : new TextRnn();
    List<int[]> all =
        new ArrayList<>(List.of(new int[] {4}, new int[] {2, 3}, new int[] {5, 6, 7, 8}));
    all.add(IntStream.range(0, 40).map(i -> 2 + i % 7).toArray());
    PaddedTexts texts = new PaddedTexts(all, new int[4]);
    try (Device device = Device.cpu()) {
      TextNetwork network = model.network(new TextNetwork.Size(9, 5, 3, 0.5), model.shape());
      network.init(device, 7);
      network.eval();
      float[] together =
          scores(device, network, texts.pad(new int[] {0, 1, 2, 3}, network.least()));
      for (int i = 0; i < 4; i++) {
        float[] alone = scores(device, network, texts.pad(new int[] {i}, network.least()));
        assertThat(Arrays.copyOfRange(together, 3 * i, 3 * i + 3))
            .containsExactly(alone, within(ROUNDING));
      }
    }
  }

  @Test
  void dataSetsThatAreNotHereAreSaidToBeMissing(@TempDir Path empty) {
    for (LabelledTextDataSet set : List.of(new Imdb(), new SpamAssassin())) {
      DataHome home = DataHome.of(empty).offline();
      if (set.location(home).isEmpty()) { // it may be in this user's cache
        assertThatThrownBy(() -> set.texts(home))
            .isInstanceOf(DataException.class)
            .hasMessageContaining(".tgz is not on this machine")
            .hasMessageContaining(empty.toString())
            .hasMessageContaining("https://registry.npmjs.org/");
      }
    }
  }

  @Test
  void whatComesAlongIsWhatItIsSaidToBe() {
    LabelledTexts names = new Names().texts(DataHome.standard());
    assertThat(names.size()).isEqualTo(8003);
    assertThat(names.classes()).containsExactly("female", "male");
    assertThat(names.texts()).contains("Zoe", "Aaron").doesNotContain("Robin");
    assertThat(new Negations().texts(DataHome.standard()).texts())
        .allSatisfy(t -> assertThat(Tokenizer.WORDS.tokens(t)).contains("good", "bad", "not"));
  }

  @Test
  void aClassThatIsLeftOutOfAPartIsSaid() {
    RowSplit split = RowSplit.of(100, 1, 0.2, 0.1);
    assertThat(split(split.train()).untested()).containsExactly("small");
    assertThatThrownBy(() -> split(split.test()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no text of class 'small' is left to learn from");
  }

  /** Splits 100 texts, of which those of some rows are a class of their own. */
  private static TextData split(int[] rows) {
    List<LabelledTexts.Text> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int row = i;
      boolean small = IntStream.of(rows).limit(5).anyMatch(r -> r == row);
      all.add(new LabelledTexts.Text("text " + i, small ? "small" : "large"));
    }
    return TextData.of(LabelledTexts.of("texts", all), Tokenizer.WORDS, 100, 10);
  }

  private static float[] scores(Device device, TextNetwork network, Padded batch) {
    try (Step step = device.inference()) {
      return network.forward(TextBatches.of(step, 0, batch)).toFloatArray();
    }
  }

  private static PaddedTexts texts(int count, int longest, SplittableRandom random) {
    List<int[]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(random.ints(1 + random.nextInt(longest), 2, 100).toArray());
    }
    return new PaddedTexts(texts, new int[count]);
  }
}
