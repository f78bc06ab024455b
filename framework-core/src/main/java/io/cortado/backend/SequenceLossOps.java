package io.cortado.backend;

import io.cortado.backend.spec.CtcSpec;
import org.jspecify.annotations.Nullable;

/** Losses between sequences of different lengths. */
public interface SequenceLossOps {

  /**
   * Computes each sequence's connectionist temporal classification loss, and its gradient.
   *
   * <p>The loss is {@code -ln p(target)}, p being the sum over all paths of one class for each step
   * that become the target where repeats are merged and blanks are dropped. With p's share {@code
   * w[t, c]} of the paths that have class c at step t, the gradient is {@code e^x[t, c] - w[t, c]}:
   * that with respect to x, or to what x is the log-softmax of, the same.
   *
   * <p>No label of a target is the blank; lengths are at most {@code steps} and {@code maxTarget}.
   * What lies behind them is not read.
   *
   * @param x log-probabilities, {@code [steps, batch, classes]}
   * @param targets int32, {@code [batch, maxTarget]}
   * @param inputLengths int32, {@code [batch]}
   * @param targetLengths int32, {@code [batch]}
   * @param losses {@code [batch]}
   * @param gradient of x's shape, 0 behind a sequence's length; null if not wanted
   * @see <a href="https://www.cs.toronto.edu/~graves/icml_2006.pdf">Graves et al., Connectionist
   *     temporal classification, 2006</a>
   */
  void ctcLoss(
      CtcSpec spec,
      Buffer x,
      Buffer targets,
      Buffer inputLengths,
      Buffer targetLengths,
      Buffer losses,
      @Nullable Buffer gradient);
}
