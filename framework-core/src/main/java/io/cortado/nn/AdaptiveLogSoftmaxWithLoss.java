package io.cortado.nn;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Indexing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The loss of very many classes, of which a few are frequent: those are outputs of a head, the
 * others of clusters that are computed for the samples that need them.
 *
 * <pre>
 *   log p(c) = head(x)[c]                              for c below the first cutoff
 *   log p(c) = head(x)[cluster] + tail(x)[c - cutoff]  for others
 * </pre>
 *
 * <p>Each of head and tail is a logarithm of a softmax. Classes have to be in the order of how
 * frequent they are, the most frequent first. The head is {@code head.weight} {@code [first cutoff
 * + clusters, in]}; cluster i has {@code tail.i.0.weight} {@code [in / divValue^(i + 1), in]} and
 * {@code tail.i.1.weight} {@code [classes of the cluster, in / divValue^(i + 1)]}.
 *
 * <p>Which samples are in which cluster is read from the labels: this waits for the device, and a
 * step with it can't be recorded.
 *
 * @see <a href="https://arxiv.org/abs/1609.04309">Grave et al., Efficient softmax approximation for
 *     GPUs (2017)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html">torch.nn.AdaptiveLogSoftmaxWithLoss</a>
 */
public final class AdaptiveLogSoftmaxWithLoss extends Module {

  private static final String NAME = "adaptiveLogSoftmaxWithLoss";

  private final int inFeatures;
  private final int[] ends; // of the head's classes, then of each cluster's
  private final Linear head;
  private final ModuleList<Sequential> tail;

  /**
   * The logarithms of the labels' probabilities, and the loss.
   *
   * @param output {@code [N]}, or a number for a single sample
   * @param loss minus the mean of the output
   */
  public record Result(Tensor output, Tensor loss) {}

  /** Makes a layer with PyTorch's defaults: a divValue of 4, and no bias. */
  public AdaptiveLogSoftmaxWithLoss(int inFeatures, int nClasses, int... cutoffs) {
    this(inFeatures, nClasses, cutoffs, 4, false);
  }

  /**
   * Makes a layer.
   *
   * @param inFeatures features of a sample
   * @param nClasses how many classes
   * @param cutoffs the first class of each cluster, rising
   * @param divValue by how much each cluster has fewer features than that before it
   * @param headBias whether the head has a bias
   * @throws IllegalArgumentException if cutoffs do not rise from 1 to {@code nClasses - 1}, or a
   *     cluster would have no feature
   */
  public AdaptiveLogSoftmaxWithLoss(
      int inFeatures, int nClasses, int[] cutoffs, double divValue, boolean headBias) {
    this.inFeatures = inFeatures;
    ends = Arrays.copyOf(cutoffs, cutoffs.length + 1);
    ends[cutoffs.length] = nClasses;
    check(cutoffs);
    int clusters = cutoffs.length;
    head = child("head", new Linear(inFeatures, ends[0] + clusters, headBias));
    tail = child("tail", new ModuleList<>());
    for (int i = 0; i < clusters; i++) {
      int features = (int) Math.floor(inFeatures / Math.pow(divValue, i + 1));
      if (features < 1) {
        throw new IllegalArgumentException(
            "%s: cluster %d would have %d / %s^%d = 0 features; take a smaller divValue or fewer cutoffs"
                .formatted(NAME, i, inFeatures, divValue, i + 1));
      }
      tail.append(
          new Sequential(
              new Linear(inFeatures, features, false),
              new Linear(features, ends[i + 1] - ends[i], false)));
    }
  }

  private void check(int[] cutoffs) {
    boolean rising = cutoffs.length > 0 && cutoffs[0] > 0;
    for (int i = 0; i + 1 < ends.length; i++) {
      rising &= ends[i] < ends[i + 1];
    }
    if (!rising) {
      throw new IllegalArgumentException(
          "%s: cutoffs %s of %d classes; there has to be one at least, and they have to rise from 1 to %d"
              .formatted(
                  NAME, Arrays.toString(cutoffs), ends[cutoffs.length], ends[cutoffs.length] - 1));
    }
  }

  /**
   * Computes the logarithm of each label's probability, and the loss.
   *
   * @param input {@code [N, in]}, or {@code [in]} for a single sample
   * @param target int32 {@code [N]}, or a number
   * @throws IllegalArgumentException if shapes do not fit, or a label is not in 0 to {@code
   *     nClasses - 1}
   */
  public Result forward(Tensor input, Tensor target) {
    checkInput(input);
    if (target.shape().rank() != input.shape().rank() - 1
        || target.size() != input.size() / inFeatures) {
      throw new IllegalArgumentException(
          "%s: target %s for input %s; one label for each sample is needed"
              .formatted(NAME, target.shape(), input.shape()));
    }
    int[] labels = target.toIntArray();
    Tensor x = input.reshape(labels.length, inFeatures);
    Tensor output = logProbabilities(x, labels);
    return new Result(output.reshape(target.shape().toArray()), output.mean().neg());
  }

  private void checkInput(Tensor input) {
    int rank = input.shape().rank();
    if (rank < 1 || rank > 2 || input.dim(rank - 1) != inFeatures) {
      throw new IllegalArgumentException(
          "%s: input %s; [N, %d] or [%d] is needed"
              .formatted(NAME, input.shape(), inFeatures, inFeatures));
    }
  }

  /** Returns the part that a class is in: 0 for the head. */
  private int part(int label) {
    int part = 0;
    while (part < ends.length && label >= ends[part]) {
      part++;
    }
    if (label < 0 || part == ends.length) {
      throw new IllegalArgumentException(
          "%s: label %d is not in 0 to %d".formatted(NAME, label, ends[ends.length - 1] - 1));
    }
    return part;
  }

  private Tensor logProbabilities(Tensor x, int[] labels) {
    Step step = x.device().currentStep(NAME);
    int[] columns = new int[labels.length];
    List<List<Integer>> members = new ArrayList<>();
    for (int i = 0; i < ends.length; i++) {
      members.add(new ArrayList<>());
    }
    for (int i = 0; i < labels.length; i++) {
      int part = part(labels[i]);
      members.get(part).add(i);
      columns[i] = part == 0 ? labels[i] : ends[0] + part - 1;
    }
    Tensor output = picked(step, head.forward(x), columns);
    for (int part = 1; part < ends.length; part++) {
      int[] rows = members.get(part).stream().mapToInt(i -> i).toArray();
      if (rows.length > 0) {
        int from = ends[part - 1];
        int[] own = Arrays.stream(rows).map(row -> labels[row] - from).toArray();
        Tensor numbers = step.tensor(rows, rows.length);
        Tensor scores = tail.get(part - 1).forward(x.indexSelect(0, numbers));
        output = Indexing.indexAdd(output, 0, numbers, picked(step, scores, own));
      }
    }
    return output;
  }

  private static Tensor picked(Step step, Tensor scores, int[] columns) {
    int n = columns.length;
    return scores.logSoftmax(1).gather(1, step.tensor(columns, n, 1)).reshape(n);
  }

  /**
   * Returns the logarithms of all probabilities.
   *
   * @param input {@code [N, in]}
   * @return {@code [N, nClasses]}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public Tensor logProb(Tensor input) {
    checkInput(input);
    Tensor x = input.reshape(Math.toIntExact(input.size() / inFeatures), inFeatures);
    Tensor first = head.forward(x).logSoftmax(1);
    Tensor[] parts = new Tensor[ends.length];
    parts[0] = first.slice(1, 0, ends[0]);
    for (int i = 0; i < tail.size(); i++) {
      Tensor cluster = first.slice(1, ends[0] + i, ends[0] + i + 1);
      parts[i + 1] = tail.get(i).forward(x).logSoftmax(1).add(cluster);
    }
    return Tensor.concat(1, parts);
  }

  /**
   * Returns the most probable class of each sample, int32 {@code [N]}.
   *
   * @param input {@code [N, in]}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public Tensor predict(Tensor input) {
    return logProb(input).argmax(1);
  }

  @Override
  public String toString() {
    return "AdaptiveLogSoftmaxWithLoss(%d, %s)".formatted(inFeatures, Arrays.toString(ends));
  }
}
