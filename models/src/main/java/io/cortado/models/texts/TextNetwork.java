package io.cortado.models.texts;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.Module;

/** Says of each text of a batch how much speaks for each class. */
abstract class TextNetwork extends Module {

  /**
   * What all such networks need to know.
   *
   * @param tokens how many numbers a vocabulary has
   * @param embedding numbers for a token
   * @param classes how many there are
   * @param dropout of what goes into the head
   */
  record Size(int tokens, int embedding, int classes, double dropout) {}

  /** Returns the scores {@code [texts, classes]} of a batch as {@link TextBatches} makes it. */
  abstract Tensor forward(Batch batch);

  /**
   * Adds what {@link #forward} does to a graph.
   *
   * @return the scores
   */
  abstract String export(TextExport.Texts texts);

  /** Returns how long a batch's texts have to be at least. */
  int least() {
    return 1;
  }
}
