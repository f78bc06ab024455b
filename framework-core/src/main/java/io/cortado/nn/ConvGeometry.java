package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Windows;

/**
 * The geometry of a convolution.
 *
 * @param in input channels
 * @param out output channels
 * @param windows kernel, stride, padding and dilation along each axis
 * @param outputPadding of a transposed convolution: elements added at the end of each axis
 * @param groups into how many independent parts the channels fall
 * @param paddingMode what padding is filled with: {@link Padding.Mode#CONSTANT} for zeros
 * @param same whether the padding is what leaves the extents as they are
 */
public record ConvGeometry(
    int in,
    int out,
    Windows windows,
    Shape outputPadding,
    int groups,
    Padding.Mode paddingMode,
    boolean same) {

  /** The geometry of a kernel of one extent along all axes, with all else as PyTorch's default. */
  static ConvGeometry of(String name, int axes, int in, int out, int kernel) {
    Windows windows = Windows.of(axes, 1).withKernel(extents(name, "kernel", axes, 1, kernel));
    Shape none = windows.padding();
    return new ConvGeometry(in, out, windows, none, 1, Padding.Mode.CONSTANT, false);
  }

  static Shape extents(String name, String what, int axes, int least, int... values) {
    return Windows.extents(name + ": " + what, axes, least, values);
  }

  ConvGeometry with(Windows w) {
    return new ConvGeometry(in, out, w, outputPadding, groups, paddingMode, same);
  }

  ConvGeometry withPadding(Shape padding) {
    return new ConvGeometry(
        in, out, windows.withPadding(padding), outputPadding, groups, paddingMode, false);
  }

  ConvGeometry withOutputPadding(Shape padding) {
    return new ConvGeometry(in, out, windows, padding, groups, paddingMode, same);
  }

  ConvGeometry withGroups(int n) {
    return new ConvGeometry(in, out, windows, outputPadding, n, paddingMode, same);
  }

  ConvGeometry withPaddingMode(Padding.Mode mode) {
    return new ConvGeometry(in, out, windows, outputPadding, groups, mode, same);
  }

  ConvGeometry withSame() {
    return new ConvGeometry(in, out, windows, outputPadding, groups, paddingMode, true);
  }

  /** Returns what is added before an axis. */
  public int before(int axis) {
    return same ? (windows.reach(axis) - 1) / 2 : windows.padding().dim(axis);
  }

  /** Returns what is added behind an axis: one more than before it where the padding is odd. */
  public int behind(int axis) {
    return same ? windows.reach(axis) - 1 - before(axis) : windows.padding().dim(axis);
  }

  void check(String name) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "%s: %d to %d channels; both have to be at least 1".formatted(name, in, out));
    }
    if (groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d input and %d output channels do not fall into %d groups"
              .formatted(name, in, out, groups));
    }
    for (int a = 0; a < windows.axes(); a++) {
      int stride = windows.stride().dim(a);
      if (same && stride != 1) {
        throw new IllegalArgumentException(
            "%s: no padding keeps the extents with stride %s; give the padding as numbers"
                .formatted(name, Windows.text(windows.stride())));
      }
      if (outputPadding.dim(a) >= stride) {
        throw new IllegalArgumentException(
            "%s: output padding %s has to be less than the stride %s"
                .formatted(name, Windows.text(outputPadding), Windows.text(windows.stride())));
      }
    }
  }

  void describe(StringBuilder s) {
    s.append(in).append(", ").append(out);
    s.append(", kernel ").append(Windows.text(windows.kernel()));
    describe(s, ", stride ", windows.stride(), 1);
    if (same) {
      s.append(", padding same");
    } else {
      describe(s, ", padding ", windows.padding(), 0);
    }
    if (paddingMode != Padding.Mode.CONSTANT) {
      s.append(", padding mode ").append(paddingMode);
    }
    describe(s, ", output padding ", outputPadding, 0);
    describe(s, ", dilation ", windows.dilation(), 1);
    if (groups > 1) {
      s.append(", groups ").append(groups);
    }
  }

  private static void describe(StringBuilder s, String label, Shape extents, int usual) {
    for (int e : extents.toArray()) {
      if (e != usual) {
        s.append(label).append(Windows.text(extents));
        return;
      }
    }
  }
}
