package io.cortado.nn;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.StepGraph;
import io.cortado.Tensor;
import io.cortado.autograd.Normalization;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.autograd.Normalization.Running;
import io.cortado.backend.RecordingException;
import io.cortado.nn.init.Initializers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalises each channel, then scales and shifts it: {@code y = weight (x - mean) / sqrt(var +
 * eps) + bias}.
 *
 * <p>While training, mean and variance are the batch's, and running ones follow them: {@code
 * running = (1 - momentum) running + momentum * batch}, with the unbiased variance there; in eval
 * mode the running ones are used. Without momentum the running statistics are the mean over all
 * batches; without tracking, the batch's are always used.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Ioffe and Szegedy, Batch Normalization (2015)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html">torch.nn.BatchNorm2d</a>
 */
public final class BatchNorm extends Layer {

  /**
   * The options, at first PyTorch's.
   *
   * @param eps added to the variance under the root
   * @param momentum how far the running statistics move towards a batch's; null for the mean over
   *     all batches
   * @param affine whether there are a weight and a bias
   * @param trackRunningStats whether there are running statistics
   */
  public record Options(
      double eps, @Nullable Double momentum, boolean affine, boolean trackRunningStats) {

    /** PyTorch's defaults. */
    public static final Options DEFAULTS = new Options(1e-5, 0.1, true, true);
  }

  private static final List<String> LAYOUTS =
      List.of("[N, C] or [N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]");

  private final int channels;
  private final int rank;
  private final Options options;
  private final @Nullable Parameter weight;
  private final @Nullable Parameter bias;
  private final @Nullable StateTensor runningMean;
  private final @Nullable StateTensor runningVar;
  private final @Nullable StateTensor batchesTracked;
  private @Nullable Double momentum;
  private int batches;
  private @Nullable Running runningTensors;

  /**
   * Makes a layer.
   *
   * @param channels extent of axis 1
   * @param rank 2 for {@code [N, C]} (and 3, {@code [N, C, L]}), 4 for images {@code [N, C, H, W]},
   *     5 for volumes {@code [N, C, D, H, W]}
   */
  public BatchNorm(int channels, int rank, Options options) {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "batchNorm: " + channels + " channels; at least 1 is needed");
    }
    if (rank < 2 || rank > 5) {
      throw new IllegalArgumentException(
          "batchNorm: inputs of rank " + rank + "; 2 to 5 can be normalized");
    }
    this.channels = channels;
    this.rank = rank;
    this.options = options;
    this.momentum = options.momentum();
    Shape c = Shape.of(channels);
    weight = options.affine() ? parameter("weight", c, Initializers.ones()) : null;
    bias = options.affine() ? parameter("bias", c, Initializers.zeros()) : null;
    boolean track = options.trackRunningStats();
    runningMean = track ? state("running_mean", c, 0) : null;
    runningVar = track ? state("running_var", c, 1) : null;
    batchesTracked = track ? state("num_batches_tracked", DType.INT32, Shape.scalar(), 0) : null;
  }

  /** Returns the scale, if there is one. */
  public @Nullable Parameter weight() {
    return weight;
  }

  /** Returns the shift, if there is one. */
  public @Nullable Parameter bias() {
    return bias;
  }

  /** Returns the options it was made with. */
  public Options options() {
    return options;
  }

  private int axes() {
    return Math.max(1, rank - 2);
  }

  /** Returns how far the running statistics move; null for the mean over all batches. */
  public @Nullable Double momentum() {
    return momentum;
  }

  /** Sets how far the running statistics move towards a batch's; null for the mean over all. */
  public BatchNorm momentum(@Nullable Double value) {
    momentum = value;
    return this;
  }

  /** Says whether there are running statistics. */
  public boolean tracksRunningStats() {
    return options.trackRunningStats();
  }

  /** Sets the running mean to 0, the running variance to 1, and forgets all batches. */
  public void resetRunningStats() {
    if (runningMean != null && runningVar != null) {
      Tensor mean = runningMean.value();
      Tensor var = runningVar.value();
      mean.device().backend().fill(mean.buffer(), mean.size(), 0);
      var.device().backend().fill(var.buffer(), var.size(), 1);
      batches = 0;
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    int r = x.shape().rank();
    if (r != rank && !(rank == 2 && r == 3)) {
      throw new IllegalArgumentException(
          "batchNorm"
              + axes()
              + "d: input "
              + x.shape()
              + " has rank "
              + r
              + ", "
              + LAYOUTS.get(axes() - 1)
              + " is needed");
    }
    if (x.dim(1) != channels) {
      throw new IllegalArgumentException(
          "batchNorm: input "
              + x.shape()
              + " has "
              + x.dim(1)
              + " channels, the layer was made for "
              + channels);
    }
    Running running = running();
    float eps = (float) options.eps();
    if (running != null && !isTraining()) {
      return Normalization.batchNormInfer(x, affine(), running, eps);
    }
    StepGraph graph = x.device().recordingGraph();
    if (running != null && graph != null) {
      leaveCounting(graph);
    } else if (running != null) {
      batches++;
    }
    Double follow = momentum;
    float m = follow == null ? 1f / Math.max(1, batches) : follow.floatValue();
    return Normalization.batchNormTrain(x, affine(), running, m, eps);
  }

  /** Lets each replay of the step that is being recorded count its batch. */
  private void leaveCounting(StepGraph graph) {
    Double recorded = momentum;
    if (recorded == null) {
      throw new RecordingException(
          "batchNorm: without momentum, how far the running statistics move changes with each step");
    }
    graph.add(
        new StepGraph.HostPart() {
          @Override
          public boolean fits() {
            return isTraining() && recorded.equals(momentum);
          }

          @Override
          public void beforeReplay() {}

          @Override
          public void afterReplay() {
            batches++;
          }
        });
  }

  private Affine affine() {
    // Made anew each time: the value of a parameter that is computed of others is the step's.
    return new Affine(weight == null ? null : weight.value(), bias == null ? null : bias.value());
  }

  private @Nullable Running running() {
    if (runningTensors == null && runningMean != null && runningVar != null) {
      runningTensors = new Running(runningMean.value(), runningVar.value());
    }
    return runningTensors;
  }

  @Override
  protected void stateToTensors() {
    if (batchesTracked != null) {
      batchesTracked.value().set(new int[] {batches});
    }
  }

  @Override
  protected void stateFromTensors() {
    if (batchesTracked != null) {
      batches = batchesTracked.value().toIntArray()[0];
    }
  }

  @Override
  public String toString() {
    return "BatchNorm" + axes() + "d(" + channels + ")";
  }
}
