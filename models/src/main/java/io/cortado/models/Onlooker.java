package io.cortado.models;

import io.cortado.Shape;
import io.cortado.models.pictures.MisreadPicture.Misread;
import io.cortado.nn.Summary;
import io.cortado.train.Callback;
import io.cortado.train.Trainer;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Somebody who watches a run, as the page in the browser does, and TensorBoard's files.
 *
 * <p>What is watched must not change the run: its results are the same bits.
 */
public interface Onlooker {

  /** Nobody watches. */
  Onlooker NOBODY = all(List.of());

  /** Returns some onlookers as one. */
  static Onlooker all(List<Onlooker> onlookers) {
    List<Onlooker> each = List.copyOf(onlookers);
    return new Onlooker() {
      @Override
      public void network(Summary layers, Shape input) {
        each.forEach(o -> o.network(layers, input));
      }

      @Override
      public void misread(Supplier<List<Misread>> some) {
        each.forEach(o -> o.misread(some));
      }

      @Override
      public List<Callback> join(Joined to) {
        return each.stream().flatMap(o -> o.join(to).stream()).toList();
      }
    };
  }

  /**
   * What is joined.
   *
   * @param unit what a sample is called, {@code "images"} for example
   * @param part which of the run's trainings it is; empty for the only one
   * @param saves whether the trainer makes checkpoints
   * @param stopping says whether the run has been asked to stop
   */
  record Joined(
      Trainer trainer, String unit, String part, boolean saves, BooleanSupplier stopping) {}

  /** Is told what is trained, and the shape of one input without the samples' dimension. */
  void network(Summary layers, Shape input);

  /**
   * Is told how to get some pictures that the model misreads now; to be asked after an epoch, on
   * the training's thread.
   */
  void misread(Supplier<List<Misread>> some);

  /** Returns what a trainer tells how it goes. */
  List<Callback> join(Joined to);
}
