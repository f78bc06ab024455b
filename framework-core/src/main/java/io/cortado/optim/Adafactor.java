package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Buffer;
import io.cortado.nn.Parameter;
import io.cortado.nn.ParameterStore;
import io.cortado.pointwise.Expr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam's second moment of a matrix kept as one number for each row and column.
 *
 * <pre>
 *   w = t^beta2Decay,   a = max(eps2, rms(p)) min(lr, 1 / sqrt(t))
 *   r = r + w (mean of g^2 over columns - r),   c = c + w (mean of g^2 over rows - c)
 *   v = r c / max(mean(r), eps1)      (of a vector: v = v + w (g^2 - v))
 *   u = g / sqrt(max(v, eps1^2))
 *   p = p - lr weightDecay p - a u / max(1, rms(u) / d)
 * </pre>
 *
 * <p>The mean square rms is that of the whole parameter. Of tensors with more than two axes the
 * last two are the matrix. This is PyTorch's formula: the paper has no learning rate but 0.01 in
 * its place, and adds eps1 to the squares.
 *
 * @see <a href="https://arxiv.org/abs/1804.04235">Shazeer and Stern, Adafactor (2018)</a>
 * @see <a
 *     href="https://pytorch.org/docs/stable/generated/torch.optim.Adafactor.html">torch.optim.Adafactor</a>
 */
public final class Adafactor extends ProgramOptimizer<Adafactor> {

  private double beta2Decay = -0.8;
  private double eps1 = Math.ulp(1f);
  private double eps2 = 1e-3;
  private double d = 1;
  private boolean maximize;
  private final List<Map<String, Tensor>> state = new ArrayList<>();
  private List<Buffer> scratch = List.of();

  /** Makes an optimizer with PyTorch's defaults and learning rate, 1e-2. */
  public Adafactor() {
    this(1e-2);
  }

  /**
   * Makes an optimizer with PyTorch's defaults: beta2 decay -0.8, eps 2^-23 and 1e-3, d 1, weight
   * decay 0.
   *
   * @throws IllegalArgumentException if the learning rate is negative or not finite
   */
  public Adafactor(double lr) {
    super(lr);
  }

  /**
   * Sets the power of the step by which the second moment forgets; at first -0.8.
   *
   * @throws IllegalArgumentException if it is above 0 or not finite
   */
  public Adafactor beta2Decay(double value) {
    checkDetached();
    if (!(value <= 0) || Double.isInfinite(value)) {
      throw OptionChecks.wrong("Adafactor", "beta2 decay", value, "a number of 0 or less");
    }
    beta2Decay = value;
    return this;
  }

  /**
   * Sets the least root of the second moment, at first 2^-23, and the least size of a parameter
   * that steps are measured by, at first 1e-3.
   *
   * @throws IllegalArgumentException if one is negative or not finite
   */
  public Adafactor eps(double first, double second) {
    checkDetached();
    eps1 = nonNegative("first eps", first);
    eps2 = nonNegative("second eps", second);
    return this;
  }

  /**
   * Sets the largest root mean square of an update; at first 1.
   *
   * @throws IllegalArgumentException if it is below 1 or not finite
   */
  public Adafactor d(double value) {
    checkDetached();
    if (!(value >= 1) || Double.isInfinite(value)) {
      throw OptionChecks.wrong("Adafactor", "clipping threshold d", value, "at least 1");
    }
    d = value;
    return this;
  }

  /**
   * Sets the decoupled weight decay; at first 0.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Adafactor weightDecay(double value) {
    setDefaultWeightDecay(value);
    return this;
  }

  /** Goes up the gradient rather than down. */
  public Adafactor maximize(boolean on) {
    checkDetached();
    maximize = on;
    return this;
  }

  @Override
  Adafactor self() {
    return this;
  }

  @Override
  void allocate(ParameterStore s) {
    Scope root = s.device().root();
    long largest = 1;
    long lines = 1;
    for (int i = 0; i < s.parameters().size(); i++) {
      Shape shape = s.parameters().get(i).shape();
      Map<String, Tensor> own = new LinkedHashMap<>();
      if (owns(i)) {
        largest = Math.max(largest, shape.size());
        if (shape.rank() > 1) {
          own.put("row_var", zeros(root, meanOver(shape, shape.rank() - 1)));
          own.put("col_var", zeros(root, meanOver(shape, shape.rank() - 2)));
        } else {
          own.put("variance", zeros(root, shape));
        }
        for (Tensor t : own.values()) {
          lines = Math.max(lines, t.size());
        }
      }
      state.add(own);
    }
    List<Buffer> made = new ArrayList<>();
    for (long length : new long[] {largest, largest, lines, lines, 1, 1, 1}) {
      made.add(root.scratch(DType.FLOAT32, length));
    }
    scratch = List.copyOf(made);
  }

  private static Tensor zeros(Scope scope, Shape shape) {
    Tensor t = scope.empty(shape);
    scope.device().backend().fill(t.buffer(), t.size(), 0);
    return t;
  }

  /** Returns a shape with one axis of extent 1. */
  static Shape meanOver(Shape shape, int axis) {
    int[] dims = new int[shape.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == axis ? 1 : shape.dim(i);
    }
    return Shape.of(dims);
  }

  @Override
  List<String> keptNames() {
    return List.of(STEP);
  }

  /** Shares the weight of a new square, the relative step size, and the decay's factor. */
  @Override
  List<Expr> numbers(List<Expr> kept, List<Expr> hyper, ParamGroup group) {
    Expr t = kept.getFirst().add(1);
    return List.of(
        t, t.pow((float) beta2Decay), hyper.get(LR).minimum(t.rsqrt()), hyper.get(DECAY_FACTOR));
  }

  @Override
  int sharedCount() {
    return 3;
  }

  @Override
  int hyperCount() {
    return 2;
  }

  @Override
  List<RunCalls.Call> calls(Run run, ParamGroup group) {
    List<RunCalls.Call> calls = new ArrayList<>(List.of(numbersCall(run, group)));
    List<Parameter> ps = store().parameters();
    for (int i = run.first; i < run.end; i++) {
      Parameter p = ps.get(i);
      Buffer gradient = run.backend().slice(store().gradients(), p.offset(), p.shape().size());
      AdafactorStep step =
          new AdafactorStep(
              p.shape(), p.value().buffer(), gradient, state.get(i), run, scratch, maximize);
      calls.addAll(step.calls(eps1, eps2, d));
    }
    return calls;
  }

  @Override
  Map<String, Tensor> ownState(int parameter) {
    return state.get(parameter);
  }

  @Override
  public String toString() {
    return "Adafactor(lr %s, beta2 decay %s, eps %s %s, d %s%s)"
        .formatted(lr(), beta2Decay, eps1, eps2, d, maximize ? ", maximize" : "");
  }
}
