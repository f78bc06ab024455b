package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Windows;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.models.InputException;
import io.cortado.nn.Activation;
import io.cortado.nn.AvgPool;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.Dropout;
import io.cortado.nn.Dropout1d;
import io.cortado.nn.Dropout2d;
import io.cortado.nn.Dropout3d;
import io.cortado.nn.Flatten;
import io.cortado.nn.Identity;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.nn.LocalResponseNorm;
import io.cortado.nn.MaxPool;
import io.cortado.nn.Parameter;
import io.cortado.nn.PlainConv;
import io.cortado.nn.PoolBase;
import io.cortado.nn.Sequential;
import io.cortado.nn.SoftmaxLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts layers into a graph, as they are in evaluation mode.
 *
 * <p>A sample goes along through the layers themselves, so that shapes are theirs.
 */
final class LayerExport {

  /**
   * A value on its way.
   *
   * @param name in the graph
   * @param sample of it, for its shape
   */
  record Value(String name, Tensor sample) {}

  private static final String KNOWN =
      "linear, convolution, max and average pooling, activation, flatten, batch norm, dropout, local response"
          + " norm and softmax can be exported";

  private final Graph graph;

  LayerExport(Graph graph) {
    this.graph = graph;
  }

  /**
   * Adds a layer.
   *
   * @param path its name in the model, as in its parameters' names
   * @throws InputException if ONNX export does not know the layer, or how it is set
   */
  Value add(String path, Layer layer, Value x) {
    if (layer instanceof Sequential chain) {
      Value y = x;
      for (int i = 0; i < chain.layers().size(); i++) {
        y = add(path.isEmpty() ? "" + i : path + "." + i, chain.layers().get(i), y);
      }
      return y;
    }
    Tensor y = layer.forward(x.sample);
    return new Value(single(path, layer, x, y), y);
  }

  private String single(String path, Layer layer, Value x, Tensor y) {
    return switch (layer) {
      case Linear l -> linear(path, l, x.name, x.sample.shape().rank());
      case PlainConv<?> c -> conv(path, c, x);
      case MaxPool<?> p -> graph.add(path, windows(path, p, "MaxPool"), x.name);
      case AvgPool<?> p -> avgPool(path, p, x);
      case Activation a -> activation(path, a.op(), x.name);
      case Flatten _ -> flatten(path, x, y);
      case BatchNorm b -> batchNorm(path, b, x);
      case LocalResponseNorm n -> localResponseNorm(path, n, x);
      case SoftmaxLayer s -> softmax(path, s, x);
      case Dropout _, Dropout1d _, Dropout2d _, Dropout3d _, Identity _ -> x.name;
      default -> throw unknown(path, layer, "is not known to ONNX export", KNOWN);
    };
  }

  String linear(String path, Linear l, String x, int rank) {
    String weight = weight(path, "weight", l.weight());
    Parameter bias = l.bias();
    if (rank == 2) {
      return graph.add(path, Node.of("Gemm").with("transB", true), inputs(path, x, weight, bias));
    }
    String transposed = graph.add(path, Node.of("Transpose").with("perm", 1, 0), weight);
    String product = graph.add(path, Node.of("MatMul"), x, transposed);
    return bias == null
        ? product
        : graph.add(path, Node.of("Add"), product, weight(path, "bias", bias));
  }

  private String conv(String path, PlainConv<?> c, Value x) {
    if (c.geometry().paddingMode() != Padding.Mode.CONSTANT) {
      throw unknown(path, c, "pads by " + c.geometry().paddingMode(), "pad by zeros");
    }
    Windows w = c.geometry().windows();
    int[] pads = new int[2 * w.axes()];
    for (int a = 0; a < w.axes(); a++) {
      pads[a] = c.geometry().before(a);
      pads[w.axes() + a] = c.geometry().behind(a);
    }
    Node node =
        Node.of("Conv")
            .with("kernel_shape", w.kernel().toArray())
            .with("strides", w.stride().toArray())
            .with("dilations", w.dilation().toArray())
            .with("pads", pads)
            .with("group", (long) c.geometry().groups());
    return graph.add(
        path, node, inputs(path, x.name, weight(path, "weight", c.weight()), c.bias()));
  }

  private static Node windows(String path, PoolBase<?> p, String operator) {
    Windows w = p.geometry().windows();
    if (p.geometry().ceilMode()) {
      throw unknown(path, p, "rounds extents up", "take the floor, or pad");
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

  private String avgPool(String path, AvgPool<?> p, Value x) {
    boolean padding = p.countsIncludedPad() || p.divisorOverride() > 0;
    String mean =
        graph.add(path, windows(path, p, "AveragePool").with("count_include_pad", padding), x.name);
    if (p.divisorOverride() == 0) {
      return mean;
    }
    float factor = (float) p.geometry().windows().kernel().size() / p.divisorOverride();
    return graph.add(path, Node.of("Mul"), mean, graph.number(path, factor));
  }

  private String activation(String path, UnaryOp op, String x) {
    return switch (op.kind()) {
      case IDENTITY -> x;
      case AFFINE -> plus(path, times(path, x, op.a()), op.b());
      case EXP -> graph.add(path, Node.of("Exp"), x);
      case LOG -> graph.add(path, Node.of("Log"), x);
      case SQRT -> graph.add(path, Node.of("Sqrt"), x);
      case ABS -> graph.add(path, Node.of("Abs"), x);
      case SQUARE -> graph.add(path, Node.of("Mul"), x, x);
      case RECIPROCAL -> graph.add(path, Node.of("Reciprocal"), x);
      case POW -> graph.add(path, Node.of("Pow"), x, graph.number(path, op.a()));
      case CLAMP -> {
        String low = graph.number(path, op.a());
        yield graph.add(path, Node.of("Clip"), x, low, graph.number(path, op.b()));
      }
      case RELU -> graph.add(path, Node.of("Relu"), x);
      case LEAKY_RELU -> graph.add(path, Node.of("LeakyRelu").with("alpha", op.a()), x);
      case SIGMOID -> graph.add(path, Node.of("Sigmoid"), x);
      case TANH -> graph.add(path, Node.of("Tanh"), x);
      case SCALED_TANH ->
          times(path, graph.add(path, Node.of("Tanh"), times(path, x, op.b())), op.a());
      case ERF -> graph.add(path, Node.of("Erf"), x);
    };
  }

  private String times(String path, String x, float factor) {
    return graph.add(path, Node.of("Mul"), x, graph.number(path, factor));
  }

  private String plus(String path, String x, float addend) {
    return graph.add(path, Node.of("Add"), x, graph.number(path, addend));
  }

  /** A 0 in the operator's new shape keeps an extent, and so the batch's stays open. */
  private String flatten(String path, Value x, Tensor y) {
    if (y.shape().rank() == 1) {
      return graph.add(path, Node.of("Reshape"), x.name, graph.integers(path, -1));
    }
    long[] shape = new long[y.shape().rank()];
    shape[shape.length - 1] = -1;
    return graph.add(path, Node.of("Reshape"), x.name, graph.integers(path, shape));
  }

  private String batchNorm(String path, BatchNorm b, Value x) {
    if (!b.tracksRunningStats()) {
      throw unknown(path, b, "has no running statistics", "train it with some");
    }
    Tensor mean = b.stateDict().get("running_mean");
    Tensor var = b.stateDict().get("running_var");
    if (mean == null || var == null) {
      throw new IllegalStateException("export: " + path + " has lost its running statistics");
    }
    return graph.add(
        path,
        Node.of("BatchNormalization").with("epsilon", (float) b.options().eps()),
        x.name,
        scale(path, "weight", b.weight(), 1, mean.shape()),
        scale(path, "bias", b.bias(), 0, mean.shape()),
        graph.weight(name(path, "running_mean"), mean),
        graph.weight(name(path, "running_var"), var));
  }

  private String scale(String path, String name, @Nullable Parameter p, float usual, Shape shape) {
    if (p != null) {
      return weight(path, name, p);
    }
    float[] values = new float[(int) shape.size()];
    Arrays.fill(values, usual);
    return graph.weight(name(path, name), values, shape);
  }

  /** With an even number of channels, ONNX's window has the odd one behind and PyTorch's before. */
  private String localResponseNorm(String path, LocalResponseNorm n, Value x) {
    if (n.size() % 2 == 0) {
      throw unknown(path, n, "has a window of even size", "take an odd one");
    }
    LocalResponseNorm.Options o = n.options();
    return graph.add(
        path,
        Node.of("LRN")
            .with("alpha", (float) o.alpha())
            .with("beta", (float) o.beta())
            .with("bias", (float) o.k())
            .with("size", (long) n.size()),
        x.name);
  }

  private String softmax(String path, SoftmaxLayer s, Value x) {
    Node node = Node.of(s.isLog() ? "LogSoftmax" : "Softmax");
    return graph.add(path, node.with("axis", (long) s.axis()), x.name);
  }

  private String[] inputs(String path, String x, String weight, @Nullable Parameter bias) {
    List<String> inputs = new ArrayList<>(List.of(x, weight));
    if (bias != null) {
      inputs.add(weight(path, "bias", bias));
    }
    return inputs.toArray(String[]::new);
  }

  private String weight(String path, String name, Parameter p) {
    return graph.weight(name(path, name), p.value());
  }

  private static String name(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static InputException unknown(String path, Layer layer, String reason, String remedy) {
    return new InputException(
        "export: layer %s, %s, %s; %s"
            .formatted(path.isEmpty() ? "0" : path, layer, reason, remedy));
  }
}
