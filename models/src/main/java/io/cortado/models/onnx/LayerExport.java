package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.models.InputException;
import io.cortado.nn.Activation;
import io.cortado.nn.AdaptivePool;
import io.cortado.nn.AlphaDropout;
import io.cortado.nn.AvgPool;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.ChannelShuffle;
import io.cortado.nn.ConvBase;
import io.cortado.nn.Dropout;
import io.cortado.nn.Dropout1d;
import io.cortado.nn.Dropout2d;
import io.cortado.nn.Dropout3d;
import io.cortado.nn.Embedding;
import io.cortado.nn.FeatureAlphaDropout;
import io.cortado.nn.Flatten;
import io.cortado.nn.GLU;
import io.cortado.nn.GroupNorm;
import io.cortado.nn.Identity;
import io.cortado.nn.InstanceNorm;
import io.cortado.nn.Layer;
import io.cortado.nn.LayerNorm;
import io.cortado.nn.Linear;
import io.cortado.nn.LocalResponseNorm;
import io.cortado.nn.MaxPool;
import io.cortado.nn.PReLU;
import io.cortado.nn.PaddingLayer;
import io.cortado.nn.Parallel;
import io.cortado.nn.Parameter;
import io.cortado.nn.PixelShuffle;
import io.cortado.nn.PointwiseActivation;
import io.cortado.nn.RMSNorm;
import io.cortado.nn.RReLU;
import io.cortado.nn.Residual;
import io.cortado.nn.Sequential;
import io.cortado.nn.Softmax2d;
import io.cortado.nn.SoftmaxLayer;
import io.cortado.nn.Softmin;
import io.cortado.nn.Unflatten;
import io.cortado.nn.Upsample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts layers into a graph, as they are in evaluation mode.
 *
 * <p>A sample goes along through the layers themselves, so that shapes are theirs.
 */
public final class LayerExport {

  private static final String KNOWN = "docs/exchange.md lists the layers that can be exported";

  private final Graph graph;

  /** Makes one that adds to a graph. */
  public LayerExport(Graph graph) {
    this.graph = graph;
  }

  /** Returns the graph that layers are added to. */
  public Graph graph() {
    return graph;
  }

  /**
   * Adds a layer.
   *
   * @param path its name in the model, as in its parameters' names
   * @throws InputException if ONNX export does not know the layer, or how it is set
   */
  public Value add(String path, Layer layer, Value x) {
    switch (layer) {
      case Sequential chain -> {
        Value y = x;
        for (int i = 0; i < chain.layers().size(); i++) {
          y = add(name(path, "" + i), chain.layers().get(i), y);
        }
        return y;
      }
      case Residual r -> {
        Value through = part(path, r, "body", x);
        Value around = r.children().containsKey("shortcut") ? part(path, r, "shortcut", x) : x;
        String sum = graph.add(path, Node.of("Add"), around.name(), through.name());
        return new Value(sum, through.sample());
      }
      case Parallel p -> {
        return parallel(path, p, x);
      }
      default -> {
        Tensor y = layer.forward(x.sample());
        return new Value(single(path, layer, x, y), y);
      }
    }
  }

  private Value part(String path, Layer whole, String name, Value x) {
    return whole.children().get(name) instanceof Layer part ? add(name(path, name), part, x) : x;
  }

  private Value parallel(String path, Parallel p, Value x) {
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < p.layers().size(); i++) {
      parts.add(add(name(path, "" + i), p.layers().get(i), x));
    }
    Tensor[] samples = parts.stream().map(Value::sample).toArray(Tensor[]::new);
    String[] names = parts.stream().map(Value::name).toArray(String[]::new);
    if (p.axis().isEmpty()) {
      Tensor sum = Arrays.stream(samples).reduce(Tensor::add).orElseThrow();
      String added =
          Arrays.stream(names)
              .reduce((a, b) -> graph.add(path, Node.of("Add"), a, b))
              .orElseThrow();
      return new Value(added, sum);
    }
    int axis = p.axis().getAsInt();
    if (axis == 0 || axis == -samples[0].shape().rank()) {
      throw unknown(path, p, "joins batches", "join along another axis");
    }
    String joined = graph.add(path, Node.of("Concat").with("axis", (long) axis), names);
    return new Value(joined, Tensor.concat(axis, samples));
  }

  private String single(String path, Layer layer, Value x, Tensor y) {
    return switch (layer) {
      case OnnxLayer own -> own.export(this, path, x.name());
      case Linear l -> linear(path, l, x.name(), x.sample().shape().rank());
      case Embedding e -> gather(path, e, x.name());
      case ConvBase<?> c -> new WindowExport(this).conv(path, c, x);
      case MaxPool<?> p -> new WindowExport(this).maxPool(path, p, x);
      case AvgPool<?> p -> new WindowExport(this).avgPool(path, p, x);
      case AdaptivePool p -> new WindowExport(this).adaptivePool(path, p, x);
      case PReLU p when p.weight().shape().size() == 1 ->
          graph.add(path, Node.of("PRelu"), x.name(), weight(path, "weight", p.weight()));
      case PReLU p -> {
        String slopes = perChannel(path, "weight", p.weight(), x.sample().shape().rank());
        yield graph.add(path, Node.of("PRelu"), x.name(), slopes);
      }
      case RReLU r -> activation(path, UnaryOp.leakyRelu((float) r.meanSlope()), x.name());
      case PointwiseActivation f ->
          new FormulaExport(graph, path).add(f.function().compiled(), x.name());
      case LayerNorm n -> new NormExport(this).layerNorm(path, n, x.name());
      case RMSNorm n -> new NormExport(this).rmsNorm(path, n, x.name());
      case GroupNorm n -> new NormExport(this).groupNorm(path, n, x);
      case InstanceNorm n -> new NormExport(this).instanceNorm(path, n, x);
      case PaddingLayer p ->
          new MoveExport(this)
              .pad(path, x.name(), x.sample().shape(), p.mode(), p.value(), p.widths());
      case PixelShuffle s -> new MoveExport(this).pixelShuffle(path, s, x, y.shape());
      case ChannelShuffle s -> new MoveExport(this).channelShuffle(path, s, x);
      case GLU g -> new MoveExport(this).glu(path, g, x);
      case Upsample u -> new ResizeExport(graph, path, u).add(x, y);
      case Activation a -> activation(path, a.op(), x.name());
      case Flatten _ -> flatten(path, x, y);
      case Unflatten _ -> unflatten(path, x, y);
      case BatchNorm b -> batchNorm(path, b, x);
      case LocalResponseNorm n -> localResponseNorm(path, n, x);
      case SoftmaxLayer s ->
          softmax(path, s.isLog() ? "LogSoftmax" : "Softmax", s.axis(), x.name());
      case Softmax2d _ -> softmax(path, "Softmax", -3, x.name());
      case Softmin s ->
          softmax(path, "Softmax", s.dim(), graph.add(path, Node.of("Neg"), x.name()));
      case Dropout _, Dropout1d _, Dropout2d _, Dropout3d _, Identity _ -> x.name();
      case AlphaDropout _, FeatureAlphaDropout _ -> x.name();
      default -> throw unknown(path, layer, "is not known to ONNX export", KNOWN);
    };
  }

  /** Adds a parameter of one for each channel, with an axis of extent 1 for each behind. */
  String perChannel(String path, String name, Parameter p, int rank) {
    String values = weight(path, name, p);
    long[] behind = LongStream.range(1, rank - 1L).toArray();
    return behind.length == 0
        ? values
        : graph.add(path, Node.of("Unsqueeze"), values, graph.integers(path, behind));
  }

  /** Adds a table's rows by their numbers. */
  public String gather(String path, Embedding e, String numbers) {
    return graph.add(path, Node.of("Gather"), weight(path, "weight", e.weight()), numbers);
  }

  /**
   * Adds a convolution of inputs of any extents.
   *
   * @throws InputException if it pads by anything but zeros
   */
  public String conv(String path, ConvBase<?> c, String x) {
    return new WindowExport(this).conv(path, c, x);
  }

  /**
   * Adds a fully connected layer.
   *
   * @param rank how many axes x has
   */
  public String linear(String path, Linear l, String x, int rank) {
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

  String times(String path, String x, float factor) {
    return graph.add(path, Node.of("Mul"), x, graph.number(path, factor));
  }

  private String plus(String path, String x, float addend) {
    return graph.add(path, Node.of("Add"), x, graph.number(path, addend));
  }

  /** A 0 in the operator's new shape keeps an extent, and so the batch's stays open. */
  private String flatten(String path, Value x, Tensor y) {
    if (y.shape().rank() == 1) {
      return graph.add(path, Node.of("Reshape"), x.name(), graph.integers(path, -1));
    }
    long[] shape = new long[y.shape().rank()];
    shape[shape.length - 1] = -1;
    return graph.add(path, Node.of("Reshape"), x.name(), graph.integers(path, shape));
  }

  private String unflatten(String path, Value x, Tensor y) {
    long[] shape = Arrays.stream(y.shape().toArray()).asLongStream().toArray();
    shape[0] = 0;
    return graph.add(path, Node.of("Reshape"), x.name(), graph.integers(path, shape));
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
        x.name(),
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
        x.name());
  }

  private String softmax(String path, String operator, int axis, String x) {
    return graph.add(path, Node.of(operator).with("axis", (long) axis), x);
  }

  String[] inputs(String path, String x, String weight, @Nullable Parameter bias) {
    List<String> inputs = new ArrayList<>(List.of(x, weight));
    if (bias != null) {
      inputs.add(weight(path, "bias", bias));
    }
    return inputs.toArray(String[]::new);
  }

  /** Adds a layer's parameter under its name in the model. */
  public String weight(String path, String name, Parameter p) {
    return graph.weight(name(path, name), p.value());
  }

  private static String name(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  static InputException unknown(String path, Layer layer, String reason, String remedy) {
    return new InputException(
        "export: layer %s, %s, %s; %s"
            .formatted(path.isEmpty() ? "0" : path, layer, reason, remedy));
  }
}
