package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.nn.AdaptivePool;
import io.cortado.nn.AvgPool;
import io.cortado.nn.ConvBase;
import io.cortado.nn.ConvGeometry;
import io.cortado.nn.MaxPool;
import io.cortado.nn.PoolBase;
import io.cortado.nn.TransposedConv;
import java.util.Arrays;

/** Puts layers into a graph whose windows walk over their inputs. */
record WindowExport(LayerExport export) {

  /** What is not zeros has to be there before the convolution. */
  String conv(String path, ConvBase<?> c, Value x) {
    ConvGeometry g = c.geometry();
    if (g.paddingMode() == Padding.Mode.CONSTANT) {
      return conv(path, c, x.name(), sides(g));
    }
    int[] pads = sides(g);
    int[] widths = WindowOperators.widths(pads);
    Shape shape = x.sample().shape();
    String padded = new MoveExport(export).pad(path, x.name(), shape, g.paddingMode(), 0, widths);
    return conv(path, c, padded, new int[pads.length]);
  }

  /** Adds a convolution of inputs of any extents, which pads by zeros. */
  String conv(String path, ConvBase<?> c, String x) {
    Padding.Mode mode = c.geometry().paddingMode();
    if (mode != Padding.Mode.CONSTANT) {
      throw LayerExport.unknown(path, c, "pads inputs of any extents by " + mode, "pad by zeros");
    }
    return conv(path, c, x, sides(c.geometry()));
  }

  private static int[] sides(ConvGeometry g) {
    int axes = g.windows().axes();
    int[] pads = new int[2 * axes];
    for (int a = 0; a < axes; a++) {
      pads[a] = g.before(a);
      pads[axes + a] = g.behind(a);
    }
    return pads;
  }

  private String conv(String path, ConvBase<?> c, String x, int... pads) {
    Windows w = c.geometry().windows();
    boolean transposed = c instanceof TransposedConv;
    Node node =
        Node.of(transposed ? "ConvTranspose" : "Conv")
            .with("kernel_shape", w.kernel().toArray())
            .with("strides", w.stride().toArray())
            .with("dilations", w.dilation().toArray())
            .with("pads", pads)
            .with("group", (long) c.geometry().groups());
    if (transposed) {
      node.with("output_padding", c.geometry().outputPadding().toArray());
    }
    String weight = export.weight(path, "weight", c.weight());
    return export.graph().add(path, node, export.inputs(path, x, weight, c.bias()));
  }

  String maxPool(String path, MaxPool<?> p, Value x) {
    Windows w = p.geometry().windows();
    Node node =
        windows("MaxPool", w.kernel(), w.stride())
            .with("pads", joined(w.padding().toArray(), behind(p, x)))
            .with("dilations", w.dilation().toArray());
    return export.graph().add(path, node, x.name());
  }

  /** A mean's divisor counts what is padded, but never what a window has beyond it. */
  String avgPool(String path, AvgPool<?> p, Value x) {
    Windows w = p.geometry().windows();
    int[] before = w.padding().toArray();
    int[] behind = behind(p, x);
    int divisor = p.divisorOverride();
    if (divisor > 0) {
      String mean = mean(path, w, before, behind, true, x.name());
      return export.times(path, mean, (float) w.kernel().size() / divisor);
    }
    if (!p.countsIncludedPad() || Arrays.equals(before, behind)) {
      return mean(path, w, before, behind, p.countsIncludedPad(), x.name());
    }
    int[] widths = WindowOperators.widths(joined(before, before));
    int[] beyond = new int[before.length];
    Arrays.setAll(beyond, a -> behind[a] - before[a]);
    Shape shape = x.sample().shape();
    String padded =
        new MoveExport(export).pad(path, x.name(), shape, Padding.Mode.CONSTANT, 0, widths);
    return mean(path, w, new int[before.length], beyond, false, padded);
  }

  private String mean(
      String path, Windows w, int[] before, int[] behind, boolean counted, String x) {
    Node node =
        windows("AveragePool", w.kernel(), w.stride())
            .with("pads", joined(before, behind))
            .with("count_include_pad", counted);
    return export.graph().add(path, node, x);
  }

  /** Returns the padding behind each axis, and what windows that are counted up need there. */
  private static int[] behind(PoolBase<?> p, Value x) {
    Windows w = p.geometry().windows();
    int[] behind = w.padding().toArray();
    for (int a = 0; a < behind.length && p.geometry().ceilMode(); a++) {
      int extent = x.sample().dim(2 + a);
      int end = (w.countCeiling(a, extent) - 1) * w.stride().dim(a) + w.reach(a);
      behind[a] = Math.max(behind[a], end - extent - w.padding().dim(a));
    }
    return behind;
  }

  private static int[] joined(int[] before, int[] behind) {
    int[] pads = Arrays.copyOf(before, 2 * before.length);
    System.arraycopy(behind, 0, pads, before.length, before.length);
    return pads;
  }

  private static Node windows(String operator, Shape kernel, Shape stride) {
    return Node.of(operator)
        .with("kernel_shape", kernel.toArray())
        .with("strides", stride.toArray());
  }

  /** Windows side by side, or one over all. */
  String adaptivePool(String path, AdaptivePool p, Value x) {
    Shape out = p.outputSize();
    Shape in = x.sample().shape().tail(2);
    boolean max = p.mode() == PoolSpec.Mode.MAX;
    int[] kernel = new int[out.rank()];
    for (int a = 0; a < kernel.length; a++) {
      kernel[a] = in.dim(a) / out.dim(a);
      if (kernel[a] * out.dim(a) != in.dim(a)) {
        throw LayerExport.unknown(
            path,
            p,
            "makes windows of several extents from " + in,
            "give extents that divide the input's");
      }
    }
    String y;
    if (out.size() == 1) {
      y = export.graph().add(path, Node.of(max ? "GlobalMaxPool" : "GlobalAveragePool"), x.name());
    } else {
      Shape side = Shape.of(kernel);
      Node node = windows(max ? "MaxPool" : "AveragePool", side, side);
      y = export.graph().add(path, node, x.name());
    }
    return p.mode() == PoolSpec.Mode.SUM ? export.times(path, y, Shape.of(kernel).size()) : y;
  }
}
