package io.cortado.tck;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Parameter;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.TorchLayers.FamilyCase;
import io.cortado.tck.TorchLayers.Made;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a layer is from torch.nn's.
 *
 * @param torchClass the class of torch.nn
 * @param ours what users of this project call it
 * @param name the case's name: the class and its options
 * @param valueError the largest relative error of the outputs, and of the state afterwards
 * @param gradientError the largest relative error of the gradients of inputs and parameters
 * @param numbers what was computed and what was expected, for messages
 */
record TorchLayerComparison(
    String torchClass,
    String ours,
    String name,
    double valueError,
    double gradientError,
    String numbers) {

  /** Runs all recorded cases on a device. */
  static List<TorchLayerComparison> compareAll(Device device) {
    return TorchLayers.cases().map(c -> compare(device, c)).toList();
  }

  /** Makes one recorded layer on a device, gives it torch's parameters, and runs it. */
  static TorchLayerComparison compare(Device device, FamilyCase of) {
    Case c = of.recorded();
    TorchLayerOptions options = new TorchLayerOptions(c);
    String torchClass = TorchLossOptions.torchClass(c);
    Made made = of.family().make(torchClass, options);
    options.checkAllAsked();
    made.module().init(device, 0);
    load(made, c);
    StringBuilder numbers = new StringBuilder();
    double values;
    double gradients;
    try (Step step = device.step()) {
      Tensor[] x = inputs(step, c);
      List<Tensor> y = made.call().of(x);
      values = values(c, y, numbers);
      backward(step, c, x[0], y);
      gradients = gradients(c, made, x, numbers);
    }
    values = Math.max(values, states(c, made, numbers));
    return new TorchLayerComparison(
        torchClass, made.name(), c.name(), values, gradients, numbers.toString());
  }

  private static void load(Made made, Case c) {
    Map<String, Tensor> state = new TreeMap<>(made.module().stateDict());
    List<String> recorded = c.tensors("p.");
    if (!recorded.equals(List.copyOf(state.keySet()))) {
      throw new AssertionError(
          "%s has the state %s, torch's is %s".formatted(c, state.keySet(), recorded));
    }
    state.forEach((name, tensor) -> {
      int[] shape = c.shape("p." + name);
      if (!Arrays.equals(shape, tensor.shape().toArray())) {
        throw new AssertionError(
            "%s: %s is %s, torch's %s".formatted(c, name, tensor.shape(), Arrays.toString(shape)));
      }
      if (tensor.dtype() == DType.INT32) {
        tensor.set(c.ints("p." + name));
      } else {
        tensor.set(c.floats("p." + name));
      }
    });
    made.module().stateLoaded();
  }

  private static String numbered(String name, int i) {
    return i == 0 ? name : name + i;
  }

  private static Tensor[] inputs(Step step, Case c) {
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; c.has(numbered("x", i)); i++) {
      Tensor x = c.on(step.device(), numbered("x", i));
      inputs.add(c.has(numbered("dx", i)) ? x.requiresGrad(true) : x);
    }
    return inputs.toArray(Tensor[]::new);
  }

  private static double values(Case c, List<Tensor> y, StringBuilder numbers) {
    double largest = 0;
    for (int i = 0; i < y.size(); i++) {
      String name = numbered("y", i);
      int[] shape = c.shape(name);
      if (!Arrays.equals(shape, y.get(i).shape().toArray())) {
        throw new AssertionError(
            "%s: %s is %s, torch's %s"
                .formatted(c, name, y.get(i).shape(), Arrays.toString(shape)));
      }
      if (y.get(i).dtype() == DType.INT32) {
        boolean same = Arrays.equals(c.ints(name), y.get(i).toIntArray());
        largest = Math.max(largest, same ? 0 : Double.POSITIVE_INFINITY);
        numbers.append("\n%s is %s".formatted(name, Arrays.toString(y.get(i).toIntArray())));
      } else {
        double error = TorchLosses.error(name, y.get(i).toFloatArray(), c.floats(name), numbers);
        largest = Math.max(largest, error);
      }
    }
    if (c.has(numbered("y", y.size()))) {
      throw new AssertionError(c + " has " + y.size() + " outputs, torch's more");
    }
    return largest;
  }

  private static void backward(Step step, Case c, Tensor x, List<Tensor> y) {
    Tensor single = y.getFirst();
    if (!c.has("dy1") && single != x) {
      single.backward(c.on(step.device(), "dy"));
      return;
    }
    Tensor total = step.zeros();
    for (int i = 0; i < y.size(); i++) {
      if (c.has(numbered("dy", i))) {
        total = total.add(y.get(i).mul(c.on(step.device(), numbered("dy", i))).sum());
      }
    }
    total.backward();
  }

  private static double gradients(Case c, Made made, Tensor[] x, StringBuilder numbers) {
    double largest = 0;
    for (int i = 0; i < x.length; i++) {
      String name = numbered("dx", i);
      if (c.has(name)) {
        largest = Math.max(largest, gradient(c, name, x[i], numbers));
      }
    }
    for (Map.Entry<String, Parameter> e : made.module().namedParameters().entrySet()) {
      String name = "d." + e.getKey();
      if (c.has(name)) {
        largest = Math.max(largest, gradient(c, name, e.getValue().value(), numbers));
      }
    }
    return largest;
  }

  private static double gradient(Case c, String name, Tensor of, StringBuilder numbers) {
    Tensor gradient = of.grad();
    if (gradient == null) {
      throw new AssertionError(c + ": there is no gradient " + name);
    }
    return TorchLosses.error(name, gradient.toFloatArray(), c.floats(name), numbers);
  }

  /** Compares what the call changed of the state, such as running means. */
  private static double states(Case c, Made made, StringBuilder numbers) {
    double largest = 0;
    Map<String, Tensor> state = made.module().stateDict();
    for (String name : c.tensors("a.")) {
      Tensor tensor = state.get(name);
      if (tensor == null) {
        throw new AssertionError(c + ": there is no state " + name);
      }
      if (tensor.dtype() == DType.INT32) {
        boolean same = Arrays.equals(c.ints("a." + name), tensor.toIntArray());
        largest = Math.max(largest, same ? 0 : Double.POSITIVE_INFINITY);
      } else {
        double error =
            TorchLosses.error(name, tensor.toFloatArray(), c.floats("a." + name), numbers);
        largest = Math.max(largest, error);
      }
    }
    return largest;
  }
}
