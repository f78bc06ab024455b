package io.cortado.models.texts;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.nn.Conv1d;
import io.cortado.nn.Dropout;
import io.cortado.nn.Embedding;
import io.cortado.nn.Linear;
import io.cortado.nn.init.Initializers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Word vectors, filters of several widths, the largest value of each, and a head. */
final class CnnNetwork extends TextNetwork {

  /** Kim's bound of the first word vectors. */
  private static final double BOUND = 0.25;

  /** Added where a text has ended, so that the largest value is never there. */
  private static final float NOWHERE = -1e9f;

  private final List<Integer> widths;
  private final Embedding embedding;
  private final List<Conv1d> filters;
  private final Dropout dropout;
  private final Linear hidden;
  private final Linear scores;

  CnnNetwork(Size size, List<Integer> widths, int count, int units) {
    this.widths = widths;
    int width = size.embedding();
    embedding = child("embedding", new Embedding(size.tokens(), width));
    embedding.weightInit(Initializers.uniform(-BOUND, BOUND));
    filters = widths.stream().map(w -> child("filters" + w, new Conv1d(width, count, w))).toList();
    dropout = child("dropout", new Dropout(size.dropout()));
    hidden = child("hidden", new Linear(widths.size() * count, units));
    scores = child("scores", new Linear(units, size.classes()));
  }

  @Override
  Tensor forward(Batch batch) {
    List<Tensor> maps = maps(batch);
    Tensor[] largest = maps.stream().map(m -> m.amax(new int[] {2}, false)).toArray(Tensor[]::new);
    Tensor found = Tensor.concat(1, largest).relu(); // as if each map had gone through relu
    Tensor h = hidden.forward(dropout.forward(found)).relu();
    return scores.forward(dropout.forward(h));
  }

  /**
   * Returns for each width what the filters say at each place of each text, {@code [texts, filters,
   * places]}, far below 0 where a text has ended.
   */
  List<Tensor> maps(Batch batch) {
    Tensor words = embedding.forward(batch.inputs()).transpose(1, 2);
    int[] lengths = batch.get(TextBatches.LENGTHS).toIntArray();
    Step step = words.device().currentStep("maps");
    return IntStream.range(0, widths.size())
        .mapToObj(i -> {
          Tensor map = filters.get(i).forward(words);
          return map.add(
              step.tensor(mask(lengths, map.dim(2), widths.get(i)), batch.size(), 1, map.dim(2)));
        })
        .toList();
  }

  /** Returns 0 for each place whose words are all of the text, and for its first place. */
  private static float[] mask(int[] lengths, int places, int width) {
    float[] mask = new float[lengths.length * places];
    for (int i = 0; i < lengths.length; i++) {
      int valid = Math.max(1, lengths[i] - width + 1);
      Arrays.fill(mask, i * places + valid, (i + 1) * places, NOWHERE);
    }
    return mask;
  }

  /** A place is all of a text if its last token is; the first place always counts. */
  @Override
  String export(TextExport.Texts texts) {
    LayerExport layers = texts.layers();
    String words = layers.gather("embedding", embedding, texts.ids());
    String columns = texts.add(Node.of("Transpose").with("perm", 0, 2, 1), words);
    String axis = texts.integers(1);
    String end = texts.integers(Integer.MAX_VALUE);
    String first = texts.add("Slice", texts.there(), texts.integers(0), texts.integers(1), axis);
    String always = texts.add("Clip", first, texts.number(1));
    List<String> largest = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      String map = layers.conv("filters" + widths.get(i), filters.get(i), columns);
      String others = texts.add("Slice", texts.there(), texts.integers(widths.get(i)), end, axis);
      String there = texts.add(Node.of("Concat").with("axis", 1L), always, others);
      String missing = texts.add("Sub", texts.number(1), there);
      String far = texts.add("Mul", missing, texts.number(NOWHERE));
      String masked = texts.add("Add", map, texts.add("Unsqueeze", far, axis));
      Node max = Node.of("ReduceMax").with("axes", new int[] {2}).with("keepdims", 0L);
      largest.add(texts.add(max, masked));
    }
    Node concat = Node.of("Concat").with("axis", 1L);
    String found = texts.add("Relu", texts.add(concat, largest.toArray(String[]::new)));
    String h = texts.add("Relu", layers.linear("hidden", hidden, found, 2));
    return layers.linear("scores", scores, h, 2);
  }

  @Override
  int least() {
    return Collections.max(widths);
  }

  List<Integer> widths() {
    return widths;
  }
}
