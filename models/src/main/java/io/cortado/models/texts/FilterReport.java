package io.cortado.models.texts;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.Run;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Lists for each filter of {@link TextCnn} the words in a row that it answers to most, in the
 * validation texts.
 *
 * <p>Filters that tell the classes apart most come first: by how far apart the means of their
 * largest values are for the class where it is largest and for that where it is smallest, in
 * standard deviations.
 */
record FilterReport(Run run, TextData data) {

  private static final int BATCH = 64;
  private static final int MOST_TEXTS = 3000;
  private static final int NGRAMS = 5;
  private static final int SHOWN = 8;

  /** What a filter says of a text at its best place. */
  private record Hit(float value, String words, int label) {}

  /** A filter, the class that it speaks for, and what it answers to. */
  private record Filter(int width, String label, double contrast, List<String> ngrams) {
    @Override
    public String toString() {
      return "%-12s %.2f  %s".formatted(label, contrast, String.join(" | ", ngrams));
    }
  }

  void write(CnnNetwork network) throws IOException {
    List<List<Hit>> hits = hits(network);
    int filters = hits.size() / network.widths().size();
    List<Filter> all =
        IntStream.range(0, hits.size())
            .mapToObj(f -> filter(network.widths().get(f / filters), hits.get(f)))
            .sorted(Comparator.comparingDouble(f -> -f.contrast))
            .toList();
    Path file = run.file("ngrams.txt");
    Files.write(file, all.stream().map(Filter::toString).toList());
    run.say(
        "%nthe filters that tell most: for which class, by how many deviations, by which words");
    all.stream().limit(SHOWN).forEach(f -> run.say("  %s", f));
    run.saved(file, "what each filter answers to");
  }

  /** Returns what each filter says of each text. */
  private List<List<Hit>> hits(CnnNetwork network) {
    PaddedTexts texts = data.validation();
    List<List<Hit>> hits = new ArrayList<>();
    network.eval();
    int[] some = IntStream.range(0, Math.min(MOST_TEXTS, texts.size())).toArray();
    for (int from = 0; from < some.length; from += BATCH) {
      int[] rows = Arrays.copyOfRange(some, from, Math.min(some.length, from + BATCH));
      Padded batch = texts.pad(rows, network.least());
      try (Step step = run.device().inference()) {
        List<Tensor> maps = network.maps(TextBatches.of(step, 0, batch));
        int filter = 0;
        for (int w = 0; w < maps.size(); w++) {
          Tensor map = maps.get(w);
          float[] values = map.toFloatArray();
          for (int f = 0; f < map.dim(1); f++, filter++) {
            if (hits.size() == filter) {
              hits.add(new ArrayList<>());
            }
            for (int i = 0; i < batch.size(); i++) {
              int start = (i * map.dim(1) + f) * map.dim(2);
              hits.get(filter)
                  .add(best(batch, i, values, start, map.dim(2), network.widths().get(w)));
            }
          }
        }
      }
    }
    return hits;
  }

  private Hit best(Padded batch, int text, float[] values, int start, int places, int width) {
    int best = 0;
    for (int p = 1; p < places; p++) {
      best = values[start + p] > values[start + best] ? p : best;
    }
    List<String> words = new ArrayList<>();
    for (int k = 0; k < width; k++) {
      words.add(data.vocabulary().token(batch.ids()[text * batch.length() + best + k]));
    }
    return new Hit(
        Math.max(0, values[start + best]), String.join(" ", words), batch.labels()[text]);
  }

  private Filter filter(int width, List<Hit> hits) {
    int classes = data.source().classes().size();
    double[] sums = new double[classes];
    int[] counts = new int[classes];
    double squares = 0;
    for (Hit h : hits) {
      sums[h.label] += h.value;
      counts[h.label]++;
      squares += (double) h.value * h.value;
    }
    double mean = Arrays.stream(sums).sum() / hits.size();
    double deviation = Math.sqrt(Math.max(1e-12, squares / hits.size() - mean * mean));
    Integer[] order = IntStream.range(0, classes).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(c -> -sums[c] / Math.max(1, counts[c])));
    int first = order[0];
    int last = order[classes - 1];
    double contrast =
        (sums[first] / Math.max(1, counts[first]) - sums[last] / Math.max(1, counts[last]))
            / deviation;
    Map<String, Float> strongest = new LinkedHashMap<>();
    hits.stream()
        .sorted(Comparator.comparingDouble(h -> -h.value))
        .takeWhile(h -> strongest.size() < NGRAMS)
        .forEach(h -> strongest.putIfAbsent(h.words, h.value));
    List<String> ngrams =
        strongest.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey(), e.getValue()))
            .toList();
    return new Filter(width, data.source().classes().get(first), contrast, ngrams);
  }
}
