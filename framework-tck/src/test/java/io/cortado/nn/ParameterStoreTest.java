package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Philox;
import io.cortado.RandomStream;
import io.cortado.Shape;
import io.cortado.nn.init.FanMode;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import io.cortado.nn.init.Nonlinearity;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterStoreTest {

  /** A few values more than two pieces. */
  private static final Shape WEIGHT = Shape.of(2 * ParameterStore.PIECE / 64 + 1, 64);

  static Stream<Initializer> elementByElement() {
    return Stream.of(
        Initializers.constant(0.5f),
        Initializers.uniform(-1, 2),
        Initializers.normal(1, 2),
        Initializers.truncNormal(0, 1, -2, 2),
        Initializers.xavierUniform(1),
        Initializers.xavierNormal(1),
        Initializers.kaimingUniform(0, FanMode.FAN_IN, Nonlinearity.RELU),
        Initializers.kaimingNormal(0, FanMode.FAN_OUT, Nonlinearity.RELU));
  }

  @ParameterizedTest
  @MethodSource("elementByElement")
  void weightsMadeInPiecesAreThoseOfOneArray(Initializer initializer) {
    float[] whole = new float[(int) WEIGHT.size()];
    initializer.fill(whole, WEIGHT, new Philox(7, RandomStream.INIT, 0, 0));
    Linear layer = Layers.linear(WEIGHT.dim(1), WEIGHT.dim(0)).weightInit(initializer);
    assertThat(initializer.inPieces()).isTrue();
    try (Device device = Device.of(new ReferenceBackend())) {
      layer.init(device, 7);
      assertThat(layer.parameters().getFirst().value().toFloatArray()).isEqualTo(whole);
    }
  }

  @Test
  void whatIsMadeOfAWholeMatrixIsNotMadeInPieces() {
    for (Initializer initializer :
        new Initializer[] {
          Initializers.eye(), Initializers.orthogonal(1), Initializers.sparse(0.5, 1)
        }) {
      assertThat(initializer.inPieces()).isFalse();
    }
  }

  @Test
  void anInitThatFailsLeavesNothingBehind() {
    Linear layer = Layers.linear(32, 32).biasInit(Initializers.xavierUniform(1));
    Layer model = Layers.sequential(Parametrizations.spectralNorm(Layers.linear(8, 32)), layer);
    try (Device device = Device.of(new ReferenceBackend())) {
      assertThatThrownBy(() -> model.init(device, 1)).isInstanceOf(IllegalArgumentException.class);
      assertThat(device.backend().memory().inUseBytes()).isZero();
      assertThat(layer.weight().isInitialized()).isFalse();
      assertThat(layer.weight().name()).isEqualTo("weight");
      assertThatThrownBy(model::store).hasMessageContaining("init");
      layer.biasInit(Initializers.zeros());
      model.init(device, 1);
      assertThat(layer.weight().value().shape()).isEqualTo(Shape.of(32, 32));
    }
  }

  /** Parameters that have their values go back as well. */
  @Test
  void aStateThatFailsLeavesNothingBehind() {
    boolean[] fails = {true};
    Module model =
        new Module() {
          private final Linear part = child("part", Layers.linear(2, 3));
          private final StateTensor first = state("first", Shape.of(4), 1);
          private final StateTensor second =
              state("second", Shape.of(1), () -> new float[fails[0] ? 2 : 1]);

          @Override
          public String toString() {
            return part + " " + first + " " + second;
          }
        };
    try (Device device = Device.of(new ReferenceBackend())) {
      assertThatThrownBy(() -> model.init(device, 1)).hasMessageContaining("2 values for shape");
      assertThat(device.backend().memory().inUseBytes()).isZero();
      fails[0] = false;
      assertThat(model.init(device, 1).stateDict()).hasSize(4);
    }
  }
}
