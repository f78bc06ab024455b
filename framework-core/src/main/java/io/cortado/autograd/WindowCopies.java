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
    Shape counts = w.counts(x);
    int axes = w.axes();
    int[] dims = new int[3 + 2 * axes]; // of the windows, in their layout
    int channelAxis = layout == Layout.CHANNELS_FIRST ? 1 : 1 + axes;
    int placeAxis = channelAxis + 1;
    int windowAxis = layout == Layout.CHANNELS_FIRST ? 2 + axes : 1;
    dims[0] = x.dim(0);
    dims[channelAxis] = x.dim(1);
    for (int a = 0; a < axes; a++) {
      dims[placeAxis + a] = w.kernel().dim(a);
      dims[windowAxis + a] = counts.dim(a);
    }
    dims[2 + 2 * axes] = run;
    Shape windows = Shape.of(dims);
    long[] to = Layouts.steps(windows);
    int[] tensorDims = Arrays.copyOf(x.toArray(), 3 + axes);
    tensorDims[2 + axes] = run;
    Shape tensor = Shape.of(tensorDims);
    long[] from = Layouts.steps(tensor);
    List<StridedSpec> copies = new ArrayList<>();
    boolean gaps = false;
    int places = Math.toIntExact(w.kernel().size());
    for (int place = 0; place < places; place++) {
      int[] extents = new int[3 + axes];
      long[] src = new long[3 + axes];
      long[] dst = new long[3 + axes];
      long srcOffset = 0;
      long dstOffset = 0;
      int rest = place;
      extents[0] = x.dim(0);
      extents[1] = x.dim(1);
      src[0] = from[0];
      src[1] = from[1];
      dst[0] = to[0];
      dst[1] = to[channelAxis];
      for (int a = axes - 1; a >= 0; a--) {
        int at = rest % w.kernel().dim(a);
        rest /= w.kernel().dim(a);
        int step = w.stride().dim(a);
        int first = at * w.dilation().dim(a) - w.padding().dim(a); // where window 0 has it
        int low = Math.min(counts.dim(a), Math.max(0, Math.ceilDiv(-first, step)));
        int high = Math.floorDiv(x.dim(2 + a) - 1 - first, step) + 1;
        high = Math.max(low, Math.min(counts.dim(a), high));
        gaps |= high - low < counts.dim(a);
        extents[2 + a] = high - low;
        src[2 + a] = from[2 + a] * step;
        dst[2 + a] = to[windowAxis + a];
        srcOffset += (first + (long) low * step) * from[2 + a];
        dstOffset += at * to[placeAxis + a] + low * to[windowAxis + a];
      }
      extents[2 + axes] = run;
      src[2 + axes] = 1;
      dst[2 + axes] = 1;
      Shape block = Shape.of(extents);
      if (block.size() > 0) {
        copies.add(
            new StridedSpec(block, srcOffset, Layouts.list(src), dstOffset, Layouts.list(dst)));
      }
    }
    return new WindowCopies(copies, windows.size(), tensor.size(), gaps);
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
