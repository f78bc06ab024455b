package io.cortado.autograd;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Normalization.Affine;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.NormSpec;
import org.jspecify.annotations.Nullable;

/** Normalisations of each sample by its own statistics. */
public final class RowNormalization {

  private RowNormalization() {}

  /**
   * Normalises over the last axes: {@code y = gamma (x - mean) / sqrt(var + eps) + shift}.
   *
   * @param x its shape ends with the normalised one
   * @param normalized the axes that are normalised together
   * @param affine each of the normalised shape, or null
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Tensor layerNorm(Tensor x, Shape normalized, Affine affine, float eps) {
    return overLastAxes("layerNorm", x, normalized, affine, true, eps);
  }

  /**
   * Normalises over the last axes by the mean square: {@code y = gamma x / sqrt(mean(x^2) + eps)}.
   *
   * @param x its shape ends with the normalised one
   * @param normalized the axes that are normalised together
   * @param gamma of the normalised shape, or null
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Tensor rmsNorm(Tensor x, Shape normalized, @Nullable Tensor gamma, float eps) {
    return overLastAxes("rmsNorm", x, normalized, new Affine(gamma, null), false, eps);
  }

  /**
   * Normalises each image's groups of neighbouring channels: {@code y = gamma (x - mean) / sqrt(var
   * + eps) + shift}.
   *
   * @param x {@code [N, C]} or {@code [N, C, ...]}
   * @param groups how many groups the channels are split into
   * @param affine one per channel each, or null
   * @throws IllegalArgumentException if the channels cannot be split so, or the shapes do not fit
   */
  public static Tensor groupNorm(Tensor x, int groups, Affine affine, float eps) {
    Step step = Checks.step("groupNorm", x);
    Checks.floats("groupNorm", x);
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw new IllegalArgumentException(
          "groupNorm: input " + s + " needs a batch and a channel axis");
    }
    if (groups < 1 || s.dim(1) % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: the "
              + s.dim(1)
              + " channels of input "
              + s
              + " cannot be split into "
              + groups
              + " groups");
    }
    Shape channels = Shape.of(s.dim(1));
    check("groupNorm", x, affine.gamma(), channels);
    check("groupNorm", x, affine.shift(), channels);
    NormSpec spec =
        new NormSpec(
            Math.multiplyExact(s.dim(0), groups),
            groups,
            s.dim(1) / groups,
            Math.toIntExact(s.product(2, s.rank())),
            true,
            eps);
    return run("groupNorm", step, spec, x, affine);
  }

  private static Tensor overLastAxes(
      String name, Tensor x, Shape normalized, Affine affine, boolean centered, float eps) {
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    Shape s = x.shape();
    int first = s.rank() - normalized.rank();
    if (first < 0 || !s.tail(first).equals(normalized)) {
      throw Checks.mismatch(
          name, s, normalized, "the last axes of the input have to be the normalised ones");
    }
    check(name, x, affine.gamma(), normalized);
    check(name, x, affine.shift(), normalized);
    NormSpec spec =
        new NormSpec(
            Math.toIntExact(s.product(0, first)),
            1,
            Math.toIntExact(normalized.size()),
            1,
            centered,
            eps);
    return run(name, step, spec, x, affine);
  }

  private static void check(String name, Tensor x, @Nullable Tensor parameter, Shape expected) {
    if (parameter != null) {
      Checks.sameDevice(name, x, parameter);
      if (!parameter.shape().equals(expected)) {
        throw Checks.mismatch(
            name,
            x.shape(),
            parameter.shape(),
            "scale and shift of shape " + expected + " are needed");
      }
    }
  }

  private static Tensor run(String name, Step step, NormSpec spec, Tensor x, Affine affine) {
    Tensor y = step.empty(x.shape());
    int rows = Math.max(1, spec.rows());
    Buffer mean = spec.centered() ? step.scratch(FLOAT32, rows) : null;
    Buffer invStd = step.scratch(FLOAT32, rows);
    x.device()
        .backend()
        .norm(
            spec,
            x.buffer(),
            buffer(affine.gamma()),
            buffer(affine.shift()),
            y.buffer(),
            mean,
            invStd);
    return step.records(x, affine.gamma(), affine.shift())
        ? step.record(name, y, g -> backward(spec, x, affine, mean, invStd, g))
        : y;
  }

  private static @Nullable Buffer buffer(@Nullable Tensor t) {
    return t == null ? null : t.buffer();
  }

  private static void backward(
      NormSpec spec, Tensor x, Affine affine, @Nullable Buffer mean, Buffer invStd, Gradients g) {
    Tensor gamma = affine.gamma() != null && g.needs(affine.gamma()) ? affine.gamma() : null;
    Tensor shift = affine.shift() != null && g.needs(affine.shift()) ? affine.shift() : null;
    boolean input = g.needs(x);
    x.device()
        .backend()
        .normBackward(
            spec,
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
