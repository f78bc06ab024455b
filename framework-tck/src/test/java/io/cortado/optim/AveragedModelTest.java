package io.cortado.optim;

import static io.cortado.nn.Layers.batchNorm1d;
import static io.cortado.nn.Layers.dropout;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.Linear;
import io.cortado.nn.Sequential;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Averages of weights, and the statistics that go with them; the values are the kit's. */
final class AveragedModelTest {

  private static final double FLOATS = 1e-6;

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void theModelHasItsOwnWeightsAgainAndTheAverageIsSaved() {
    Linear model = linear(1, 1, false);
    model.init(device, 1);
    AveragedModel average = new AveragedModel(model);
    assertThatIllegalStateException()
        .isThrownBy(average::use)
        .withMessageContaining("nothing was averaged yet");
    for (float w : new float[] {1, 2, 6}) {
      model.weight().value().set(new float[] {w});
      average.updateParameters();
    }
    assertThat(average.nAveraged()).isEqualTo(3);
    try (AveragedModel.Use use = average.use()) {
      assertThat((double) model.weight().value().item()).isCloseTo(3, within(FLOATS));
      assertThatIllegalStateException().isThrownBy(average::updateParameters);
      assertThatIllegalStateException().isThrownBy(average::use);
      use.close();
      assertThat(model.weight().value().item()).isEqualTo(6);
    }
    assertThat(model.weight().value().item()).isEqualTo(6);
    assertThatIllegalStateException()
        .isThrownBy(() -> average.avgFn(AveragedModel.getEmaAvgFn()))
        .withMessageContaining("before the first updateParameters()");

    AveragedModel other = new AveragedModel(model);
    Map<String, Tensor> state = average.stateDict();
    assertThat(state.keySet()).containsExactly("n_averaged", "module.weight");
    other.stateDict().forEach((name, t) -> t.set(state.get(name).toFloatArray()));
    model.weight().value().set(new float[] {11});
    other.updateParameters();
    try (AveragedModel.Use _ = other.use()) {
      assertThat((double) model.weight().value().item()).isCloseTo(5, within(FLOATS));
    }
  }

  @Test
  void stateIsAveragedWhereThatIsAskedFor() {
    for (boolean buffers : new boolean[] {false, true}) {
      Sequential model = sequential(batchNorm1d(1));
      model.init(device, 1);
      AveragedModel average =
          new AveragedModel(model).avgFn(AveragedModel.getEmaAvgFn(0.75)).useBuffers(buffers);
      Tensor mean = model.stateDict().get("0.running_mean");
      mean.set(new float[] {4});
      average.updateParameters();
      mean.set(new float[] {8});
      average.updateParameters();
      try (AveragedModel.Use _ = average.use()) {
        assertThat(mean.item()).isEqualTo(buffers ? 5 : 8);
      }
      assertThat(mean.item()).isEqualTo(8);
    }
  }

  /** The mean over the batches, whatever was before; dropout and the layers' modes stay. */
  @Test
  void statisticsAreComputedAnew() {
    BatchNorm norm = batchNorm1d(1);
    Sequential frozen = sequential(dropout(0.5));
    Sequential model = sequential(norm, frozen);
    model.init(device, 1);
    model.eval();
    norm.train();
    model.stateDict().get("0.running_mean").set(new float[] {77});
    Tensor one = device.tensor(new float[] {1, 3}, 2, 1);
    Tensor two = device.tensor(new float[] {-4, 0, 4, 8}, 4, 1);
    SwaUtils.updateBn(List.of(one, two), x -> x, model);
    assertThat(model.stateDict().get("0.running_mean").item()).isEqualTo(2);
    double variance = (variance(1, 3) + variance(-4, 0, 4, 8)) / 2;
    assertThat((double) model.stateDict().get("0.running_var").item())
        .isCloseTo(variance, within(1e-5));
    assertThat(model.isTraining()).isFalse();
    assertThat(frozen.isTraining()).isFalse();
    assertThat(norm.isTraining()).isTrue();
    assertThat(norm.momentum()).isEqualTo(0.1);
    try (Step _ = device.inference()) { // follows by its own momentum again
      Tensor unused = norm.forward(two);
    }
    assertThat((double) model.stateDict().get("0.running_mean").item())
        .isCloseTo(2, within(FLOATS));
  }

  private static double variance(double... x) {
    double mean = 0;
    double sum = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    for (double v : x) {
      sum += (v - mean) * (v - mean) / (x.length - 1);
    }
    return sum;
  }
}
