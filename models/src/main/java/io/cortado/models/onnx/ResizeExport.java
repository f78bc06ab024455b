package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.nn.Upsample;

/**
 * Puts an {@link Upsample} into a graph.
 *
 * <p>As the operator Resize where that takes the same elements. It finds places by division in
 * single precision, and so the nearest of 14 elements made 2 is its 7th where the 8th is meant:
 * there elements are gathered by their numbers.
 */
record ResizeExport(Graph graph, String path, Upsample layer) {

  /** Behind batch and channels. */
  private static final int BEHIND = 2;

  String add(Value x, Tensor y) {
    Shape in = x.sample().shape();
    Shape out = y.shape();
    if (layer.mode() == Upsample.Mode.NEAREST && !sameElements(in, out)) {
      return gathered(x.name(), in, out);
    }
    Node node =
        switch (layer.mode()) {
          case NEAREST -> node("nearest", "asymmetric").with("nearest_mode", "floor");
          case LINEAR, BILINEAR, TRILINEAR -> node("linear", places());
          case BICUBIC -> node("cubic", places()).with("cubic_coeff_a", -0.75f);
        };
    return exact(in, out)
        ? graph.add(path, node, x.name(), "", "", extents(x.name(), out))
        : graph.add(path, node, x.name(), "", scales(in, out));
  }

  private static Node node(String mode, String places) {
    return Node.of("Resize").with("mode", mode).with("coordinate_transformation_mode", places);
  }

  private String places() {
    return layer.alignsCorners() ? "align_corners" : "half_pixel";
  }

  /** Says whether each extent's ratio is the factor, so that extents can be given. */
  private boolean exact(Shape in, Shape out) {
    boolean exact = true;
    for (int a = BEHIND; a < in.rank(); a++) {
      double factor = layer.factor(a - BEHIND);
      exact &= factor == 0 || layer.alignsCorners() || in.dim(a) * factor == out.dim(a);
    }
    return exact;
  }

  /** Those of the batch and the channels are as they come. */
  private String extents(String x, Shape out) {
    long[] extents = new long[out.rank() - BEHIND];
    for (int a = 0; a < extents.length; a++) {
      extents[a] = out.dim(BEHIND + a);
    }
    String shape = graph.add(path, Node.of("Shape"), x);
    String from = graph.integers(path, 0);
    String front = graph.add(path, Node.of("Slice"), shape, from, graph.integers(path, BEHIND));
    Node concat = Node.of("Concat").with("axis", 0L);
    return graph.add(path, concat, front, graph.integers(path, extents));
  }

  private String scales(Shape in, Shape out) {
    float[] scales = new float[in.rank()];
    for (int a = 0; a < scales.length; a++) {
      scales[a] = a < BEHIND ? 1 : scale(layer.factor(a - BEHIND), in.dim(a), out.dim(a));
      if (Float.isNaN(scales[a])) {
        throw LayerExport.unknown(
            path,
            layer,
            "makes %d of %d, which a factor in single precision does not"
                .formatted(out.dim(a), in.dim(a)),
            "give the extent, by Upsample.toSize");
      }
    }
    return graph.weight(path + "/scales", scales, Shape.of(scales.length));
  }

  /**
   * Returns a factor in single precision by which an extent becomes another one, whether their
   * product is rounded to single precision or not; NaN if there is none.
   */
  static float scale(double factor, int in, int out) {
    float nearest = (float) factor;
    for (float s : new float[] {nearest, Math.nextUp(nearest), Math.nextDown(nearest)}) {
      if ((int) (s * in) == out && (int) ((double) s * in) == out) {
        return s;
      }
    }
    return Float.NaN;
  }

  private boolean sameElements(Shape in, Shape out) {
    boolean exact = exact(in, out);
    for (int a = BEHIND; a < in.rank(); a++) {
      float scale =
          exact
              ? (float) out.dim(a) / in.dim(a)
              : scale(layer.factor(a - BEHIND), in.dim(a), out.dim(a));
      for (int i = 0; i < out.dim(a); i++) {
        int theirs = Math.min((int) Math.floor(i / scale), in.dim(a) - 1);
        if (theirs != element(a, i, in, out)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns which old element the layer takes. */
  private int element(int axis, int i, Shape in, Shape out) {
    double factor = layer.factor(axis - BEHIND);
    double scale = factor == 0 ? (double) in.dim(axis) / out.dim(axis) : 1 / factor;
    return Math.min((int) Math.floor(i * scale), in.dim(axis) - 1);
  }

  private String gathered(String x, Shape in, Shape out) {
    String y = x;
    for (int a = BEHIND; a < in.rank(); a++) {
      long[] elements = new long[out.dim(a)];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = element(a, i, in, out);
      }
      Node gather = Node.of("Gather").with("axis", (long) a);
      y = graph.add(path, gather, y, graph.integers(path, elements));
    }
    return y;
  }
}
