package io.cortado.loss;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.SequenceLosses;
import io.cortado.backend.spec.Reduction;

/**
 * Connectionist temporal classification: {@code -ln} of the probability that a path over all steps
 * becomes the target where repeats are merged and blanks are dropped.
 *
 * <p>Inputs are log-probabilities {@code [T, N, C]} or {@code [T, C]}, out of {@code logSoftmax}
 * over the classes; targets are int32, {@code [N, S]} with padding behind each target's length, or
 * all targets one behind the other, {@code [sum of the target lengths]}. The loss without a
 * reduction is {@code [N]} or {@code []}. The mean is that of each loss divided by its target's
 * length, or by 1 where that is 0.
 *
 * <p>For sequences whose labels have no places, such as speech and handwriting, where the model
 * says something for each frame and is longer than the text. Not where input and target have the
 * same length: {@link CrossEntropyLoss}. A target with repeats needs a blank between them; where
 * the input is too short for that the loss is infinite and the gradient NaN, and both are 0 with
 * {@link #zeroInfinity}.
 *
 * <p>The gradient is PyTorch's, that of the numbers before {@code logSoftmax}; with respect to
 * log-probabilities that do not come out of one it is off by {@code e^x}.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html">torch.nn.CTCLoss</a>
 */
public final class CTCLoss {

  private int blank;
  private Reduction reduction = Reduction.MEAN;
  private boolean zeroInfinity;

  /** Sets the class that stands for no label; at first 0. */
  public CTCLoss blank(int label) {
    blank = label;
    return this;
  }

  /** Sets what is done with the sequences' losses; at first the mean. */
  public CTCLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /** Says whether infinite losses and their gradients are 0; at first they are not. */
  public CTCLoss zeroInfinity(boolean zero) {
    zeroInfinity = zero;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @param inputLengths int32 {@code [N]}, how many steps of each sequence count
   * @param targetLengths int32 {@code [N]}, how many labels each target has
   * @throws IllegalArgumentException if shapes or types do not fit, a length is out of range, or a
   *     label is no class or the blank
   */
  public Tensor forward(
      Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
    return forward(
        logProbs,
        targets,
        ints("input lengths", inputLengths),
        ints("target lengths", targetLengths));
  }

  private static int[] ints(String what, Tensor x) {
    if (x.dtype() != DType.INT32) {
      throw new IllegalArgumentException(
          "ctc: %s of type %s; int32 is needed".formatted(what, x.dtype()));
    }
    return x.toIntArray();
  }

  /**
   * Computes the loss.
   *
   * @param inputLengths how many steps of each sequence count
   * @param targetLengths how many labels each target has
   * @throws IllegalArgumentException if shapes or types do not fit, a length is out of range, or a
   *     label is no class or the blank
   */
  public Tensor forward(Tensor logProbs, Tensor targets, int[] inputLengths, int[] targetLengths) {
    Shape s = logProbs.shape();
    if (s.rank() < 2 || s.rank() > 3) {
      throw new IllegalArgumentException(
          "ctc: log-probabilities of shape " + s + "; [T, N, C] or [T, C] is needed");
    }
    boolean single = s.rank() == 2;
    Tensor x = single ? logProbs.reshape(s.dim(0), 1, s.dim(1)) : logProbs;
    CtcTargets prepared = CtcTargets.of(targets, x.shape(), blank, inputLengths, targetLengths);
    Tensor losses =
        SequenceLosses.ctc(
            x,
            prepared.labels(),
            prepared.inputLengths(),
            prepared.targetLengths(),
            blank,
            zeroInfinity);
    if (reduction == Reduction.MEAN) {
      float[] shares = new float[targetLengths.length];
      for (int n = 0; n < shares.length; n++) {
        shares[n] = 1f / Math.max(1, targetLengths[n]);
      }
      losses = losses.mul(x.device().tensor(shares, shares.length));
    }
    return single && reduction == Reduction.NONE
        ? losses.reshape()
        : Reduced.apply(losses, reduction);
  }
}
