package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.nn.GroupNorm;
import io.cortado.nn.InstanceNorm;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.Parameter;
import io.cortado.nn.RMSNorm;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts layers into a graph that normalise each sample by itself. */
record NormExport(LayerExport export) {

  String layerNorm(String path, LayerNorm n, String x) {
    Node node =
        Node.of("LayerNormalization")
            .with("axis", (long) -n.normalizedShape().rank())
            .with("epsilon", (float) n.options().eps());
    Parameter weight = n.weight();
    String scale =
        weight == null
            ? all(path, "scale", 1, n.normalizedShape())
            : export.weight(path, "weight", weight);
    return export.graph().add(path, node, export.inputs(path, x, scale, n.bias()));
  }

  /** Adds what an operator needs and the layer has not; with a slash it is no parameter. */
  private String all(String path, String name, float value, Shape shape) {
    float[] values = new float[(int) shape.size()];
    Arrays.fill(values, value);
    return export.graph().weight(path + "/" + name, values, shape);
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

  /** Opset 17 normalises single channels: groups are made such, and channels again. */
  String groupNorm(String path, GroupNorm n, Value x) {
    Shape groups = Shape.of(n.groups());
    String rows = reshape(path, x.name(), 0, n.groups(), -1);
    String scale = all(path, "scale", 1, groups);
    String shift = all(path, "shift", 0, groups);
    String normal = instances(path, (float) n.options().eps(), rows, scale, shift);
    Shape shape = x.sample().shape();
    long[] dims = Arrays.stream(shape.toArray()).asLongStream().toArray();
    dims[0] = 0;
    String y = reshape(path, normal, dims);
    Parameter weight = n.weight();
    Parameter bias = n.bias();
    if (weight != null) {
      y = add(path, "Mul", y, export.perChannel(path, "weight", weight, shape.rank()));
    }
    return bias == null
        ? y
        : add(path, "Add", y, export.perChannel(path, "bias", bias, shape.rank()));
  }

  String instanceNorm(String path, InstanceNorm n, Value x) {
    Shape channels = Shape.of(x.sample().dim(1));
    Parameter weight = n.weight();
    Parameter bias = n.bias();
    return instances(
        path,
        (float) n.options().eps(),
        x.name(),
        weight == null ? all(path, "scale", 1, channels) : export.weight(path, "weight", weight),
        bias == null ? all(path, "shift", 0, channels) : export.weight(path, "bias", bias));
  }

  private String instances(String path, float eps, String... inputs) {
    return export.graph().add(path, Node.of("InstanceNormalization").with("epsilon", eps), inputs);
  }

  private String reshape(String path, String x, long... dims) {
    return add(path, "Reshape", x, export.graph().integers(path, dims));
  }

  private String add(String path, String operator, String... inputs) {
    return export.graph().add(path, Node.of(operator), inputs);
  }
}
