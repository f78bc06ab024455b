package io.cortado.models.characters;

import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import io.cortado.train.Forward;
import io.cortado.train.Resumable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets each step of a network go on from the state that the step before left, the first of an epoch
 * or of a validation from nothing: truncated backpropagation through time.
 *
 * <p>What is carried is part of a checkpoint. Training and validation each have a state of their
 * own, so that one does not disturb the other.
 */
final class CarriedState implements Forward, Resumable, AutoCloseable {

  /**
   * Two states, of which a step reads one and writes the other: the way back still needs what it
   * read.
   */
  private record Pair(RNNState even, RNNState odd) {
    RNNState of(int step) {
      return step % 2 == 0 ? even : odd;
    }
  }

  private final CharNetwork network;
  private final Scope scope;
  private final Pair learning;
  private final Pair checking;

  /**
   * Makes the states.
   *
   * @param train how many streams are read side by side in training
   * @param validation and in validation
   */
  CarriedState(CharNetwork network, int train, int validation) {
    this.network = network;
    scope = network.device().scope();
    learning = new Pair(network.state(scope, train), network.state(scope, train));
    checking = new Pair(network.state(scope, validation), network.state(scope, validation));
  }

  /** Returns the scores of what comes after each character of a part. */
  @Override
  public Tensor forward(Batch batch) {
    Pair pair = network.isTraining() ? learning : checking;
    int part = batch.index();
    RNNOutput out = network.forward(batch.inputs(), part == 0 ? null : pair.of(part));
    out.state().copyTo(pair.of(part + 1));
    return out.output();
  }

  @Override
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    put(all, "even", learning.even);
    put(all, "odd", learning.odd);
    return all;
  }

  private static void put(Map<String, Tensor> all, String name, RNNState state) {
    all.put(name + ".h", state.h());
    @Nullable Tensor c = state.c();
    if (c != null) {
      all.put(name + ".c", c);
    }
  }

  @Override
  public Map<String, String> state() {
    return Map.of(); // the tensors are all
  }

  @Override
  public void restore(Map<String, String> state) {
    // They are set already.
  }

  @Override
  public void close() {
    scope.close();
  }
}
