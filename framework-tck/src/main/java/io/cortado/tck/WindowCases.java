package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.ConvPlan;
import io.cortado.autograd.Convolution;
import io.cortado.autograd.FractionalPooling;
import io.cortado.autograd.Patches;
import io.cortado.autograd.PoolPlan;
import io.cortado.autograd.Pooling;
import io.cortado.autograd.Resampling;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.AutogradCases.Function;
import io.cortado.tck.AutogradCases.Range;
import java.util.List;

/** The cases of what moves windows over one to three axes, or picks between elements. */
final class WindowCases {

  private final AutogradCases cases;

  private WindowCases(AutogradCases cases) {
    this.cases = cases;
  }

  static void addTo(AutogradCases cases) {
    WindowCases c = new WindowCases(cases);
    c.convolutions();
    c.poolings();
    c.patches();
    c.resampling();
  }

  private void add(String method, String details, Function f, Shape... shapes) {
    cases.add(method, details + " ", Range.SIGNED, f, shapes);
  }

  private static Shape s(int... dims) {
    return Shape.of(dims);
  }

  private static Windows windows(Shape kernel, Shape stride, Shape padding, Shape dilation) {
    return new Windows(kernel, stride, padding, dilation);
  }

  private void convolutions() {
    Windows line = windows(s(3), s(2), s(1), s(1));
    convolution("conv1d", line, 2, s(2, 4, 6), s(2, 2, 3), 2);
    Windows volume = windows(s(2, 3, 1), s(2, 1, 1), s(1, 1, 0), s(1, 1, 2));
    convolution("conv3d", volume, 1, s(1, 2, 3, 3, 2), s(2, 2, 2, 3, 1), 2);
    Windows apart = windows(s(2, 1, 2), s(1, 2, 1), s(2, 0, 1), s(2, 1, 1));
    convolution("conv3d", apart, 2, s(2, 2, 2, 2, 2), s(2, 1, 2, 1, 2), 2);
    transposed("convTranspose1d", line, s(1), 2, s(2, 4, 3), s(4, 1, 3), 2);
    Windows image = windows(s(2, 3), s(2, 1), s(0, 1), s(1, 2));
    transposed("convTranspose2d", image, s(1, 0), 1, s(1, 2, 2, 3), s(2, 2, 2, 3), 2);
    transposed("convTranspose3d", volume, s(1, 0, 0), 1, s(1, 2, 2, 2, 2), s(2, 2, 2, 3, 1), 2);
  }

  private void convolution(
      String name, Windows w, int groups, Shape x, Shape weight, int channels) {
    Function f =
        in -> {
          var plan = ConvPlan.of(name, w, groups, in[0], in[1].shape(), UnaryOp.TANH);
          return Convolution.conv(plan, in[0], in[1], in.length > 2 ? in[2] : null);
        };
    add("Convolution.conv", name, f, x, weight, s(channels));
    add("Convolution.conv", name + " without bias", f, x, weight);
  }

  private void transposed(
      String name, Windows w, Shape padding, int groups, Shape x, Shape weight, int channels) {
    Function f =
        in -> {
          var plan = ConvPlan.transposed(name, w, padding, groups, in[0], in[1].shape());
          return Convolution.convTranspose(plan, in[0], in[1], in.length > 2 ? in[2] : null);
        };
    add("Convolution.convTranspose", name, f, x, weight, s(channels));
    add("Convolution.convTranspose", name + " without bias", f, x, weight);
    // The input's gradient is added to what another branch left.
    Function twice = in -> f.of(in).sum().mul(in[0].sum());
    add("Convolution.convTranspose", name + " twice", twice, x, weight);
  }

  private void poolings() {
    for (PoolSpec.Mode mode : PoolSpec.Mode.values()) {
      Windows line = windows(s(3), s(2), s(1), s(1));
      pooling(mode, line, s(2, 2, 6));
      pooling(mode, windows(s(2, 3, 2), s(1, 2, 2), s(1, 1, 0), s(1, 1, 1)), s(1, 2, 3, 4, 3));
      for (Shape out : List.of(s(3), s(2, 1, 3))) {
        Shape x = out.rank() == 1 ? s(1, 2, 7) : s(1, 2, 3, 3, 4);
        Function f = in -> Pooling.pool(PoolPlan.adaptive("pool", mode, out, in[0]), in[0]);
        add("Pooling.pool", mode + " adaptive", f, x);
      }
    }
    Windows image = windows(s(3, 2), s(2, 2), s(1, 0), s(1, 1));
    Function places =
        in -> {
          PoolPlan plan = PoolPlan.of("pool", PoolSpec.Mode.MAX, image, true, in[0]);
          return Pooling.maxPoolWithIndices(plan, in[0]).values();
        };
    add("Pooling.maxPoolWithIndices", "", places, s(1, 2, 5, 5));
    Windows volume = windows(s(2, 3, 2), s(1, 2, 2), s(1, 1, 0), s(1, 1, 1));
    add("Pooling.maxPoolWithIndices", "volume", in -> places(volume, in[0]), s(1, 2, 3, 4, 3));
    // The gradient is added to what another branch left.
    Function twice = in -> places(volume, in[0]).sum().mul(in[0].sum());
    add("Pooling.maxPoolWithIndices", "volume twice", twice, s(1, 2, 3, 4, 3));
    fractional(s(2, 2), s(3, 2), s(2, 2, 5, 5));
    fractional(s(1, 2, 3), s(2, 2, 1), s(1, 2, 3, 4, 3));
    int[] taken = {5, 0, 3, 1, 2, 4}; // of several in one place it is not the gradient of the mean
    Function unpool = in -> Pooling.maxUnpool(in[0], in[0].device().tensor(taken, 1, 2, 3), s(6));
    add("Pooling.maxUnpool", "", unpool, s(1, 2, 3));
  }

  private static Tensor places(Windows w, Tensor x) {
    PoolPlan plan = PoolPlan.of("pool", PoolSpec.Mode.MAX, w, true, x);
    return Pooling.maxPoolWithIndices(plan, x).values();
  }

  private void fractional(Shape kernel, Shape out, Shape x) {
    float[] u = new float[x.dim(0) * x.dim(1) * kernel.rank()];
    for (int i = 0; i < u.length; i++) {
      u[i] = i * 0.37f % 1;
    }
    Function f =
        in -> {
          Tensor samples = in[0].device().tensor(u, x.dim(0), x.dim(1), kernel.rank());
          return FractionalPooling.fractionalMaxPool(in[0], kernel, out, samples).values();
        };
    add("FractionalPooling.fractionalMaxPool", kernel.toString(), f, x);
  }

  private void pooling(PoolSpec.Mode mode, Windows w, Shape x) {
    Function f = in -> Pooling.pool(PoolPlan.of("pool", mode, w, true, in[0]), in[0]);
    add("Pooling.pool", mode.toString(), f, x);
  }

  private void patches() {
    Windows w = windows(s(2, 3), s(2, 1), s(1, 2), s(1, 2));
    add("Patches.unfold", "", in -> Patches.unfold(w, in[0]), s(2, 2, 4, 3));
    Shape columns = s(2, 12, 3 * 3);
    add("Patches.fold", "", in -> Patches.fold(w, s(4, 3), in[0]), columns);
  }

  private void resampling() {
    for (int axis : new int[] {1, 2}) {
      Shape x = s(2, 3, 3);
      Function nearest = in -> Resampling.resample(in[0], axis, taps(in[0], false));
      Function weighted = in -> Resampling.resample(in[0], axis, taps(in[0], true));
      add("Resampling.resample", "nearest", nearest, x);
      add("Resampling.resample", "weighted", weighted, x);
    }
  }

  private static Resampling.Taps taps(Tensor x, boolean weighted) {
    var device = x.device();
    Tensor low = device.tensor(new int[] {0, 0, 2, 1}, 4);
    if (!weighted) {
      return new Resampling.Taps(3, List.of(low), List.of());
    }
    Tensor high = device.tensor(new int[] {1, 2, 2, 0}, 4);
    Tensor a = device.tensor(new float[] {0.25f, 1, -0.5f, 2}, 4);
    Tensor b = device.tensor(new float[] {0.75f, 0.5f, 0.125f, -1}, 4);
    return new Resampling.Taps(3, List.of(low, high), List.of(a, b));
  }
}
