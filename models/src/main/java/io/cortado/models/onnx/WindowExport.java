package io.cortado.models.onnx;

import io.cortado.autograd.Padding;
import io.cortado.autograd.Windows;
import io.cortado.nn.AvgPool;
import io.cortado.nn.ConvBase;
import io.cortado.nn.MaxPool;
import io.cortado.nn.PoolBase;
import io.cortado.nn.TransposedConv;
import java.util.Arrays;

/** Puts layers into a graph whose windows walk over their inputs. */
record WindowExport(LayerExport export) {

  String conv(String path, ConvBase<?> c, String x) {
    if (c.geometry().paddingMode() != Padding.Mode.CONSTANT) {
      throw LayerExport.unknown(path, c, "pads by " + c.geometry().paddingMode(), "pad by zeros");
    }
    Windows w = c.geometry().windows();
    int[] pads = new int[2 * w.axes()];
    for (int a = 0; a < w.axes(); a++) {
      pads[a] = c.geometry().before(a);
      pads[w.axes() + a] = c.geometry().behind(a);
    }
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

  String maxPool(String path, MaxPool<?> p, String x) {
    return export.graph().add(path, windows(path, p, "MaxPool"), x);
  }

  private static Node windows(String path, PoolBase<?> p, String operator) {
    Windows w = p.geometry().windows();
    if (p.geometry().ceilMode()) {
      throw LayerExport.unknown(path, p, "rounds extents up", "take the floor, or pad");
    }
    int[] side = w.padding().toArray();
    int[] pads = Arrays.copyOf(side, 2 * side.length);
    System.arraycopy(side, 0, pads, side.length, side.length);
    Node node =
        Node.of(operator)
            .with("kernel_shape", w.kernel().toArray())
            .with("strides", w.stride().toArray())
            .with("pads", pads);
    return p instanceof MaxPool ? node.with("dilations", w.dilation().toArray()) : node;
  }

  String avgPool(String path, AvgPool<?> p, String x) {
    Graph graph = export.graph();
    boolean padding = p.countsIncludedPad() || p.divisorOverride() > 0;
    Node node = windows(path, p, "AveragePool").with("count_include_pad", padding);
    String mean = graph.add(path, node, x);
    if (p.divisorOverride() == 0) {
      return mean;
    }
    float factor = (float) p.geometry().windows().kernel().size() / p.divisorOverride();
    return graph.add(path, Node.of("Mul"), mean, graph.number(path, factor));
  }
}
