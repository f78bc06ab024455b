package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.init.Initializers;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables and bags of their rows. */
class TablesTest {

  private static final Offset<Double> ROUNDING = within(1e-6);

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  private static float[] row(float[] table, int row, int width) {
    return Arrays.copyOfRange(table, row * width, (row + 1) * width);
  }

  @Test
  void rowsThatAreNotNamedKeepTheirBits() {
    Embedding table = new Embedding(6, 3).maxNorm(0.5);
    table.init(device, 1);
    SGD optimizer = new SGD(0.1);
    optimizer.attach(table);
    float[] before = table.weight().value().toFloatArray();
    try (Step step = device.step()) {
      table.forward(step.tensor(new int[] {4, 1, 4, 4}, 4)).square().sum().backward();
      optimizer.step();
    }
    float[] after = table.weight().value().toFloatArray();
    for (int r : new int[] {0, 2, 3, 5}) {
      assertThat(row(after, r, 3)).isEqualTo(row(before, r, 3));
    }
    assertThat(row(after, 1, 3)).isNotEqualTo(row(before, 1, 3));
  }

  @Test
  void namedRowsAreShortenedInTheTable() {
    Embedding table = new Embedding(4, 3).maxNorm(0.5).normType(1);
    table.init(device, 1);
    table.weight().value().set(new float[] {1, -1, 2, 0.1f, 0.1f, 0.2f, 3, 3, 3, 1, 0, 0});
    try (Step step = device.inference()) {
      float[] y = table.forward(step.tensor(new int[] {0, 1, 0, 0}, 4)).toFloatArray();
      float[] w = table.weight().value().toFloatArray();
      assertThat(row(w, 1, 3)).containsExactly(0.1f, 0.1f, 0.2f);
      assertThat(row(w, 2, 3)).containsExactly(3, 3, 3);
      assertThat(Math.abs(w[0]) + Math.abs(w[1]) + (double) Math.abs(w[2]))
          .isCloseTo(0.5, ROUNDING);
      assertThat(row(y, 2, 3)).isEqualTo(row(w, 0, 3));
    }
  }

  /** The rows that the backward pass of another use has to read are changed in between. */
  @Test
  void shorteningWhatIsStillNeededIsAnError() {
    Embedding table = new Embedding(4, 3).maxNorm(0.5);
    table.init(device, 1);
    try (Step step = device.step()) {
      Tensor logits =
          step.ones(2, 3).requiresGrad(true).matmul(table.weight().value().transpose(0, 1));
      Tensor square = table.weight().value().square();
      Tensor y = table.forward(step.tensor(new int[] {0}, 1));
      Tensor loss = logits.sum().add(square.sum()).add(y.sum());
      assertThatThrownBy(loss::backward)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("overwritten");
    }
  }

  @Test
  void emptyBagsAreZero() {
    for (EmbeddingBag.Mode mode : EmbeddingBag.Mode.values()) {
      EmbeddingBag bag = new EmbeddingBag(4, 2).mode(mode);
      bag.init(device, 1);
      bag.weight().value().set(new float[] {-1, -2, -3, -4, 5, 6, 7, 8});
      try (Step step = device.step()) {
        int[] offsets = {0, 0, 2, 2};
        Tensor y = bag.forward(step.tensor(new int[] {0, 1}, 2), offsets, null);
        float[] expected =
            switch (mode) {
              case SUM -> new float[] {-4, -6};
              case MEAN -> new float[] {-2, -3};
              case MAX -> new float[] {-1, -2};
            };
        assertThat(y.toFloatArray()).containsExactly(0, 0, expected[0], expected[1], 0, 0, 0, 0);
        y.sum().backward();
        assertThat(bag.forward(step.tensor(new int[0], 2, 0)).toFloatArray()).containsOnly(0f);
        Tensor none = bag.forward(step.tensor(new int[0], 0), new int[] {0, 0}, null);
        assertThat(none.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(none.toFloatArray()).containsOnly(0f);
      }
    }
  }

  @Test
  void wrongOnesAreRefused() {
    EmbeddingBag bag = new EmbeddingBag(4, 2);
    bag.init(device, 1);
    Embedding table = new Embedding(4, 2);
    table.init(device, 1);
    refused(() -> table.paddingIdx(4), "embedding", "padding index 4", "4 rows");
    refused(() -> table.maxNorm(0), "embedding", "max_norm 0");
    try (Step step = device.step()) {
      Tensor x = step.tensor(new int[] {0, 1, 3}, 3);
      refused(() -> bag.forward(x, new int[] {0, 2, 1}, null), "embeddingBag", "offset 1 after 2");
      refused(() -> bag.forward(x, new int[] {1, 2}, null), "[1, 2]", "first one has to be 0");
      refused(() -> bag.forward(x, new int[] {0, 4}, null), "offset 4", "input of 3");
      refused(() -> bag.forward(x, step.tensor(new int[] {0, 2, 1}, 3), null), "offset 1 after 2");
      refused(() -> bag.forward(x), "[3]", "offsets");
      refused(() -> bag.forward(step.tensor(new int[] {0, 4}, 1, 2)), "index 4", "[4, 2]");
      refused(() -> bag.forward(step.tensor(new int[] {0, -1}, 1, 2)), "index -1");
      refused(() -> table.forward(step.ones(3)), "embedding", "int32 is needed");
      refused(() -> bag.forward(step.ones(1, 3)), "int32 is needed");
      Tensor rows = step.tensor(new int[] {0, 1}, 1, 2);
      refused(() -> bag.forward(rows, step.ones(1, 2)), "SUM alone", "MEAN");
      bag.mode(EmbeddingBag.Mode.SUM);
      refused(() -> bag.forward(rows, step.ones(2)), "weights [2]", "[1, 2]");
      bag.includeLastOffset(true);
      refused(() -> bag.forward(x, new int[] {0, 2}, null), "last offset is 2", "3");
      bag.includeLastOffset(false).mode(EmbeddingBag.Mode.MAX).scaleGradByFreq(true);
      refused(() -> bag.forward(rows), "frequencies", "MAX");
      Bilinear bilinear = new Bilinear(2, 3, 4);
      bilinear.init(device, 1);
      refused(
          () -> bilinear.forward(step.ones(5, 2), step.ones(4, 3)), "bilinear", "[5, 2]", "[4, 3]");
      PReLU prelu = new PReLU(3, 0.25);
      prelu.init(device, 1);
      refused(() -> prelu.forward(step.ones(2, 4)), "prelu", "[2, 4]", "4 channels", "3");
      assertThat(List.of(bag.toString(), table.toString()))
          .containsExactly("EmbeddingBag(4, 2, max)", "Embedding(4, 2)");
    }
  }

  @Test
  void aPaddingRowKeepsTheOthersInitialisation() {
    Embedding table = Layers.embedding(10, 4).weightInit(Initializers.constant(3)).paddingIdx(2);
    table.init(device, 1);
    float[] w = table.weight().value().toFloatArray();
    for (int i = 0; i < w.length; i++) {
      assertThat(w[i]).isEqualTo(i / 4 == 2 ? 0 : 3);
    }
  }
}
