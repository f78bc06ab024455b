package io.cortado.tck;

import static io.cortado.nn.Activations.celu;
import static io.cortado.nn.Activations.elu;
import static io.cortado.nn.Activations.gelu;
import static io.cortado.nn.Activations.geluTanh;
import static io.cortado.nn.Activations.hardshrink;
import static io.cortado.nn.Activations.hardsigmoid;
import static io.cortado.nn.Activations.hardswish;
import static io.cortado.nn.Activations.hardtanh;
import static io.cortado.nn.Activations.logSigmoid;
import static io.cortado.nn.Activations.mish;
import static io.cortado.nn.Activations.relu6;
import static io.cortado.nn.Activations.selu;
import static io.cortado.nn.Activations.silu;
import static io.cortado.nn.Activations.softplus;
import static io.cortado.nn.Activations.softshrink;
import static io.cortado.nn.Activations.softsign;
import static io.cortado.nn.Activations.tanhshrink;
import static io.cortado.nn.Activations.threshold;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.Layer;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.reference.Numbers;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PyTorch 1.13.1 gave for its activations and their gradients, at their edges too. */
public abstract class TorchActivationsSuite extends BackendSuite {

  private static final Tolerance AS_TORCH = new Tolerance("as PyTorch", 1e-5);

  /** For subclasses. */
  protected TorchActivationsSuite() {}

  static Stream<Case> cases() {
    return TorchFixtures.cases("activations");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void activation(Case c) {
    Layer layer = layer(c.name().substring(0, c.name().indexOf('-')), c.floats("floats"));
    try (Step step = Device.of(backend()).step()) { // the suite closes the backend
      float[] values = c.floats("x");
      Tensor x = step.tensor(values, values.length).requiresGrad(true);
      Tensor y = layer.forward(x);
      check("y", c.floats("y"), y);
      y.backward(step.tensor(c.floats("dy"), values.length));
      check("dx", c.floats("dx"), Objects.requireNonNull(x.grad()));
    }
  }

  private static void check(String what, float[] recorded, Tensor actual) {
    Expected.within(1, Numbers.doubles(recorded)).check(what, actual.toFloatArray(), AS_TORCH);
  }

  private static Layer layer(String name, float[] args) {
    return switch (name) {
      case "relu6" -> relu6();
      case "elu" -> elu(args[0]);
      case "celu" -> celu(args[0]);
      case "selu" -> selu();
      case "gelu" -> gelu();
      case "geluTanh" -> geluTanh();
      case "silu" -> silu();
      case "mish" -> mish();
      case "softplus" -> softplus(args[0], args[1]);
      case "softsign" -> softsign();
      case "hardtanh" -> hardtanh(args[0], args[1]);
      case "hardsigmoid" -> hardsigmoid();
      case "hardswish" -> hardswish();
      case "logSigmoid" -> logSigmoid();
      case "threshold" -> threshold(args[0], args[1]);
      case "hardshrink" -> hardshrink(args[0]);
      case "softshrink" -> softshrink(args[0]);
      case "tanhshrink" -> tanhshrink();
      default -> throw new IllegalArgumentException("no activation is called " + name);
    };
  }
}
