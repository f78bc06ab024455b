package io.cortado.backend.spec;

/**
 * A function of one number, applied to each element; activations are among them.
 *
 * @param kind which function
 * @param a its first parameter, 0 where it has none
 * @param b its second parameter, 0 where it has none
 */
public record UnaryOp(Kind kind, float a, float b) {

  /**
   * The functions, with their derivative d in terms of the input x and the output y.
   *
   * <p>Where RELU, CLAMP and POW of exponent 0 say 0, the gradient is 0 even if what comes from
   * above is infinite or NaN, as PyTorch's; elsewhere it is the product.
   */
  public enum Kind {
    /** {@code y = x}, {@code d = 1}. */
    IDENTITY,
    /** {@code y = a x + b}, {@code d = a}. */
    AFFINE,
    /** {@code y = e^x}, {@code d = y}. */
    EXP,
    /** {@code y = ln x}, {@code d = 1 / x}. */
    LOG,
    /** {@code y = sqrt x}, {@code d = 1 / (2 y)}. */
    SQRT,
    /** {@code y = |x|}, {@code d = sign x} with 0 at 0. */
    ABS,
    /** {@code y = x^2}, {@code d = 2 x}. */
    SQUARE,
    /** {@code y = 1 / x}, {@code d = -y^2}. */
    RECIPROCAL,
    /** {@code y = x^a}, {@code d = a x^(a-1)}, and {@code d = 0} where a is 0. */
    POW,
    /**
     * {@code y = min(max(x, a), b)}, {@code d = 1} where {@code a <= x <= b}, else 0. NaN stays
     * NaN.
     */
    CLAMP,
    /** {@code y = max(x, 0)}, {@code d = 1} where {@code y > 0}, else 0. NaN stays NaN. */
    RELU,
    /** {@code y = x} where {@code x > 0}, else {@code a x}; {@code d = 1} or {@code a}. */
    LEAKY_RELU,
    /** {@code y = 1 / (1 + e^-x)}, {@code d = y (1 - y)}. */
    SIGMOID,
    /** {@code y = tanh x}, {@code d = 1 - y^2}. */
    TANH,
    /** {@code y = a tanh(b x)}, {@code d = b (a - y^2 / a)}; LeCun's is a = 1.7159, b = 2/3. */
    SCALED_TANH,
    /** {@code y = erf x}, {@code d = 2 / sqrt(pi) e^(-x^2)}. */
    ERF
  }

  public static final UnaryOp IDENTITY = new UnaryOp(Kind.IDENTITY, 0, 0);
  public static final UnaryOp EXP = new UnaryOp(Kind.EXP, 0, 0);
  public static final UnaryOp LOG = new UnaryOp(Kind.LOG, 0, 0);
  public static final UnaryOp SQRT = new UnaryOp(Kind.SQRT, 0, 0);
  public static final UnaryOp ABS = new UnaryOp(Kind.ABS, 0, 0);
  public static final UnaryOp SQUARE = new UnaryOp(Kind.SQUARE, 0, 0);
  public static final UnaryOp RECIPROCAL = new UnaryOp(Kind.RECIPROCAL, 0, 0);
  public static final UnaryOp RELU = new UnaryOp(Kind.RELU, 0, 0);
  public static final UnaryOp SIGMOID = new UnaryOp(Kind.SIGMOID, 0, 0);
  public static final UnaryOp TANH = new UnaryOp(Kind.TANH, 0, 0);

  public static final UnaryOp ERF = new UnaryOp(Kind.ERF, 0, 0);

  /** The scaled tanh of LeCun et al., "Efficient BackProp" (1998): {@code 1.7159 tanh(2 x / 3)}. */
  public static final UnaryOp LECUN_TANH = new UnaryOp(Kind.SCALED_TANH, 1.7159f, 2f / 3f);

  /** Returns {@code y = a x + b}. */
  public static UnaryOp affine(float a, float b) {
    return new UnaryOp(Kind.AFFINE, a, b);
  }

  /** Returns {@code y = x^exponent}. */
  public static UnaryOp pow(float exponent) {
    return new UnaryOp(Kind.POW, exponent, 0);
  }

  /** Returns {@code y = min(max(x, low), high)}. */
  public static UnaryOp clamp(float low, float high) {
    return new UnaryOp(Kind.CLAMP, low, high);
  }

  /** Returns the leaky ReLU of the given slope for negative inputs. */
  public static UnaryOp leakyRelu(float slope) {
    return new UnaryOp(Kind.LEAKY_RELU, slope, 0);
  }

  /** Says whether the backward pass reads the input x; where it does not, x may be null there. */
  public boolean backwardNeedsInput() {
    return switch (kind) {
      case LOG, ABS, SQUARE, POW, CLAMP, ERF -> true;
      // A negative slope makes y positive on both sides, so that the sign of x is lost.
      case LEAKY_RELU -> a < 0;
      case IDENTITY, AFFINE, EXP, SQRT, RECIPROCAL, RELU, SIGMOID, TANH, SCALED_TANH -> false;
    };
  }

  /** Says whether the backward pass reads the output y; where it does not, y may be null there. */
  public boolean backwardNeedsOutput() {
    return switch (kind) {
      case EXP, SQRT, RECIPROCAL, RELU, SIGMOID, TANH, SCALED_TANH -> true;
      case LEAKY_RELU -> a >= 0;
      case IDENTITY, AFFINE, LOG, ABS, SQUARE, POW, CLAMP, ERF -> false;
    };
  }
}
