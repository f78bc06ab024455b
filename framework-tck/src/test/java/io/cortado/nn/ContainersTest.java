package io.cortado.nn;

import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.identity;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.residual;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.MatMul;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.init.Initializers;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers, and parameters that are shared or computed of others. */
class ContainersTest {

  private static final Offset<Float> ROUNDING = within(1e-5f);

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  /** A model of all containers. */
  private static final class Model extends Module {
    final ModuleList<Linear> list = child("list", new ModuleList<>(linear(2, 2), linear(2, 2)));
    final ModuleDict<Layer> dict = child("dict", new ModuleDict<>(Map.of("a", linear(2, 1))));
    final ParameterList scales = child("scales", new ParameterList());
    final ParameterDict others = child("others", new ParameterDict());

    Model() {
      scales.append(Shape.of(2), Initializers.ones());
      scales.append(Shape.of(3), Initializers.ones());
      others.put("shift", Shape.of(1), Initializers.zeros());
      list.append(linear(2, 3));
    }
  }

  @Test
  void partsAreNamedAsPyTorchs() {
    Model model = new Model();
    assertThat(model.namedParameters().keySet())
        .containsExactly(
            "list.0.weight",
            "list.0.bias",
            "list.1.weight",
            "list.1.bias",
            "list.2.weight",
            "list.2.bias",
            "dict.a.weight",
            "dict.a.bias",
            "scales.0",
            "scales.1",
            "others.shift");
    assertThat(model.list.get(-1).toString()).isEqualTo("Linear(2, 3)");
    assertThat(model.list).hasSize(3);
    assertThat(model.scales.get(-1).shape()).isEqualTo(Shape.of(3));
    assertThatThrownBy(() -> model.dict.get("b")).hasMessageContainingAll("'b'", "[a]");
    assertThatThrownBy(() -> model.dict.put("a", identity())).hasMessageContaining("'a' already");
    assertThatThrownBy(() -> model.others.get("x")).hasMessageContainingAll("'x'", "[shift]");
    assertThat(model.others.get("shift").shape()).isEqualTo(Shape.of(1));
  }

  @Test
  void waysAroundAndSideBySide() {
    try (Step step = device.step()) {
      Tensor x = step.tensor(new float[] {-1, 2}, 1, 2);
      assertThat(residual(relu()).forward(x).toFloatArray()).containsExactly(-1, 4);
      Layer both = Parallel.concat(1, identity(), relu());
      assertThat(both.forward(x).toFloatArray()).containsExactly(-1, 2, 0, 2);
      assertThat(Parallel.sum(identity(), relu()).forward(x).toFloatArray()).containsExactly(-1, 4);
      assertThat(new Residual(identity(), relu()).forward(x).toFloatArray()).containsExactly(-1, 4);
      assertThatThrownBy(() -> residual(both).forward(x))
          .hasMessageContainingAll("residual", "[1, 4]", "[1, 2]", "shortcut");
      assertThatThrownBy(Parallel::sum).hasMessageContaining("at least one");
    }
    Layer model = sequential(residual(sequential(linear(2, 2))), Parallel.sum(linear(2, 3)));
    assertThat(model.namedParameters().keySet())
        .containsExactly("0.body.0.weight", "0.body.0.bias", "1.0.weight", "1.0.bias");
    model.init(device, 1);
    assertThat(model.summary(Shape.of(4, 2)).parameters()).isEqualTo(6 + 9);
  }

  // ---------------------------------------------------------------- tied parameters

  /** A language model's table that its last layer shares. */
  private static final class Tied extends Module {
    final Embedding in = child("in", new Embedding(4, 3));
    final Linear out = child("out", linear(3, 4, false));

    Tied(boolean tied) {
      if (tied) {
        out.weight().tie(in.weight());
      }
    }

    Tensor loss(Step step) {
      return out.forward(in.forward(step.tensor(new int[] {1, 3, 1}, 3))).square().sum();
    }
  }

  @Test
  void aTiedParameterIsOne(@TempDir Path folder) {
    Tied two = new Tied(false);
    Tied one = new Tied(true);
    assertThat(two.parameterCount()).isEqualTo(24);
    assertThat(one.parameterCount()).isEqualTo(12);
    assertThat(one.namedParameters().keySet()).containsExactly("in.weight");
    two.init(device, 1);
    one.init(device, 1);
    assertThat(one.store().parameters()).hasSize(1);
    assertThat(one.out.weight().value()).isSameAs(one.in.weight().value());
    float[] start = one.in.weight().value().toFloatArray();
    two.in.weight().value().set(start);
    two.out.weight().value().set(start);
    SGD optimizer = new SGD(0.01);
    optimizer.attach(one);
    float[] sum = new float[12];
    try (Step step = device.step()) {
      two.loss(step).backward();
      one.loss(step).backward();
      float[] a = gradient(two.in.weight());
      float[] b = gradient(two.out.weight());
      float[] both = gradient(one.in.weight());
      for (int i = 0; i < 12; i++) {
        sum[i] = a[i] + b[i];
        assertThat(both[i]).isCloseTo(sum[i], ROUNDING);
      }
      optimizer.step();
    }
    float[] after = one.out.weight().value().toFloatArray();
    for (int i = 0; i < 12; i++) {
      assertThat(after[i]).isCloseTo(start[i] - 0.01f * sum[i], ROUNDING);
    }
    Path file = folder.resolve("tied.safetensors");
    one.save(file);
    Tied again = new Tied(true);
    again.init(device, 2);
    again.load(file);
    assertThat(again.stateDict().keySet()).containsExactly("in.weight");
    assertThat(again.out.weight().value().toFloatArray()).isEqualTo(after);
  }

  private static float[] gradient(Parameter p) {
    return Objects.requireNonNull(p.value().grad()).toFloatArray();
  }

  @Test
  void whatCanNotBeTied() {
    Linear a = linear(2, 3);
    Linear b = linear(3, 2);
    assertThatThrownBy(() -> a.weight().tie(b.weight()))
        .hasMessageContainingAll("tie", "[3, 2]", "[2, 3]");
    Linear c = linear(2, 3);
    a.weight().tie(c.weight());
    assertThatThrownBy(() -> c.weight().tie(a.weight())).hasMessageContaining("one already");
    Linear d = linear(2, 3);
    d.init(device, 1);
    assertThatThrownBy(() -> d.weight().tie(c.weight())).hasMessageContaining("before init");
    a.weight().requiresGrad(false);
    assertThat(c.weight().isTrainable()).isFalse();
  }

  // ---------------------------------------------------------------- computed parameters

  private Map<String, float[]> state(Module module) {
    Map<String, float[]> state = new TreeMap<>();
    module.stateDict().forEach((name, t) -> state.put(name, t.toFloatArray()));
    return state;
  }

  @Test
  void aNormedWeightStartsAsItself() {
    Linear normed = Parametrizations.weightNorm(linear(3, 4));
    normed.init(device, 5);
    assertThat(state(normed).keySet())
        .containsExactly(
            "bias", "parametrizations.weight.original0", "parametrizations.weight.original1");
    try (Step step = device.inference()) {
      float[] w = normed.weight().value().toFloatArray();
      float[] v = state(normed).get("parametrizations.weight.original1");
      for (int i = 0; i < w.length; i++) {
        assertThat(w[i]).isCloseTo(v[i], ROUNDING);
      }
      assertThat(step.isOpen()).isTrue();
    }
  }

  /** The first vectors come from enough iterations: the largest singular value is nearly 1. */
  @Test
  void aSpectralNormIsNearlyOneAtOnce() {
    Conv2d drawn = Parametrizations.spectralNorm(conv2d(2, 3, 2));
    drawn.weightInit(Initializers.normal(0, 1)).init(device, 5).eval();
    assertThat(state(drawn).keySet())
        .containsExactly(
            "bias",
            "parametrizations.weight.0._u",
            "parametrizations.weight.0._v",
            "parametrizations.weight.original");
    try (Step step = device.inference()) {
      Tensor w = drawn.weight().value().reshape(3, 8);
      Tensor x = step.ones(8);
      for (int i = 0; i < 100; i++) {
        Tensor y = w.transpose(0, 1).matmul(w.matmul(x));
        x = y.div(y.norm());
      }
      assertThat(w.matmul(x).norm().item()).isCloseTo(1, within(0.01f));
    }
  }

  @Test
  void aComputedParameterIsMadeAnOrdinaryOne() {
    for (boolean spectral : new boolean[] {false, true}) {
      Linear layer = linear(3, 4);
      if (spectral) {
        Parametrizations.spectralNorm(layer);
      } else {
        Parametrizations.weightNorm(layer);
      }
      layer.init(device, 5);
      SGD optimizer = new SGD(0.1);
      optimizer.attach(layer);
      float[] x = {1, 2, 3, -1, 0, 1};
      for (int i = 0; i < 3; i++) {
        try (Step step = device.step()) {
          layer.forward(step.tensor(x, 2, 3)).square().sum().backward();
          optimizer.step();
        }
      }
      layer.eval();
      float[] before;
      try (Step step = device.inference()) {
        before = layer.forward(step.tensor(x, 2, 3)).toFloatArray();
      }
      Parametrizations.remove(layer, "weight");
      assertThat(state(layer).keySet()).containsExactly("bias", "weight");
      assertThat(layer.children()).isEmpty();
      float[] weight = layer.weight().value().toFloatArray();
      try (Step step = device.step()) {
        Tensor y = layer.forward(step.tensor(x, 2, 3));
        for (int i = 0; i < before.length; i++) {
          assertThat(y.toFloatArray()[i]).isCloseTo(before[i], ROUNDING);
        }
        y.sum().backward();
        optimizer.step();
      }
      // The gradient of each row is the sum of both samples, and the optimizer goes on with it.
      float[] after = layer.weight().value().toFloatArray();
      float[] sums = {0, 2, 4};
      for (int i = 0; i < after.length; i++) {
        assertThat(after[i]).isCloseTo(weight[i] - 0.1f * sums[i % 3], ROUNDING);
      }
      assertThatThrownBy(() -> Parametrizations.remove(layer, "weight"))
          .hasMessageContaining("is not computed");
    }
  }

  @Test
  void whatCanNotBeComputed() {
    Linear layer = Parametrizations.weightNorm(linear(3, 4));
    assertThatThrownBy(() -> Parametrizations.spectralNorm(layer))
        .hasMessageContainingAll("spectralNorm", "no parameter 'weight'", "[bias]");
    assertThatThrownBy(() -> Parametrizations.weightNorm(linear(3, 4), "scale", 0))
        .hasMessageContainingAll("weightNorm", "'scale'", "[weight, bias]");
    assertThatThrownBy(() -> Parametrizations.spectralNorm(linear(3, 4), "weight", 0, 1e-12, 0))
        .hasMessageContaining("0 power iterations");
    assertThatThrownBy(() -> linear(3, 4).weight().tie(layer.weight()).value())
        .hasMessageContaining("init");
    Linear made = linear(3, 4);
    made.init(device, 1);
    assertThatThrownBy(() -> Parametrizations.weightNorm(made)).hasMessageContaining("before init");
    Parametrizations.remove(layer, "weight");
    layer.init(device, 1);
    assertThat(layer.weight().value().shape()).isEqualTo(Shape.of(4, 3));
    try (Step step = device.inference()) {
      Tensor y = MatMul.linear(step.ones(1, 3), layer.weight().value(), null, UnaryOp.IDENTITY);
      assertThat(y.shape()).isEqualTo(Shape.of(1, 4));
    }
  }

  @Test
  void aNormedScaleOfABatchNormIsComputedInEachStep() {
    BatchNorm layer = Parametrizations.weightNorm(Layers.batchNorm1d(2));
    layer.init(device, 5);
    SGD optimizer = new SGD(0.1);
    optimizer.attach(layer);
    float[][] values = new float[3][];
    for (int i = 0; i < values.length; i++) {
      try (Step step = device.step()) {
        Tensor y = layer.forward(step.tensor(new float[] {1, 2, 3, -1, 0, 1}, 3, 2));
        values[i] = y.toFloatArray();
        y.square().sum().backward();
        optimizer.step();
      }
    }
    assertThat(values[1]).isNotEqualTo(values[0]);
    assertThat(values[2]).isNotEqualTo(values[1]);
  }
}
