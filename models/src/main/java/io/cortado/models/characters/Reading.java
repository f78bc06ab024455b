package io.cortado.models.characters;

import static io.cortado.loss.Losses.crossEntropy;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import io.cortado.optim.Optimizer;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/** Reads a text from its first part to its last, the state carried over. */
final class Reading {

  /** A larger norm of all gradients is scaled down to this. */
  private static final double CLIP = 1;

  private final CharNetwork network;
  private final Streams text;
  private int parts;

  Reading(CharNetwork network, Streams text) {
    this.network = network;
    this.text = text;
  }

  /** Returns how many parts have been read. */
  int parts() {
    return parts;
  }

  /** Returns the mean loss of a character, nothing learnt. */
  double measure() {
    network.eval();
    return read(null, _ -> true);
  }

  /**
   * Learns from each part, and returns the mean loss of a character.
   *
   * @param told each part's loss; says whether there should be another
   */
  double learn(Optimizer optimizer, DoublePredicate told) {
    network.train();
    return read(optimizer, told);
  }

  private double read(@Nullable Optimizer optimizer, DoublePredicate told) {
    Device device = network.device();
    double sum = 0;
    RNNState state = null;
    boolean more = true;
    try (Scope scope = device.scope()) {
      for (int part = 0; part < text.parts() && more; part++) {
        double loss;
        try (Step step = optimizer == null ? device.inference() : device.step()) {
          Tensor x = step.tensor(text.inputs(part), text.length(), text.batch());
          RNNOutput out = network.forward(x, state);
          int[] targets = text.targets(part);
          Tensor value = crossEntropy(out.output(), step.tensor(targets, targets.length));
          if (optimizer != null) {
            value.backward();
            network.store().clipGradNorm(CLIP);
            optimizer.step();
          }
          if (state == null) {
            state = out.state().keep(scope);
          } else {
            out.state().copyTo(state);
          }
          loss = value.item();
        }
        sum += loss;
        parts++;
        more = told.test(loss);
      }
    }
    return sum / parts;
  }
}
