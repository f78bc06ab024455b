package io.cortado.models.texts;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.data.PaddedTexts.Padded;
import io.cortado.nn.Module;

/** Says of each text of a batch how much speaks for each class. */
abstract class TextNetwork extends Module {

  /** Returns the scores {@code [texts, classes]}. */
  abstract Tensor forward(Step step, Padded batch);

  /** Returns how long a batch's texts have to be at least. */
  int least() {
    return 1;
  }
}
