package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.StridedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The copies between a tensor and its windows laid out one beside the other: one for each place in
 * a window, so that no two elements of a copy meet where windows overlap.
 *
 * @param copies from the tensor to the windows
 * @param size elements of the windows
 * @param tensorSize elements of the tensor
 * @param gaps whether windows reach beyond the tensor
 */
record WindowCopies(List<StridedSpec> copies, long size, long tensorSize, boolean gaps) {

  /**
   * How the windows are laid out.
   *
   * <p>The axes of both are batch, channels, those of the windows, and a run of elements that stay
   * together.
   */
  enum Layout {
    /** {@code [batch, channels, place in the window..., window..., run]}, as torch.nn.Unfold. */
    CHANNELS_FIRST,
    /** {@code [batch, window..., channels, place in the window..., run]}. */
    WINDOWS_FIRST
  }

  /**
   * Makes the copies.
   *
   * @param x the tensor's batch, channels and windowed extents
   * @param run elements that stay together behind these
   */
  static WindowCopies of(Windows w, Shape x, int run, Layout layout) {
    Places places = Places.of(w, x, run, layout);
    List<StridedSpec> copies = new ArrayList<>();
    for (int place = 0; place < w.kernel().size(); place++) {
      StridedSpec copy = places.copy(place);
      if (copy.extents().size() > 0) {
        copies.add(copy);
      }
    }
    boolean gaps = Arrays.stream(w.padding().toArray()).anyMatch(p -> p > 0);
    return new WindowCopies(copies, places.windows.size(), places.tensor.size(), gaps);
  }

  /**
   * Where the elements of both are.
   *
   * @param w the windows
   * @param x the tensor's batch, channels and windowed extents
   * @param tensor the same with the run
   * @param windows the extents of what is laid out
   * @param windowAxis the first of the windows' axes there
   * @param channelAxis that of the channels there; the places in a window follow it
   */
  private record Places(
      Windows w, Shape x, Shape tensor, Shape windows, int windowAxis, int channelAxis) {

    static Places of(Windows w, Shape x, int run, Layout layout) {
      int axes = w.axes();
      Shape counts = w.counts(x);
      boolean channelsFirst = layout == Layout.CHANNELS_FIRST;
      int channelAxis = channelsFirst ? 1 : 1 + axes;
      int windowAxis = channelsFirst ? 2 + axes : 1;
      int[] dims = new int[3 + 2 * axes];
      dims[0] = x.dim(0);
      dims[channelAxis] = x.dim(1);
      for (int a = 0; a < axes; a++) {
        dims[channelAxis + 1 + a] = w.kernel().dim(a);
        dims[windowAxis + a] = counts.dim(a);
      }
      dims[2 + 2 * axes] = run;
      int[] tensor = Arrays.copyOf(x.toArray(), 3 + axes);
      tensor[2 + axes] = run;
      return new Places(w, x, Shape.of(tensor), Shape.of(dims), windowAxis, channelAxis);
    }

    /** Returns the copy of the elements that have one place in their windows. */
    StridedSpec copy(int place) {
      int axes = w.axes();
      long[] from = Layouts.steps(tensor);
      long[] to = Layouts.steps(windows);
      int[] extents = tensor.toArray();
      long[] src = from.clone();
      long[] dst = new long[3 + axes];
      dst[0] = to[0];
      dst[1] = to[channelAxis];
      dst[2 + axes] = 1;
      long srcOffset = 0;
      long dstOffset = 0;
      int rest = place;
      for (int a = axes - 1; a >= 0; a--) {
        int at = rest % w.kernel().dim(a);
        rest /= w.kernel().dim(a);
        int step = w.stride().dim(a);
        int count = windows.dim(windowAxis + a);
        int first = at * w.dilation().dim(a) - w.padding().dim(a); // where window 0 has it
        int low = Math.clamp(Math.ceilDiv(-first, step), 0, count);
        int end = Math.floorDiv(x.dim(2 + a) - 1 - first, step) + 1;
        extents[2 + a] = Math.clamp(end, low, count) - low;
        src[2 + a] = from[2 + a] * step;
        dst[2 + a] = to[windowAxis + a];
        srcOffset += (first + (long) low * step) * from[2 + a];
        dstOffset += at * to[channelAxis + 1 + a] + low * to[windowAxis + a];
      }
      return new StridedSpec(
          Shape.of(extents), srcOffset, Layouts.list(src), dstOffset, Layouts.list(dst));
    }
  }

  /** Lays the windows out; what is beyond the tensor is 0. */
  void spread(Backend backend, Buffer x, float beta, Buffer windows) {
    if (gaps && beta == 0) {
      backend.fill(windows, size, 0);
    }
    for (StridedSpec copy : copies) {
      backend.stridedCopy(copy, x, beta, windows);
    }
  }

  /** Adds up, for each element of the tensor, what the windows hold in its place. */
  void gather(Backend backend, Buffer windows, float beta, Buffer x) {
    if (beta == 0) {
      backend.fill(x, tensorSize, 0);
    }
    for (StridedSpec copy : copies) {
      backend.stridedCopy(copy.reversed(), windows, 1, x);
    }
  }
}
