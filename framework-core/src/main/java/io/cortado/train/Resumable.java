package io.cortado.train;

import io.cortado.Tensor;
import java.util.Map;

/** A callback that remembers something that a resumed training needs. */
public interface Resumable extends Callback {

  /**
   * Returns what it remembers, to be kept in a checkpoint; called between two steps, after the
   * other methods. Texts are read back as they are: {@link Double#toString} keeps every bit.
   */
  Map<String, String> state();

  /**
   * Returns the tensors among what it remembers, always the same ones, by names of its own, such as
   * a recurrent state that is carried from step to step; at first none. They are set to what was
   * saved after {@link #restore} was called, and before {@link #onFitBegin}.
   */
  default Map<String, Tensor> tensors() {
    return Map.of();
  }

  /**
   * Goes on from what {@link #state} returned; called before {@link #onFitBegin}, which then must
   * not begin anew.
   *
   * @throws io.cortado.io.FileException if something is missing
   * @throws IllegalArgumentException if something cannot be; a number that is none is told so, too.
   *     Nothing of the training has been changed by then
   */
  void restore(Map<String, String> state);
}
