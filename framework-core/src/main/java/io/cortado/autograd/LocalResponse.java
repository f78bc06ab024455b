package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.LrnSpec;

/** Normalisation by what neighbouring channels respond. */
public final class LocalResponse {

  private LocalResponse() {}

  /**
   * Computes {@code y = x / (k + alpha / size * s)^beta}, s being the sum of squares in a window of
   * channels.
   *
   * <p>The window of channel c reaches from {@code c - size / 2} to {@code c + (size - 1) / 2};
   * what lies outside counts as 0.
   *
   * @param x {@code [N, C]} or {@code [N, C, ...]}
   * @throws IllegalArgumentException if x has no channel axis or the window no channel
   */
  public static Tensor localResponseNorm(Tensor x, int size, float alpha, float beta, float k) {
    Step step = Checks.step("localResponseNorm", x);
    Checks.floats("localResponseNorm", x);
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw new IllegalArgumentException(
          "localResponseNorm: input " + s + " needs a batch and a channel axis");
    }
    if (size < 1) {
      throw new IllegalArgumentException(
          "localResponseNorm: a window of " + size + " channels; at least 1 is needed");
    }
    LrnSpec spec =
        new LrnSpec(
            s.dim(0), s.dim(1), Math.toIntExact(s.product(2, s.rank())), size, alpha, beta, k);
    Tensor y = step.empty(s);
    Backend backend = x.device().backend();
    backend.lrn(spec, x.buffer(), y.buffer());
    return step.records(x)
        ? step.record(
            "localResponseNorm",
            y,
            g ->
                backend.lrnBackward(spec, x.buffer(), y.buffer(), g.upstream(), g.beta(x), g.of(x)))
        : y;
  }
}
