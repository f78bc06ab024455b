package io.cortado.nn;

import io.cortado.pointwise.Expr;

/**
 * PyTorch's activations that are a formula of one number; {@link Layers} has the commonest ones.
 *
 * <p>Each says what it computes; names and defaults are PyTorch's.
 *
 * @see <a
 *     href="https://pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity">torch.nn</a>
 */
public final class Activations {

  private static final float ROOT_HALF = (float) Math.sqrt(0.5);
  private static final float ROOT_TWO_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private Activations() {}

  /** {@code min(max(x, 0), 6)}. */
  public static PointwiseActivation relu6() {
    return new PointwiseActivation("ReLU6", x -> between(x, 0, 6));
  }

  /**
   * {@code x} where positive, else {@code alpha (e^x - 1)} (Clevert et al., 2016).
   *
   * @param alpha what the function comes down to, with a minus sign; 1 is usual
   */
  public static PointwiseActivation elu(double alpha) {
    return new PointwiseActivation(
        "ELU(" + alpha + ")", x -> x.le(0).where(negative(x).expm1().mul((float) alpha), x));
  }

  /**
   * {@code x} where positive, else {@code alpha (e^(x / alpha) - 1)}, which has slope 1 at 0
   * (Barron, 2017).
   *
   * @throws IllegalArgumentException if alpha is 0
   */
  public static PointwiseActivation celu(double alpha) {
    if (alpha == 0) {
      throw new IllegalArgumentException("celu: alpha is 0, by which x is divided");
    }
    float a = (float) alpha;
    return new PointwiseActivation(
        "CELU(" + alpha + ")", x -> x.le(0).where(negative(x).div(a).expm1().mul(a), x));
  }

  /**
   * The ELU whose outputs keep mean 0 and variance 1 (Klambauer et al., 2017); for {@code
   * AlphaDropout} and LeCun's initialisation.
   */
  public static PointwiseActivation selu() {
    float alpha = 1.6732632423543772f;
    float scale = 1.0507009873554805f;
    return new PointwiseActivation(
        "SELU", x -> x.le(0).where(negative(x).expm1().mul(alpha), x).mul(scale));
  }

  /** {@code x Phi(x)} with the normal distribution's Phi (Hendrycks and Gimpel, 2016). */
  public static PointwiseActivation gelu() {
    return new PointwiseActivation("GELU", x -> x.mul(0.5f).mul(x.mul(ROOT_HALF).erf().add(1)));
  }

  /** {@code x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}, as GPT-2 has it. */
  public static PointwiseActivation geluTanh() {
    return new PointwiseActivation(
        "GELU(tanh)",
        x -> {
          Expr inner = x.add(x.square().mul(x).mul(0.044715f)).mul(ROOT_TWO_OVER_PI);
          return x.mul(0.5f).mul(inner.tanh().add(1));
        });
  }

  /** {@code x sigmoid(x)}, also called swish. */
  public static PointwiseActivation silu() {
    return new PointwiseActivation("SiLU", x -> x.mul(x.sigmoid()));
  }

  /** {@code x tanh(ln(1 + e^x))} (Misra, 2019). */
  public static PointwiseActivation mish() {
    return new PointwiseActivation("Mish", x -> x.mul(x.softplus().tanh()));
  }

  /** {@code ln(1 + e^x)}. */
  public static PointwiseActivation softplus() {
    return softplus(1, 20);
  }

  /**
   * {@code ln(1 + e^(beta x)) / beta}, and x where {@code beta x} is above the threshold.
   *
   * @throws IllegalArgumentException if beta is 0
   */
  public static PointwiseActivation softplus(double beta, double threshold) {
    if (beta == 0) {
      throw new IllegalArgumentException("softplus: beta is 0, by which is divided");
    }
    float b = (float) beta;
    return new PointwiseActivation(
        "Softplus(" + beta + ", " + threshold + ")",
        x -> {
          Expr scaled = x.mul(b);
          return scaled.gt((float) threshold).where(x, scaled.softplus().div(b));
        });
  }

  /** {@code x / (1 + |x|)}. */
  public static PointwiseActivation softsign() {
    return new PointwiseActivation("Softsign", x -> x.div(x.abs().add(1)));
  }

  /** {@code x} held between -1 and 1. */
  public static PointwiseActivation hardtanh() {
    return hardtanh(-1, 1);
  }

  /**
   * {@code x} held between two numbers; the gradient is 0 at both ends and beyond.
   *
   * @throws IllegalArgumentException if the first is not below the second
   */
  public static PointwiseActivation hardtanh(double low, double high) {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "hardtanh: " + low + " to " + high + " is no range; give the smaller first");
    }
    return new PointwiseActivation(
        "Hardtanh(" + low + ", " + high + ")", x -> between(x, (float) low, (float) high));
  }

  /** {@code min(max(x + 3, 0), 6) / 6}. */
  public static PointwiseActivation hardsigmoid() {
    return new PointwiseActivation(
        "Hardsigmoid",
        x -> {
          Expr line = x.mul(1 / 6f).add(0.5f);
          return x.abs().lt(3).where(line, line.clamp(0, 1).detach());
        });
  }

  /** {@code x min(max(x + 3, 0), 6) / 6} (Howard et al., "MobileNetV3", 2019). */
  public static PointwiseActivation hardswish() {
    return new PointwiseActivation(
        "Hardswish",
        x -> {
          // Infinities would spoil the gradient of the branch that is not taken.
          Expr within = x.ge(-3).mul(x.lt(3)).where(x, Expr.of(0));
          Expr curve = within.mul(within.add(3)).mul(1 / 6f);
          return x.lt(-3).where(x.mul(0).detach(), x.lt(3).where(curve, x));
        });
  }

  /** {@code ln sigmoid(x)}, without overflow. */
  public static PointwiseActivation logSigmoid() {
    return new PointwiseActivation("LogSigmoid", Expr::logSigmoid);
  }

  /** {@code x} where above the threshold, else a value. */
  public static PointwiseActivation threshold(double threshold, double value) {
    return new PointwiseActivation(
        "Threshold(" + threshold + ", " + value + ")",
        x -> x.le((float) threshold).where(Expr.of((float) value), x));
  }

  /** {@code x} where its absolute value is above lambda, else 0; 0.5 is usual. */
  public static PointwiseActivation hardshrink(double lambda) {
    float l = (float) lambda;
    return new PointwiseActivation(
        "Hardshrink(" + lambda + ")", x -> x.abs().le(l).where(Expr.of(0), x));
  }

  /**
   * {@code x} brought nearer to 0 by lambda, and 0 where it is nearer than that; 0.5 is usual.
   *
   * @throws IllegalArgumentException if lambda is negative
   */
  public static PointwiseActivation softshrink(double lambda) {
    if (!(lambda >= 0)) {
      throw new IllegalArgumentException("softshrink: lambda " + lambda + " has to be 0 or above");
    }
    float l = (float) lambda;
    return new PointwiseActivation(
        "Softshrink(" + lambda + ")",
        x -> x.gt(l).where(x.sub(l), x.lt(-l).where(x.add(l), x.mul(0))));
  }

  /** {@code x - tanh(x)}. */
  public static PointwiseActivation tanhshrink() {
    // Left to the chain rule, 1 - (1 - tanh^2) would have lost its digits near 0.
    return new PointwiseActivation(
        "Tanhshrink", x -> new Expr.Sloped(x.sub(x.tanh()), x, x.tanh().square()));
  }

  /**
   * Returns x where it is at most 0, else 0: what goes into a branch that is not taken for others
   * must not overflow or be NaN, or the gradient would be.
   */
  static Expr negative(Expr x) {
    return x.le(0).where(x, Expr.of(0));
  }

  /** Holds x between two numbers, with gradient 0 at both, as PyTorch's hard functions have it. */
  private static Expr between(Expr x, float low, float high) {
    Expr bottom = Expr.of(low);
    Expr top = Expr.of(high);
    return x.le(bottom).where(bottom, top.le(x).where(top, x));
  }
}
