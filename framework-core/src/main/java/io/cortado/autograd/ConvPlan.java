package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution over one, two or three axes of one input shape, and the two-dimensional one that
 * computes it.
 *
 * <p>Over one axis, the images have height 1. Over three, each window's slices along the first axis
 * are laid out as channels: {@code [N, D', C kernelD, H, W]} for the input {@code [N, C, D, H, W]}.
 * The weight's own layout fits both.
 *
 * @param name the function, for messages
 * @param spec the two-dimensional convolution
 * @param input the input's shape
 * @param weight the weight's shape
 * @param output the output's shape
 * @param windows over the input
 * @param depth how slices are laid out and brought back; null where there is no third axis
 */
public record ConvPlan(
    String name,
    ConvSpec spec,
    Shape input,
    Shape weight,
    Shape output,
    Windows windows,
    @Nullable Depth depth) {

  private static final List<String> LAYOUTS =
      List.of("[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]");

  /**
   * How a third axis is brought into two dimensions.
   *
   * @param slices the copies of the input's slices
   * @param toOutput brings the two-dimensional output into the order of axes wanted
   * @param toSlices the other way
   */
  record Depth(WindowCopies slices, PermuteSpec toOutput, PermuteSpec toSlices) {}

  /**
   * Makes a plan.
   *
   * @param name what asks for it, for messages
   * @param x the input, {@code [N, C, ...]}
   * @param weight the weight's shape, {@code [K, C / groups, kernel...]}
   * @param activation what is applied to the sum
   * @throws IllegalArgumentException if the ranks do not fit, the channels do not fall into the
   *     groups, or no window fits into the input
   */
  public static ConvPlan of(
      String name, Windows w, int groups, Tensor x, Shape weight, UnaryOp activation) {
    Checks.rank(name, x, 2 + w.axes(), LAYOUTS.get(w.axes() - 1));
    Shape input = x.shape().with(1, weight.dim(1) * groups);
    return of(name, w, groups, input, weight, activation);
  }

  /**
   * Makes the plan of the convolution whose input's gradient a transposed convolution is.
   *
   * @param outputPadding elements added on one side, less than the stride
   * @param x the transposed convolution's input, {@code [N, C, ...]}
   * @param weight the weight's shape, {@code [C, K / groups, kernel...]}
   * @throws IllegalArgumentException if the ranks do not fit, the channels do not fall into the
   *     groups, or nothing is left within the padding
   */
  public static ConvPlan transposed(
      String name, Windows w, Shape outputPadding, int groups, Tensor x, Shape weight) {
    Checks.rank(name, x, 2 + w.axes(), LAYOUTS.get(w.axes() - 1));
    int[] dims = x.shape().toArray();
    dims[1] = weight.dim(1) * groups;
    for (int a = 0; a < w.axes(); a++) {
      long extent =
          (x.dim(2 + a) - 1L) * w.stride().dim(a)
              - 2L * w.padding().dim(a)
              + w.reach(a)
              + outputPadding.dim(a);
      if (extent < 1 || x.dim(2 + a) < 1) {
        throw new IllegalArgumentException(
            "%s: input %s would become %d elements along axis %d with a kernel of %s, stride %s and padding %s; use less padding or a larger kernel"
                .formatted(
                    name,
                    x.shape(),
                    extent,
                    2 + a,
                    Windows.text(w.kernel()),
                    Windows.text(w.stride()),
                    Windows.text(w.padding())));
      }
      dims[2 + a] = Math.toIntExact(extent);
    }
    return of(name, w, groups, Shape.of(dims), weight, UnaryOp.IDENTITY);
  }

  private static ConvPlan of(
      String name, Windows w, int groups, Shape input, Shape weight, UnaryOp activation) {
    int axes = w.axes();
    checkGroups(name, groups, weight);
    Shape counts = w.counts(input);
    if (counts.size() < 1) {
      throw new IllegalArgumentException(
          "%s: the %s kernel%s is larger than the padded image of input %s; add padding or use a smaller kernel"
              .formatted(
                  name,
                  Windows.product(w.kernel()),
                  Arrays.stream(w.dilation().toArray()).allMatch(d -> d == 1)
                      ? ""
                      : " of dilation " + Windows.text(w.dilation()),
                  input));
    }
    int[] out = input.toArray();
    out[1] = weight.dim(0);
    for (int a = 0; a < axes; a++) {
      out[2 + a] = counts.dim(a);
    }
    Shape output = Shape.of(out);
    Depth depth = axes < 3 ? null : depth(w, input, output);
    int slices = depth == null ? 1 : w.kernel().dim(0);
    int images = depth == null ? input.dim(0) : Math.multiplyExact(input.dim(0), counts.dim(0));
    boolean line = axes == 1;
    ConvSpec spec =
        new ConvSpec(
            images,
            input.dim(1) * slices,
            line ? 1 : input.dim(-2),
            input.dim(-1),
            output.dim(1),
            line ? 1 : w.kernel().dim(-2),
            w.kernel().dim(-1),
            line ? 1 : w.stride().dim(-2),
            w.stride().dim(-1),
            line ? 0 : w.padding().dim(-2),
            w.padding().dim(-1),
            line ? 1 : w.dilation().dim(-2),
            w.dilation().dim(-1),
            groups,
            activation);
    return new ConvPlan(name, spec, input, weight, output, w, depth);
  }

  /** Makes the plan of a two-dimensional convolution that is given as the seam has it. */
  static ConvPlan of(ConvSpec s) {
    Windows windows =
        new Windows(
            Shape.of(s.kernelH(), s.kernelW()),
            Shape.of(s.strideH(), s.strideW()),
            Shape.of(s.padH(), s.padW()),
            Shape.of(s.dilationH(), s.dilationW()));
    return new ConvPlan(
        "conv2d", s, s.inputShape(), s.weightShape(), s.outputShape(), windows, null);
  }

  private static Depth depth(Windows w, Shape input, Shape output) {
    Windows first =
        new Windows(
            Shape.of(w.kernel().dim(0)),
            Shape.of(w.stride().dim(0)),
            Shape.of(w.padding().dim(0)),
            Shape.of(w.dilation().dim(0)));
    Shape outer = Shape.of(input.dim(0), input.dim(1), input.dim(2));
    int image = Math.toIntExact(input.product(3, 5));
    WindowCopies slices = WindowCopies.of(first, outer, image, WindowCopies.Layout.WINDOWS_FIRST);
    int outImage = Math.toIntExact(output.product(3, 5));
    Shape sliced = Shape.of(output.dim(0), output.dim(2), output.dim(1), outImage);
    PermuteSpec toOutput = new PermuteSpec(sliced, List.of(0, 2, 1, 3));
    return new Depth(slices, toOutput, new PermuteSpec(toOutput.out(), List.of(0, 2, 1, 3)));
  }

  private static void checkGroups(String name, int groups, Shape weight) {
    if (groups < 1 || weight.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          "%s: the %d channels of weight %s do not fall into %d groups"
              .formatted(name, weight.dim(0), weight, groups));
    }
  }
}
