package io.cortado.models.onnx;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.io.FileException;
import io.cortado.models.InputException;
import io.cortado.models.onnx.Item.Floats;
import io.cortado.models.onnx.Item.Wholes;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that was read from an ONNX file: its operators run one by one as they stand there.
 *
 * <p>Its parameters are the file's tensors of floats, with their names, and can be trained. What
 * has a slash in its name or is a single number is a constant, and a batch normalization's running
 * statistics are, too: it computes by them in training as well.
 *
 * @see <a href="https://onnx.ai/onnx/operators/">ONNX's operators</a>
 */
public final class OnnxNetwork extends Layer {

  /** A batch normalization's inputs from here on are statistics. */
  private static final int STATISTICS = 3;

  private static final int OLDEST = 13;
  private static final int NEWEST = 21;

  private final OnnxSummary summary;
  private final List<StoredNode> nodes;
  private final List<Call.Operator> operators;
  private final Map<String, StoredWeight> constants = new LinkedHashMap<>();
  private final Map<String, Parameter> weights = new LinkedHashMap<>();
  private final Map<String, StoredPart> parts = new HashMap<>();

  private OnnxNetwork(String source, ContentReader file) {
    summary = file.summary();
    nodes = List.copyOf(file.nodes);
    checkVersion(source);
    operators = nodes.stream().map(Operators::of).toList();
    Set<String> statistics = new HashSet<>();
    for (StoredNode n : nodes) {
      if (n.operator().equals("BatchNormalization") && n.inputs().size() > STATISTICS) {
        statistics.addAll(n.inputs().subList(STATISTICS, n.inputs().size()));
      }
    }
    file.weights.forEach((name, weight) -> {
      if (weight.isWhole() || weight.shape().rank() == 0 || name.contains("/")) {
        constants.put(name, weight);
      } else {
        weights.put(name, added(source, name, weight).requiresGrad(!statistics.contains(name)));
      }
    });
    checkNames(source);
  }

  private Parameter added(String source, String name, StoredWeight weight) {
    String[] path = name.split("\\.", -1);
    try {
      if (path.length == 1) {
        return parameter(name, weight.shape(), StoredPart.values(weight));
      }
      StoredPart part = parts.computeIfAbsent(path[0], n -> child(n, new StoredPart()));
      for (int i = 1; i < path.length - 1; i++) {
        part = part.part(path[i]);
      }
      return part.add(path[path.length - 1], weight);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: the tensor '%s' cannot have this name (%s); export it under another"
              .formatted(source, name, e.getMessage()),
          e);
    }
  }

  private void checkVersion(String source) {
    if (summary.opset() < OLDEST || summary.opset() > NEWEST) {
      throw new InputException(
          "%s: its operators are of opset %d, and %d to %d are read; export it again with opset_version=17"
              .formatted(source, summary.opset(), OLDEST, NEWEST));
    }
  }

  /** Each value is made once, before it is used. */
  private void checkNames(String source) {
    Set<String> known = new HashSet<>(constants.keySet());
    known.addAll(weights.keySet());
    inputs().forEach(v -> known.add(v.name()));
    for (StoredNode n : nodes) {
      for (String input : n.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          throw n.refused(
              "takes '%s', which nothing before it makes".formatted(input),
              source + " is damaged: get it again");
        }
      }
      for (String output : n.outputs()) {
        if (!output.isEmpty() && !known.add(output)) {
          throw n.refused(
              "makes '%s', which is there already".formatted(output),
              source + " is damaged: get it again");
        }
      }
    }
    for (OnnxSummary.Value v : summary.outputs()) {
      if (!known.contains(v.name())) {
        throw new InputException(
            "%s: no operator makes the output '%s'; the file is damaged: get it again"
                .formatted(source, v.name()));
      }
    }
  }

  /**
   * Reads a file.
   *
   * @return initialised on the device, in evaluation mode
   * @throws FileException if it cannot be read or is no ONNX file
   * @throws InputException if it has an operator that is not read; the message names it and its
   *     node
   */
  public static OnnxNetwork read(Path file, Device device) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(file.toString(), in, device);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Reads a file's contents. */
  static OnnxNetwork read(String source, byte[] content, Device device) throws IOException {
    return read(source, new ByteArrayInputStream(content), device);
  }

  private static OnnxNetwork read(String source, InputStream in, Device device) throws IOException {
    ContentReader reader = new ContentReader(in);
    reader.read(source);
    OnnxNetwork network = new OnnxNetwork(source, reader);
    network.init(device, 0);
    network.eval();
    return network;
  }

  /** Returns what the file says of itself. */
  public OnnxSummary description() {
    return summary;
  }

  /** Returns the inputs that have to be given. */
  public List<OnnxSummary.Value> inputs() {
    return summary.inputs().stream()
        .filter(v -> !constants.containsKey(v.name()) && !weights.keySet().contains(v.name()))
        .toList();
  }

  /**
   * Computes the first output of the only input.
   *
   * @throws IllegalArgumentException if the file has several inputs
   */
  @Override
  public Tensor forward(Tensor x) {
    List<OnnxSummary.Value> wanted = inputs();
    if (wanted.size() != 1) {
      throw new IllegalArgumentException(
          "onnx: the model has the inputs %s; give them all to run(...)"
              .formatted(wanted.stream().map(OnnxSummary.Value::name).toList()));
    }
    return run(Map.of(wanted.getFirst().name(), x)).values().iterator().next();
  }

  /**
   * Computes all outputs, in the file's order.
   *
   * @param inputs by name, whole numbers as INT32
   * @throws IllegalArgumentException if one is missing, or shapes do not fit; the message names the
   *     node
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Step step = device().currentStep("onnx");
    Map<String, Item> values = new HashMap<>();
    for (OnnxSummary.Value v : inputs()) {
      Tensor given = inputs.get(v.name());
      if (given == null) {
        throw new IllegalArgumentException(
            "onnx: the input '" + v.name() + "' is missing; give it");
      }
      values.put(v.name(), item(given));
    }
    weights.forEach((name, p) -> values.put(name, new Floats(p.value())));
    for (int i = 0; i < nodes.size(); i++) {
      run(nodes.get(i), operators.get(i), values, step);
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (OnnxSummary.Value v : summary.outputs()) {
      outputs.put(v.name(), tensor(values.get(v.name()), step));
    }
    return outputs;
  }

  private void run(StoredNode node, Call.Operator operator, Map<String, Item> values, Step step) {
    List<@Nullable Item> inputs = new ArrayList<>();
    Call call = new Call(node, inputs, step);
    for (String name : node.inputs()) {
      StoredWeight constant = constants.get(name);
      inputs.add(
          constant == null
              ? values.get(name)
              : values.computeIfAbsent(name, _ -> ShapeOperators.item(call, constant)));
    }
    List<Item> outputs;
    try {
      outputs = operator.run(call);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("onnx: %s: %s".formatted(node, e.getMessage()), e);
    }
    for (int i = 0; i < Math.min(outputs.size(), node.outputs().size()); i++) {
      values.put(node.outputs().get(i), outputs.get(i));
    }
  }

  private static Item item(Tensor t) {
    return t.dtype() == DType.INT32
        ? new Wholes(t.shape(), Arrays.stream(t.toIntArray()).asLongStream().toArray())
        : new Floats(t);
  }

  private static Tensor tensor(@Nullable Item item, Step step) {
    return switch (item) {
      case null -> throw new IllegalArgumentException("onnx: an output was not made");
      case Floats f -> f.tensor();
      case Wholes w -> step.tensor(w.ints(), w.shape().toArray());
    };
  }

  @Override
  public String toString() {
    return "OnnxNetwork(%d operators)".formatted(nodes.size());
  }
}
