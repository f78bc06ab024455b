package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import org.jspecify.annotations.Nullable;

/** Normalisation layers' functions. */
public final class Normalization {

  private Normalization() {}

  /** Scale and shift of a normalisation, each one per channel, or null. */
  public record Affine(@Nullable Tensor gamma, @Nullable Tensor shift) {}

  /** Running mean and variance, one per channel each. */
  public record Running(Tensor mean, Tensor var) {}

  /**
   * Normalises each channel by the batch's own statistics, and moves the running ones towards them.
   *
   * @param x {@code [N, C]} or {@code [N, C, ...]}
   * @param running updated where given
   * @param momentum how far the running statistics move, 0 to 1
   */
  public static Tensor batchNormTrain(
      Tensor x, Affine affine, @Nullable Running running, float momentum, float eps) {
    Step step = Checks.step("batchNorm", x);
    BatchNormSpec spec = spec(x, affine, eps);
    if (spec.count() <= 1) {
      throw new IllegalArgumentException(
          "batchNorm: input "
              + x.shape()
              + " has one value per channel, whose variance is undefined; use a larger batch, or eval()");
    }
    Tensor y = step.empty(x.shape());
    Buffer mean = step.scratch(FLOAT32, spec.channels());
    Buffer invStd = step.scratch(FLOAT32, spec.channels());
    x.device()
        .backend()
        .batchNormTrain(
            spec,
            momentum,
            x.buffer(),
            buffer(affine.gamma()),
            buffer(affine.shift()),
            running == null ? null : running.mean().buffer(),
            running == null ? null : running.var().buffer(),
            y.buffer(),
            mean,
            invStd);
    return step.records(x, affine.gamma(), affine.shift())
        ? step.record("batchNorm", y, g -> backward(spec, true, x, affine, mean, invStd, g))
        : y;
  }

  /**
   * Normalises each channel by given statistics.
   *
   * @param running may move on before the backward pass, which counts with the means of now
   */
  public static Tensor batchNormInfer(Tensor x, Affine affine, Running running, float eps) {
    Step step = Checks.step("batchNorm", x);
    BatchNormSpec spec = spec(x, affine, eps);
    Tensor y = step.empty(x.shape());
    boolean records = step.records(x, affine.gamma(), affine.shift());
    Buffer mean = running.mean().buffer();
    Buffer invStd = records ? step.scratch(FLOAT32, spec.channels()) : null;
    x.device()
        .backend()
        .batchNormInfer(
            spec,
            x.buffer(),
            buffer(affine.gamma()),
            buffer(affine.shift()),
            mean,
            running.var().buffer(),
            y.buffer(),
            invStd);
    if (invStd == null) {
      return y;
    }
    Buffer used = step.scratch(FLOAT32, spec.channels());
    x.device().backend().copy(mean, 0, used, 0, spec.channels());
    return step.record("batchNorm", y, g -> backward(spec, false, x, affine, used, invStd, g));
  }

  private static BatchNormSpec spec(Tensor x, Affine affine, float eps) {
    Checks.floats("batchNorm", x);
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw new IllegalArgumentException(
          "batchNorm: input " + s + " needs a batch and a channel axis");
    }
    Tensor gamma = affine.gamma();
    if (gamma != null) {
      Checks.sameDevice("batchNorm", x, gamma);
      if (gamma.dim(0) != s.dim(1)) {
        throw Checks.mismatch(
            "batchNorm",
            s,
            gamma.shape(),
            "the layer was made for " + gamma.dim(0) + " channels, axis 1 has " + s.dim(1));
      }
    }
    return new BatchNormSpec(s.dim(0), s.dim(1), Math.toIntExact(s.product(2, s.rank())), eps);
  }

  private static @Nullable Buffer buffer(@Nullable Tensor t) {
    return t == null ? null : t.buffer();
  }

  private static void backward(
      BatchNormSpec spec,
      boolean batchStatistics,
      Tensor x,
      Affine affine,
      Buffer mean,
      Buffer invStd,
      Gradients g) {
    Tensor gamma = affine.gamma() != null && g.needs(affine.gamma()) ? affine.gamma() : null;
    Tensor shift = affine.shift() != null && g.needs(affine.shift()) ? affine.shift() : null;
    boolean input = g.needs(x);
    x.device()
        .backend()
        .batchNormBackward(
            spec,
            batchStatistics,
            x.buffer(),
            buffer(affine.gamma()),
            mean,
            invStd,
            g.upstream(),
            input ? g.beta(x) : 0,
            input ? g.of(x) : null,
            gamma == null ? 0 : g.beta(gamma),
            gamma == null ? null : g.of(gamma),
            shift == null ? 0 : g.beta(shift),
            shift == null ? null : g.of(shift));
  }
}
