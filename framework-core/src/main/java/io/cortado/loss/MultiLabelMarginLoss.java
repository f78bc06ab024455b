package io.cortado.loss;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Indexing;
import io.cortado.backend.spec.Reduction;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.Arrays;

/**
 * The hinge loss of samples with several labels: the sum over all labels t and all classes i that
 * are none of {@code max(0, 1 - x[t] + x[i]) / C}.
 *
 * <p>Inputs are {@code [C]} or {@code [N, C]}, targets int32 of the same shape: the labels of a
 * sample, and -1 behind the last; what comes after the first -1 does not count, and a label that is
 * there twice counts twice, as in PyTorch. The loss is {@code []} or {@code [N]} without a
 * reduction. Labels are looked at on the host in each step.
 *
 * <p>For ranking the labels of a sample above all else. Not where it has to be decided for each
 * label whether it holds: {@link BCEWithLogitsLoss}. Time and memory are the number of classes
 * times the largest number of labels of a sample.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html">torch.nn.MultiLabelMarginLoss</a>
 */
public final class MultiLabelMarginLoss implements Loss {

  /** Of the labels' x, all x, 1 where there is a label, 1 where a class is none. */
  private static final Pointwise FUNCTION =
      Pointwise.of(
          "multiLabelMargin",
          4,
          in -> {
            Expr behind = in.get(1).sub(in.get(0)).add(1).relu();
            return in.get(2).mul(in.get(3)).where(behind, Expr.of(0));
          });

  private Reduction reduction = Reduction.MEAN;

  /** Sets what is done with the samples' losses; at first the mean. */
  public MultiLabelMarginLoss reduction(Reduction r) {
    reduction = r;
    return this;
  }

  /**
   * Computes the loss.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or a label is not a class
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Shape s = input.shape();
    if (s.rank() < 1
        || s.rank() > 2
        || target.dtype() != DType.INT32
        || !target.shape().equals(s)) {
      throw new IllegalArgumentException(
          "multiLabelMargin: an input of shape %s and a target of type %s and shape %s; an input [C] or [N, C] and an int32 target of its shape are needed"
              .formatted(s, target.dtype(), target.shape()));
    }
    int classes = s.dim(s.rank() - 1);
    int n = s.rank() == 1 ? 1 : s.dim(0);
    Labels labels = Labels.of(target.toIntArray(), n, classes);
    Device device = input.device();
    int most = labels.most();
    Tensor x = input.reshape(n, classes);
    Tensor picked = Indexing.gather(x, 1, device.tensor(labels.indices(), n, most));
    Tensor losses =
        FUNCTION
            .apply(
                picked.reshape(n, most, 1),
                x.reshape(n, 1, classes),
                device.tensor(labels.valid(), n, most, 1),
                device.tensor(labels.others(), n, 1, classes))
            .reshape(n, most * classes)
            .sum(-1, false)
            .div(Math.max(1, classes));
    return Reduced.apply(s.rank() == 1 ? losses.reshape() : losses, reduction);
  }

  /**
   * What the labels of all samples are.
   *
   * @param most the largest number of labels of a sample, at least 1
   * @param indices that many for each sample, 0 where it has fewer
   * @param valid 1 for each of these that is a label
   * @param others 1 for each class of each sample that is none of its labels
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Labels(int most, int[] indices, float[] valid, float[] others) {

    static Labels of(int[] target, int n, int classes) {
      int[] counts = new int[n];
      float[] others = new float[target.length];
      Arrays.fill(others, 1);
      int most = 1;
      for (int i = 0; i < n; i++) {
        int from = i * classes;
        while (counts[i] < classes && target[from + counts[i]] != -1) {
          int label = target[from + counts[i]];
          if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                "multiLabelMargin: label %d of sample %d is not in 0 to %d; renumber the labels, and end them by -1"
                    .formatted(label, i, classes - 1));
          }
          others[from + label] = 0;
          counts[i]++;
        }
        most = Math.max(most, counts[i]);
      }
      int[] indices = new int[n * most];
      float[] valid = new float[n * most];
      for (int i = 0; i < n; i++) {
        System.arraycopy(target, i * classes, indices, i * most, counts[i]);
        Arrays.fill(valid, i * most, i * most + counts[i], 1);
      }
      return new Labels(most, indices, valid, others);
    }
  }
}
