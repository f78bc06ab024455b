package io.cortado.models.progress;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Transform;
import io.cortado.nn.Layer;
import io.cortado.optim.SGD;
import io.cortado.train.Callback;
import io.cortado.train.Trainer;
import io.cortado.train.TrainingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class WaitingReportTest {

  private static final int MILLIS = 20;

  private static final Dataset SET = ArrayDataset.of(new float[64], new int[32], 3, 2);

  @Test
  void tellsOfALoaderThatIsSlowerThanTheSteps() {
    assertThat(shares(SET.map(new Slow()), () -> {}))
        .singleElement()
        .satisfies(s -> assertThat(s).isBetween(0.5, 1.0));
  }

  @Test
  void tellsOfStepsThatAreSlowerThanTheLoader() {
    assertThat(shares(SET, WaitingReportTest::sleep))
        .singleElement()
        .satisfies(s -> assertThat(s).isBetween(0.0, 0.5));
  }

  /** Takes its time over each sample. */
  private record Slow() implements Transform {

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void apply(
        Shape shape, float[] src, int srcOffset, float[] dst, int dstOffset, Row row) {
      System.arraycopy(src, srcOffset, dst, dstOffset, (int) shape.size());
      sleep();
    }
  }

  private static void sleep() {
    LockSupport.parkNanos(MILLIS * 1_000_000L);
  }

  private static List<Double> shares(Dataset set, Runnable step) {
    List<Double> shares = new ArrayList<>();
    try (Device device = Device.cpu()) {
      Layer model = sequential(linear(2, 3)).init(device, 1);
      Callback slow =
          new Callback() {
            @Override
            public void onStepEnd(TrainingContext training) {
              step.run();
            }
          };
      var unused =
          Trainer.of(model)
              .loss(crossEntropy())
              .optimizer(new SGD(0.1))
              .on(slow, new WaitingReport(shares::add))
              .epochs(2)
              .batchSize(4)
              .fit(set);
    }
    return shares;
  }
}
