package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.TensorOperations;
import io.cortado.autograd.Embeddings;
import io.cortado.autograd.Padding;
import io.cortado.nn.init.Initializers;
import io.cortado.pointwise.Pointwise;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sums, means or largest elements of bags of a table's rows.
 *
 * <p>Bags are the rows of an int32 input {@code [B, L]}, or parts of an input {@code [n]} that
 * begin at given offsets; the output is {@code [B, width]}. An empty bag gives 0. The weight is
 * {@code [count, width]}, at first normal with deviation 1.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html">torch.nn.EmbeddingBag</a>
 */
public final class EmbeddingBag extends Module {

  /** What is made of a bag. */
  public enum Mode {
    SUM,
    MEAN,
    MAX
  }

  private static final Pointwise MEAN =
      Pointwise.of("embeddingBag", (sum, count) -> sum.div(count.clampMin(1)));

  private final EmbeddingTable table;
  private Mode mode = Mode.MEAN;
  private boolean includeLastOffset;

  /**
   * Makes a layer of means.
   *
   * @param count rows of the table
   * @param width elements of a row
   * @throws IllegalArgumentException if there are none
   */
  public EmbeddingBag(int count, int width) {
    EmbeddingTable.check("embeddingBag", count, width);
    table =
        new EmbeddingTable(
            "embeddingBag", parameter("weight", Shape.of(count, width), Initializers.normal(0, 1)));
  }

  /** Sets what is made of a bag; at first the mean. */
  public EmbeddingBag mode(Mode m) {
    mode = m;
    return this;
  }

  /** Says whether the last offset is the end of the last bag; at first not. */
  public EmbeddingBag includeLastOffset(boolean included) {
    includeLastOffset = included;
    return this;
  }

  /**
   * Sets the row that stands for nothing: it counts in no bag, starts as 0 and gets no gradient.
   *
   * @param index a row; negative counts from the end
   * @throws IllegalArgumentException if there is no such row
   */
  public EmbeddingBag paddingIdx(int index) {
    table.paddingIdx(index);
    return this;
  }

  /**
   * Sets how long rows may be: each call shortens the rows that it names, in the table itself.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public EmbeddingBag maxNorm(double limit) {
    table.maxNorm(limit);
    return this;
  }

  /** Sets the order of the norm that {@link #maxNorm} limits; at first 2. */
  public EmbeddingBag normType(double p) {
    table.normType(p);
    return this;
  }

  /** Divides each row's gradient by how often it is named in the call; at first not. */
  public EmbeddingBag scaleGradByFreq(boolean scaled) {
    table.scaleGradByFreq(scaled);
    return this;
  }

  /**
   * Makes the gradient one of the rows alone that a step names, at first not: the backward pass
   * does not clear the table, and {@link io.cortado.optim.SGD} without momentum, {@link
   * io.cortado.optim.Adagrad} and {@link io.cortado.optim.SparseAdam} pass over no other rows.
   * Other optimizers refuse it. A step with such a gradient can't be recorded; where the table is
   * tied to another layer's weight, or computed of others, the gradient is one of all rows.
   */
  public EmbeddingBag sparse(boolean listed) {
    table.sparse(listed);
    return this;
  }

  /** Returns the table, {@code [count, width]}. */
  public Parameter weight() {
    return table.weight();
  }

  /** Computes bags that are the rows of the input {@code [B, L]}. */
  public Tensor forward(Tensor input) {
    return forward(input, (Tensor) null);
  }

  /**
   * Computes bags that are the rows of the input {@code [B, L]}.
   *
   * @param perSampleWeights what each looked up row is multiplied with, of the input's shape; for
   *     sums alone. Null for 1
   * @throws IllegalArgumentException if shapes do not fit
   */
  public Tensor forward(Tensor input, @Nullable Tensor perSampleWeights) {
    if (input.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "embeddingBag: input " + input.shape() + "; give [B, L], or [n] with offsets");
    }
    return compute(input, perSampleWeights, new Bags.Rows(input.dim(0), input.dim(1)));
  }

  /**
   * Computes bags that begin at offsets, where these are on the host.
   *
   * @param input {@code [n]}
   * @param offsets where bags begin, from 0 on, not decreasing; with {@link #includeLastOffset} n
   *     comes last
   * @param perSampleWeights what each looked up row is multiplied with, of the input's shape; for
   *     sums alone. Null for 1
   * @throws IllegalArgumentException if shapes do not fit, or offsets decrease
   */
  public Tensor forward(Tensor input, int[] offsets, @Nullable Tensor perSampleWeights) {
    if (input.shape().rank() != 1) {
      throw new IllegalArgumentException(
          "embeddingBag: input " + input.shape() + " with offsets; give [n], or [B, L] without");
    }
    return compute(
        input, perSampleWeights, Bags.Parts.of(input.dim(0), offsets, includeLastOffset));
  }

  /**
   * Computes bags that begin at offsets on the device; waits for it, so that a step with it can't
   * be recorded. See {@link #forward(Tensor, int[], Tensor)}.
   */
  public Tensor forward(Tensor input, Tensor offsets, @Nullable Tensor perSampleWeights) {
    if (offsets.shape().rank() != 1) {
      throw new IllegalArgumentException(
          "embeddingBag: offsets " + offsets.shape() + "; one axis is needed");
    }
    return forward(input, offsets.toIntArray(), perSampleWeights);
  }

  private Tensor compute(Tensor input, @Nullable Tensor weights, Bags bags) {
    checkModes(input, weights);
    int n = Math.toIntExact(input.size());
    Tensor flat = input.reshape(n);
    Tensor rows = table.rows(flat);
    Tensor kept = kept(flat, n);
    if (mode == Mode.MAX) {
      Step step = rows.device().currentStep("embeddingBag");
      Tensor lowest = step.full(Float.NEGATIVE_INFINITY);
      Tensor largest = bags.largest(TensorOperations.where(kept, rows, lowest));
      return TensorOperations.where(bags.sum(kept), largest, step.zeros());
    }
    Tensor counted = table.padding() == Embeddings.NO_PADDING ? rows : rows.mul(kept);
    if (mode == Mode.MEAN) {
      return MEAN.apply(bags.sum(counted), bags.sum(kept));
    }
    return bags.sum(weights == null ? counted : counted.mul(weights.reshape(n, 1)));
  }

  private void checkModes(Tensor input, @Nullable Tensor weights) {
    if (weights != null && mode != Mode.SUM) {
      throw new IllegalArgumentException(
          "embeddingBag: weights of samples are for mode SUM alone, the mode is " + mode);
    }
    if (weights != null && !weights.shape().equals(input.shape())) {
      throw new IllegalArgumentException(
          "embeddingBag: weights %s of samples for input %s; they need its shape"
              .formatted(weights.shape(), input.shape()));
    }
    if (mode == Mode.MAX && table.scaleGradByFreq()) {
      throw new IllegalArgumentException(
          "embeddingBag: gradients can't be scaled by frequencies in mode MAX; use SUM or MEAN");
    }
  }

  /** Returns 1 for each index that counts and 0 for those of the padding row, {@code [n, 1]}. */
  private Tensor kept(Tensor flat, int n) {
    Step step = flat.device().currentStep("embeddingBag");
    int padding = table.padding();
    if (padding == Embeddings.NO_PADDING) {
      return step.ones(n, 1);
    }
    int behind = table.count() - padding - 1;
    Tensor counts = step.zeros(1).pad(Padding.Mode.CONSTANT, 1, padding, behind);
    return counts.indexSelect(0, flat).reshape(n, 1);
  }

  @Override
  public String toString() {
    return "EmbeddingBag(" + table + ", " + mode.name().toLowerCase(Locale.ROOT) + ")";
  }
}
