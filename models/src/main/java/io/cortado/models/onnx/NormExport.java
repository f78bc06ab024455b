package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.Parameter;
import io.cortado.nn.RMSNorm;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts layers into a graph that normalise over the last axes. */
record NormExport(LayerExport export) {

  String layerNorm(String path, LayerNorm n, String x) {
    Node node =
        Node.of("LayerNormalization")
            .with("axis", (long) -n.normalizedShape().rank())
            .with("epsilon", (float) n.options().eps());
    Parameter weight = n.weight();
    String scale =
        weight == null ? ones(path, n.normalizedShape()) : export.weight(path, "weight", weight);
    return export.graph().add(path, node, export.inputs(path, x, scale, n.bias()));
  }

  /** The operator needs a scale; with a slash in its name it is no parameter. */
  private String ones(String path, Shape shape) {
    float[] values = new float[(int) shape.size()];
    Arrays.fill(values, 1);
    return export.graph().weight(path + "/scale", values, shape);
  }

  /** Opset 17 has no operator of that name. */
  String rmsNorm(String path, RMSNorm n, String x) {
    int[] axes = IntStream.rangeClosed(-n.normalizedShape().rank(), -1).toArray();
    String square = add(path, "Mul", x, x);
    String mean = export.graph().add(path, Node.of("ReduceMean").with("axes", axes), square);
    String above = add(path, "Add", mean, export.graph().number(path, (float) n.options().eps()));
    String y = add(path, "Div", x, add(path, "Sqrt", above));
    @Nullable Parameter weight = n.weight();
    return weight == null ? y : add(path, "Mul", y, export.weight(path, "weight", weight));
  }

  private String add(String path, String operator, String... inputs) {
    return export.graph().add(path, Node.of(operator), inputs);
  }
}
