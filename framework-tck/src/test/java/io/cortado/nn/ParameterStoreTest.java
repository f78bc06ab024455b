package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;

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
}
