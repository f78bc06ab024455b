package io.cortado.models.characters;

import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import io.cortado.train.Callback;
import io.cortado.train.Forward;
import io.cortado.train.Resumable;
import io.cortado.train.TrainingContext;
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
final class CarriedState implements Callback, Forward, Resumable, AutoCloseable {

  private final CharNetwork network;
  private final Scope scope;
  private final RNNState learning;
  private final RNNState checking;

  /**
   * Makes the states.
   *
   * @param train how many streams are read side by side in training
   * @param validation and in validation
   */
  CarriedState(CharNetwork network, int train, int validation) {
    this.network = network;
    scope = network.device().scope();
    learning = network.state(scope, train);
    checking = network.state(scope, validation);
  }

  /** Forgets what an epoch before has left; one that is resumed in its midst goes on. */
  @Override
  public void onEpochBegin(TrainingContext training) {
    if (training.step() == 0) {
      learning.zero();
    }
  }

  /**
   * Returns the scores of what comes after each character of a part.
   *
   * <p>The step reads a copy of the state, which the way back still needs when the state itself is
   * that after the step. All of it is done on the device, so that a recorded step does it, too.
   */
  @Override
  public Tensor forward(Batch batch) {
    RNNState carried = network.isTraining() ? learning : checking;
    if (!network.isTraining() && batch.index() == 0) {
      carried.zero();
    }
    RNNState before = carried.keep(network.device().currentStep("carried state"));
    RNNOutput out = network.forward(batch.inputs(), before);
    out.state().copyTo(carried);
    return out.output();
  }

  @Override
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("h", learning.h());
    @Nullable Tensor c = learning.c();
    if (c != null) {
      all.put("c", c);
    }
    return all;
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
