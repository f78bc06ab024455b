package io.cortado.train;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.data.ArrayDataset;
import io.cortado.nn.Layer;
import io.cortado.observe.AnomalyException;
import io.cortado.optim.Adam;
import io.cortado.optim.SGD;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a training that breaks down is said to have done so. */
final class AnomalyTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  /** A layer that does something else from its third pass on. */
  private static Layer fromThird(UnaryOperator<Tensor> bad) {
    AtomicInteger passes = new AtomicInteger();
    return new Layer() {
      @Override
      public Tensor forward(Tensor x) {
        return passes.incrementAndGet() < 3 ? x : bad.apply(x);
      }

      @Override
      public String toString() {
        return "Sick";
      }
    };
  }

  private Trainer trainer(UnaryOperator<Tensor> bad) {
    Layer model = sequential(linear(2, 8), relu(), fromThird(bad), linear(8, 3));
    return Trainer.of(model.init(device, 1))
        .loss(crossEntropy())
        .optimizer(new SGD(0.01))
        .batchSize(8);
  }

  @Test
  void namesTheOperationThatMadeTheFirstNan() {
    AnomalyException e =
        catchThrowableOfType(
            AnomalyException.class,
            () ->
                trainer(x -> x.add(-100).log().abs())
                    .detectAnomaly(true)
                    .fit(TrainerTest.points(40, 1)));
    assertThat(e)
        .hasMessage(
            "detectAnomaly: epoch 1, step 3 of 5, forward pass: log of layer 2, Sick, made a tensor"
                + " [8, 8] with 64 NaN and 0 infinite of 64 elements, the first at [0, 0]");
    assertThat(List.of(e.operation(), e.layer(), e.isBackward()))
        .isEqualTo(List.of("log", "2", false));
  }

  @Test
  void namesTheOperationWhoseGradientWasTheFirst() {
    AnomalyException e =
        catchThrowableOfType(
            AnomalyException.class,
            () -> trainer(x -> x.mul(0).sqrt()).detectAnomaly(true).fit(TrainerTest.points(40, 1)));
    assertThat(e)
        .hasMessageStartingWith(
            "detectAnomaly: epoch 1, step 3 of 5, backward pass: sqrt of layer 2, Sick, gave the gradient"
                + " of an input [8, 8] with ");
    assertThat(e).hasMessageEndingWith("; its output is [8, 8]");
    assertThat(e.isBackward()).isTrue();
    assertThat(e.getCause().getStackTrace())
        .anyMatch(f -> f.getMethodName().contains("namesTheOperationWhoseGradientWasTheFirst"));
    assertThat(device.observer()).isNull();
  }

  @Test
  void aBatchWithNanIsTheDatasFault() {
    float[] x = new float[40];
    x[23] = Float.NaN;
    Layer model = sequential(linear(2, 3)).init(device, 1);
    AnomalyException e =
        catchThrowableOfType(
            AnomalyException.class,
            () ->
                Trainer.of(model)
                    .loss(crossEntropy())
                    .optimizer(new SGD(0.1))
                    .batchSize(20)
                    .detectAnomaly(true)
                    .fit(ArrayDataset.of(x, new int[20], 3, 2)));
    assertThat(e)
        .hasMessageContaining("step 1 of 1: the batch has a tensor [20, 2] with 1 NaN")
        .hasMessageEndingWith("look at the data");
  }

  /** The loss is a finite number still, and the step is known. */
  @Test
  void aGradientThatIsNotFiniteEndsTheTrainingAtItsStep() {
    NonFiniteLossException e =
        catchThrowableOfType(
            NonFiniteLossException.class,
            () -> trainer(x -> x.mul(0).sqrt()).fit(TrainerTest.points(40, 1)));
    assertThat(e)
        .hasMessageStartingWith(
            "the gradients became infinite or NaN in epoch 1, at step 3 of 5, the loss being ")
        .hasMessageContaining(
            "; the first parameter with such a gradient is 0.weight[8, 2], of layer 0, Linear(2, 8); lower");
  }

  @Test
  void lookingChangesNoBit() {
    float[][] values = new float[2][];
    for (boolean detect : List.of(false, true)) {
      Layer model = sequential(linear(2, 8), dropout(0.3), relu(), linear(8, 3)).init(device, 1);
      Trainer.of(model)
          .loss(crossEntropy())
          .optimizer(new Adam(0.01))
          .batchSize(8)
          .detectAnomaly(detect)
          .fit(TrainerTest.points(40, 1), TrainerTest.points(10, 2));
      values[detect ? 1 : 0] = model.store().toFloatArray();
    }
    assertThat(Arrays.equals(values[0], values[1])).isTrue();
  }
}
