package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.DType;
import io.cortado.Device;
import io.cortado.GradientRows;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.optim.Adagrad;
import io.cortado.optim.Adam;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import io.cortado.optim.SparseAdam;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gradients that list their rows, and the optimizers that take them. */
class SparseEmbeddingTest {

  private static final Offset<Float> ROUNDING = within(1e-6f);
  private static final int ROWS = 9;
  private static final int WIDTH = 3;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Embedding table(boolean sparse) {
    Embedding table = new Embedding(ROWS, WIDTH).sparse(sparse);
    table.init(device, 1);
    return table;
  }

  private void backward(Embedding table, int... numbers) {
    try (Step step = device.step()) {
      table.forward(step.tensor(numbers, numbers.length)).square().sum().backward();
    }
  }

  private static float[] values(Embedding table) {
    return table.weight().value().toFloatArray();
  }

  private static GradientRows rows(Embedding table) {
    return Objects.requireNonNull(table.weight().value().gradientRows());
  }

  /** Passes of different lengths, some after a gradient was forgotten, and two before one step. */
  private void train(Embedding table, Optimizer optimizer) {
    optimizer.attach(table);
    backward(table, 4, 1, 4, 4);
    optimizer.step();
    backward(table, 2, 4);
    backward(table, 8, 2, 2, 0, 5);
    table.store().clipGradNorm(0.7);
    optimizer.step();
    backward(table, 7);
    optimizer.zeroGrad();
    backward(table, 1);
    optimizer.step();
    backward(table);
    optimizer.step();
  }

  private void sameAsDense(Supplier<Optimizer> made) {
    Embedding sparse = table(true);
    Embedding dense = table(false);
    train(sparse, made.get());
    train(dense, made.get());
    assertThat(values(sparse)).containsExactly(values(dense), ROUNDING);
    float[] first = values(table(true));
    for (int row : new int[] {3, 6, 7}) { // the last one's gradient was forgotten
      int from = row * WIDTH;
      assertThat(Arrays.copyOfRange(values(sparse), from, from + WIDTH))
          .isEqualTo(Arrays.copyOfRange(first, from, from + WIDTH));
    }
  }

  @Test
  void optimizersThatLeaveOtherRowsAloneAnywayComeToTheSame() {
    sameAsDense(() -> new SGD(0.1));
    sameAsDense(() -> new SGD(0.1).maximize(true));
    sameAsDense(() -> new Adagrad(0.1).lrDecay(0.2));
  }

  @Test
  void momentumMovesAllRowsAsThatOfADenseGradient() {
    Embedding sparse = table(true);
    Embedding dense = table(false);
    train(sparse, new SGD(0.1).momentum(0.9));
    train(dense, new SGD(0.1).momentum(0.9));
    assertThat(values(sparse)).isEqualTo(values(dense));
  }

  @Test
  void theGradientIsThatOfAllRowsToWhoeverReadsIt() {
    Embedding sparse = table(true);
    Embedding dense = table(false);
    for (int[] numbers : new int[][] {{4, 1, 4}, {0, 8}}) {
      sparse.store().zeroGrad();
      dense.store().zeroGrad();
      backward(sparse, numbers);
      backward(dense, numbers);
      assertThat(Objects.requireNonNull(sparse.weight().value().grad()).toFloatArray())
          .isEqualTo(Objects.requireNonNull(dense.weight().value().grad()).toFloatArray());
      assertThat(sparse.store().gradNorm().item()).isEqualTo(dense.store().gradNorm().item());
      assertThat(rows(sparse).count()).isEqualTo(numbers.length);
    }
  }

  /** Clipping by a norm of NaN makes NaN of every element, which the list does not know. */
  @Test
  void aNormThatIsNoNumberSpoilsNoLaterStep() {
    Embedding table = table(true);
    Optimizer optimizer = new SGD(0.1).attach(table);
    try (Step step = device.step()) {
      Tensor nan = step.full(Float.NaN);
      table.forward(step.tensor(new int[] {2}, 1)).mul(nan).sum().backward();
    }
    table.store().clipGradNorm(1);
    optimizer.zeroGrad();
    backward(table, 4, 5);
    float[] gradient = Objects.requireNonNull(table.weight().value().grad()).toFloatArray();
    for (float g : gradient) {
      assertThat(g).isFinite();
    }
  }

  @Test
  void aTiedTableHasAGradientOfAllRows() {
    float[][] after = new float[2][];
    for (int i = 0; i < 2; i++) {
      Embedding table = new Embedding(ROWS, WIDTH).sparse(i == 0);
      Linear decoder = Layers.linear(WIDTH, ROWS);
      decoder.weight().tie(table.weight());
      Sequential model = Layers.sequential(table, decoder);
      model.init(device, 1);
      Optimizer optimizer = new SGD(0.1).attach(model);
      for (int[] numbers : new int[][] {{4, 1, 4}, {0, 8}}) {
        try (Step step = device.step()) {
          model.forward(step.tensor(numbers, numbers.length)).square().mean().backward();
        }
        assertThat(table.weight().value().gradientRows()).isNull();
        optimizer.step();
      }
      after[i] = values(table);
    }
    assertThat(after[0]).isEqualTo(after[1]);
  }

  @Test
  void aStepThatIsSkippedChangesNothing() {
    Embedding table = table(true);
    Optimizer optimizer = new SparseAdam(0.1).attach(table);
    float[] before = values(table);
    GradScaler scaler = new GradScaler();
    for (float factor : new float[] {Float.POSITIVE_INFINITY, 1}) {
      try (Step step = device.step()) {
        Tensor y = table.forward(step.tensor(new int[] {2, 5}, 2)).mul(step.full(factor));
        scaler.scale(y.square().mean()).backward();
        scaler.step(optimizer);
        scaler.update();
      }
      boolean skipped = factor > 1;
      assertThat(Arrays.equals(values(table), before)).isEqualTo(skipped);
    }
    assertThat(scaler.skippedSteps()).isEqualTo(1);
    for (float v : values(table)) {
      assertThat(v).isFinite();
    }
  }

  @Test
  void aTrainingGoesOnFromItsStateWithTheSameBits() {
    Embedding whole = table(true);
    Optimizer first = new SparseAdam(0.1).attach(whole);
    Embedding resumed = table(true);
    Optimizer second = new SparseAdam(0.1).attach(resumed);
    backward(whole, 4, 1, 4);
    first.step();
    resumed.weight().value().set(values(whole));
    second.stateDict().forEach((name, t) -> set(t, first.stateDict().get(name)));
    second.stateLoaded();
    for (Embedding table : new Embedding[] {whole, resumed}) {
      backward(table, 4, 2);
      (table == whole ? first : second).step();
    }
    assertThat(values(resumed)).isEqualTo(values(whole));
  }

  private static void set(Tensor state, Tensor other) {
    if (state.dtype() == DType.INT32) {
      state.set(other.toIntArray());
    } else {
      state.set(other.toFloatArray());
    }
  }

  private void refused(Optimizer optimizer, boolean sparse, String... parts) {
    Embedding table = table(sparse);
    optimizer.attach(table);
    float[] before = values(table);
    backward(table, 4);
    assertThatThrownBy(optimizer::step)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
    assertThat(values(table)).isEqualTo(before);
  }

  @Test
  void gradientsThatAnOptimizerDoesNotTakeAreRefused() {
    refused(new Adam(), true, "Adam does not support sparse gradients", "weight", "SparseAdam");
    refused(new SparseAdam(), false, "SparseAdam does not support dense gradients", "Adam");
    refused(new SGD(0.1).weightDecay(0.1), true, "SGD", "0.1", "not compatible with sparse");
    refused(new Adagrad().weightDecay(0.1), true, "Adagrad", "0.1", "not compatible with sparse");
    assertThatThrownBy(() -> new SparseAdam().group(_ -> true, 0.1, 0.01))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("SparseAdam", "0.01");
  }
}
