package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;

/** The windows of images as columns, and images as the sums of their windows. */
public final class Patches {

  private Patches() {}

  /**
   * Lays windows out as columns: torch's im2col.
   *
   * @param w windows over two axes; what is beyond the image is 0
   * @param x {@code [N, C, H, W]}
   * @return {@code [N, C kernelH kernelW, H' W']}
   * @throws IllegalArgumentException if the input has another rank, or no window fits into it
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html">
   *     torch.nn.functional.unfold</a>
   */
  public static Tensor unfold(Windows w, Tensor x) {
    Step step = Checks.step("unfold", x);
    Checks.floats("unfold", x);
    Checks.rank("unfold", x, 4, "[N, C, H, W]");
    WindowCopies copies = copies("unfold", w, x.shape());
    Backend backend = x.device().backend();
    Tensor y = step.empty(columns(w, x.shape()));
    copies.spread(backend, x.buffer(), 0, y.buffer());
    return step.records(x)
        ? step.record("unfold", y, g -> copies.gather(backend, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  /**
   * Adds columns up where their windows lie: torch's col2im, and the gradient of {@link #unfold}.
   *
   * @param w windows over two axes
   * @param out the image's height and width
   * @param x {@code [N, C kernelH kernelW, H' W']}
   * @return {@code [N, C, H, W]}
   * @throws IllegalArgumentException if the rows are no multiple of a window's extent, or the
   *     columns not as many as there are windows
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html">
   *     torch.nn.functional.fold</a>
   */
  public static Tensor fold(Windows w, Shape out, Tensor x) {
    Step step = Checks.step("fold", x);
    Checks.floats("fold", x);
    Checks.rank("fold", x, 3, "[N, C kernelH kernelW, H' W']");
    int places = Math.toIntExact(w.kernel().size());
    Shape result = Shape.of(x.dim(0), x.dim(1) / places, out.dim(0), out.dim(1));
    WindowCopies copies = copies("fold", w, result);
    if (!columns(w, result).equals(x.shape())) {
      throw new IllegalArgumentException(
          "fold: input %s does not become images of %s by windows of %s: its rows have to be a multiple of %d, and its columns %s"
              .formatted(
                  x.shape(),
                  Windows.product(out),
                  Windows.product(w.kernel()),
                  places,
                  Windows.product(w.counts(result))));
    }
    Backend backend = x.device().backend();
    Tensor y = step.empty(result);
    copies.gather(backend, x.buffer(), 0, y.buffer());
    return step.records(x)
        ? step.record("fold", y, g -> copies.spread(backend, g.upstream(), g.beta(x), g.of(x)))
        : y;
  }

  private static Shape columns(Windows w, Shape images) {
    int rows = Math.toIntExact(images.dim(1) * w.kernel().size());
    int columns = Math.toIntExact(w.counts(images).size());
    return Shape.of(rows, columns).prepend(images.dim(0));
  }

  private static WindowCopies copies(String name, Windows w, Shape images) {
    if (w.counts(images).size() == 0) {
      throw new IllegalArgumentException(
          "%s: the %s window is larger than the padded image %s; add padding or use a smaller window"
              .formatted(name, Windows.product(w.kernel()), images));
    }
    return WindowCopies.of(w, images, 1, WindowCopies.Layout.CHANNELS_FIRST);
  }
}
