package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.autograd.Padding;
import io.cortado.nn.ChannelShuffle;
import io.cortado.nn.GLU;
import io.cortado.nn.PixelShuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts layers into a graph that move elements, or cut them in two. */
record MoveExport(LayerExport export) {

  /**
   * Adds elements around a value.
   *
   * @param widths two for each axis, before and behind it, from the last axis on
   */
  String pad(String path, String x, Shape shape, Padding.Mode mode, float value, int... widths) {
    Graph graph = export.graph();
    if (mode == Padding.Mode.CIRCULAR) {
      return circular(path, x, shape, widths);
    }
    int rank = shape.rank();
    long[] pads = new long[2 * rank];
    for (int i = 0; i < widths.length; i++) {
      pads[i % 2 * rank + rank - 1 - i / 2] = widths[i];
    }
    String sides = graph.integers(path, pads);
    return switch (mode) {
      case REFLECT -> graph.add(path, Node.of("Pad").with("mode", "reflect"), x, sides);
      case REPLICATE -> graph.add(path, Node.of("Pad").with("mode", "edge"), x, sides);
      default -> graph.add(path, Node.of("Pad"), x, sides, graph.number(path, value));
    };
  }

  /** Opset 17 has no mode for it. */
  private String circular(String path, String x, Shape shape, int... widths) {
    String y = x;
    for (int i = 0; i < widths.length; i += 2) {
      int axis = shape.rank() - 1 - i / 2;
      int extent = shape.dim(axis);
      List<String> parts = new ArrayList<>();
      if (widths[i] > 0) {
        parts.add(slice(path, y, axis, extent - widths[i], extent));
      }
      parts.add(y);
      if (widths[i + 1] > 0) {
        parts.add(slice(path, y, axis, 0, widths[i + 1]));
      }
      Node node = Node.of("Concat").with("axis", (long) axis);
      y = parts.size() == 1 ? y : export.graph().add(path, node, parts.toArray(String[]::new));
    }
    return y;
  }

  String glu(String path, GLU g, Value x) {
    int axis = g.dim();
    int half = x.sample().dim(axis) / 2;
    String gate = slice(path, x.name(), axis, half, 2 * half);
    String open = export.graph().add(path, Node.of("Sigmoid"), gate);
    String all = slice(path, x.name(), axis, 0, half);
    return export.graph().add(path, Node.of("Mul"), all, open);
  }

  private String slice(String path, String x, int axis, int from, int to) {
    Graph g = export.graph();
    String starts = g.integers(path, from);
    String ends = g.integers(path, to);
    return g.add(path, Node.of("Slice"), x, starts, ends, g.integers(path, axis));
  }

  /** The operators DepthToSpace and SpaceToDepth take four axes only, and deal in another order. */
  String pixelShuffle(String path, PixelShuffle s, Value x, Shape out) {
    int r = s.factor();
    int h = x.sample().dim(-2);
    int w = x.sample().dim(-1);
    long[] split =
        s.isInverse() ? new long[] {-1, h / r, r, w / r, r} : new long[] {-1, r, r, h, w};
    int[] order = s.isInverse() ? new int[] {0, 2, 4, 1, 3} : new int[] {0, 3, 1, 4, 2};
    return moved(path, x.name(), split, order, out);
  }

  String channelShuffle(String path, ChannelShuffle s, Value x) {
    Shape shape = x.sample().shape();
    long[] split = {0, s.groups(), shape.dim(1) / s.groups(), shape.product(2, shape.rank())};
    return moved(path, x.name(), split, new int[] {0, 2, 1, 3}, shape);
  }

  private String moved(String path, String x, long[] split, int[] order, Shape out) {
    Graph graph = export.graph();
    String apart = graph.add(path, Node.of("Reshape"), x, graph.integers(path, split));
    String swapped = graph.add(path, Node.of("Transpose").with("perm", order), apart);
    long[] dims = Arrays.stream(out.toArray()).asLongStream().toArray();
    dims[0] = -1;
    return graph.add(path, Node.of("Reshape"), swapped, graph.integers(path, dims));
  }
}
