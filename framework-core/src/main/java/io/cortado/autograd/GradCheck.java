package io.cortado.autograd;

import io.cortado.Device;
import io.cortado.Philox;
import io.cortado.RandomState;
import io.cortado.RandomStream;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import java.util.function.Function;

/**
 * Compares the gradients of a function with finite differences of its values.
 *
 * <pre>{@code
 * GradCheck.of(in -> myLoss(in[0], in[1])).run(x, y).require();
 * }</pre>
 *
 * <p>Values are float32, so steps are large and tolerances wide: keep inputs some steps away from
 * kinks, and around 1. The function's result is multiplied by fixed random numbers and summed, so
 * that one number is differentiated. Random numbers that the function draws are the same each time,
 * and what is drawn after the check is what would have been without it.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.html">
 *     torch.autograd.gradcheck</a>, which wants double precision
 */
public final class GradCheck {

  private static final double DEFAULT_STEP = 1e-2;
  private static final double DEFAULT_RELATIVE = 1e-2;
  private static final double DEFAULT_ABSOLUTE = 2e-3;
  private static final long WEIGHTS_SEED = 0x5eed;

  private final Function<Tensor[], Tensor> function;
  private final double step;
  private final double relative;
  private final double absolute;

  private GradCheck(
      Function<Tensor[], Tensor> function, double step, double relative, double absolute) {
    this.function = function;
    this.step = step;
    this.relative = relative;
    this.absolute = absolute;
  }

  /** Makes a check of a function of tensors. */
  public static GradCheck of(Function<Tensor[], Tensor> function) {
    return new GradCheck(function, DEFAULT_STEP, DEFAULT_RELATIVE, DEFAULT_ABSOLUTE);
  }

  /**
   * Sets how far to go each way; 0.01 unless set.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public GradCheck step(double newStep) {
    if (!(newStep > 0)) {
      throw new IllegalArgumentException("gradCheck: a step of " + newStep + "; give one above 0");
    }
    return new GradCheck(function, newStep, relative, absolute);
  }

  /**
   * Sets how far a gradient may be off: {@code absolute + relative * |difference|}; 0.002 and 0.01
   * unless set.
   */
  public GradCheck tolerance(double newRelative, double newAbsolute) {
    return new GradCheck(function, step, newRelative, newAbsolute);
  }

  /**
   * What was found.
   *
   * @param checked how many elements were compared
   * @param wrong how many of them are off
   * @param input which input has the worst one
   * @param element its place among the input's elements, in row-major order
   * @param gradient what the backward pass gives for it
   * @param difference what finite differences give for it
   */
  public record Report(
      long checked, long wrong, int input, int element, double gradient, double difference) {

    /** Says whether all elements are as near as the tolerance wants. */
    public boolean passed() {
      return wrong == 0;
    }

    /**
     * Returns this if all is well.
     *
     * @throws IllegalStateException if a gradient is off; the message names the worst
     */
    public Report require() {
      if (!passed()) {
        throw new IllegalStateException("gradCheck: " + this);
      }
      return this;
    }

    @Override
    public String toString() {
      return "%d of %d gradients are off; the worst, element %d of input %d, is %.6g, by differences %.6g"
          .formatted(wrong, checked, element, input, gradient, difference);
    }
  }

  /**
   * Compares every element's gradient.
   *
   * @param inputs where to look; their values are read, and they are left as they are
   * @throws IllegalStateException if a step that records is open on the device
   */
  public Report run(Tensor... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("gradCheck: no inputs; give one at least");
    }
    RandomState random = inputs[0].device().random();
    RandomState.Place before = random.place();
    try {
      return compare(new Run(inputs));
    } finally {
      random.moveTo(before);
    }
  }

  private Report compare(Run run) {
    float[][] gradients = run.gradients();
    long checked = 0;
    long wrong = 0;
    double worst = -1;
    Report report = new Report(0, 0, 0, 0, 0, 0);
    for (int i = 0; i < gradients.length; i++) {
      for (int e = 0; e < gradients[i].length; e++) {
        double difference = run.difference(i, e);
        double off = Math.abs(gradients[i][e] - difference);
        double excess = off / (absolute + relative * Math.abs(difference));
        checked++;
        wrong += excess <= 1 ? 0 : 1; // NaN is wrong too
        if (!(excess <= worst)) {
          worst = Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
          report = new Report(0, 0, i, e, gradients[i][e], difference);
        }
      }
    }
    return new Report(
        checked, wrong, report.input, report.element, report.gradient, report.difference);
  }

  /** One check's inputs, and the streams of random numbers that each evaluation begins with. */
  private final class Run {

    private final Device device;
    private final RandomState.Place place;
    private final Shape[] shapes;
    private final float[][] values;

    Run(Tensor[] inputs) {
      device = inputs[0].device();
      place = device.random().place();
      shapes = new Shape[inputs.length];
      values = new float[inputs.length][];
      for (int i = 0; i < inputs.length; i++) {
        shapes[i] = inputs[i].shape();
        values[i] = inputs[i].toFloatArray();
      }
    }

    private Tensor[] tensors(Step open) {
      Tensor[] tensors = new Tensor[values.length];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = open.tensor(values[i], shapes[i].toArray()).requiresGrad(true);
      }
      return tensors;
    }

    private Step begin() {
      device.random().moveTo(place);
      return device.step();
    }

    float[][] gradients() {
      try (Step open = begin()) {
        Tensor[] in = tensors(open);
        Tensor y = function.apply(in);
        y.backward(open.tensor(weights(y.size()), y.shape().toArray()));
        float[][] gradients = new float[in.length][];
        for (int i = 0; i < in.length; i++) {
          Tensor g = in[i].grad();
          gradients[i] = g == null ? new float[values[i].length] : g.toFloatArray();
        }
        return gradients;
      }
    }

    double difference(int input, int element) {
      float at = values[input][element];
      float above = (float) (at + step);
      float below = (float) (at - step);
      values[input][element] = above;
      double f = value();
      values[input][element] = below;
      f -= value();
      values[input][element] = at;
      return f / ((double) above - below);
    }

    private double value() {
      try (Step open = begin()) {
        float[] y = function.apply(tensors(open)).toFloatArray();
        float[] w = weights(y.length);
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
          sum += (double) y[i] * w[i];
        }
        return sum;
      }
    }

    private float[] weights(long n) {
      Philox numbers = new Philox(WEIGHTS_SEED, RandomStream.USER, 0, 0);
      float[] w = new float[Math.toIntExact(n)];
      for (int i = 0; i < w.length; i++) {
        w[i] = 2 * numbers.nextFloat() - 1;
      }
      return w;
    }
  }
}
