package io.cortado.models;

import static io.cortado.loss.Losses.crossEntropy;
import static io.cortado.nn.Layers.avgPool2d;
import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.maxPool2d;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.scaledTanh;
import static io.cortado.nn.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.BackendOptions;
import io.cortado.data.Batch;
import io.cortado.data.DataLoader;
import io.cortado.data.Epoch;
import io.cortado.models.data.Mnist;
import io.cortado.nn.Activation;
import io.cortado.nn.Layer;
import io.cortado.nn.Parameter;
import io.cortado.optim.Adam;
import io.cortado.optim.Optimizer;
import io.cortado.optim.SGD;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * LeNet-5's first 20 steps against PyTorch's; {@code src/test/python/lenet5_losses.py} made the
 * expected losses.
 */
class TorchLossesTest {

  private static final int BATCH = 64;
  private static final int STEPS = 20;
  private static final String SIMD = "cortado.cpu.simd";

  /** Steps of training multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  /**
   * From this step on a rectified unit may fall on the other side of zero: with SGD in the modern
   * form, the next float for a single first weight moves the twentieth loss by 1.8e-4, to one of
   * three courses, whichever code computes it.
   */
  private static final int FLIPS_FROM = 10;

  private static final double FLIPPED = 3e-4;

  @ParameterizedTest
  @CsvSource({"1998,sgd", "1998,adam", "modern,sgd", "modern,adam"})
  void lossesAreTorchs(String variant, String optimizer) throws IOException {
    double[] expected = expected(variant, optimizer);
    double[] losses = train(variant, optimizer, 2);
    for (int step = 0; step < STEPS; step++) {
      assertThat(losses[step] / expected[step] - 1)
          .as("step %d: %s, PyTorch has %s", step, losses[step], expected[step])
          .isBetween(-tolerance(step), tolerance(step));
    }
  }

  @Test
  void lossesDoNotDependOnTheNumberOfThreads() {
    assertThat(train("modern", "sgd", 1)).containsExactly(train("modern", "sgd", 2));
    assertThat(train("1998", "adam", 3)).containsExactly(train("1998", "adam", 2));
  }

  @ParameterizedTest
  @CsvSource({"1998,adam", "modern,sgd"})
  void scalarLoopsGiveTheLossesOfTheVectorApi(String variant, String optimizer) {
    double[] vectors = train(variant, optimizer, 2);
    String before = System.getProperty(SIMD);
    double[] scalars;
    try {
      System.setProperty(SIMD, "scalar");
      scalars = train(variant, optimizer, 2);
    } finally {
      if (before == null) {
        System.clearProperty(SIMD);
      } else {
        System.setProperty(SIMD, before);
      }
    }
    for (int step = 0; step < STEPS; step++) {
      assertThat(scalars[step] / vectors[step] - 1)
          .as("step %d", step)
          .isBetween(-tolerance(step), tolerance(step));
    }
    assertThat(scalars).as("the last bits, which show that other code ran").isNotEqualTo(vectors);
  }

  private static double tolerance(int step) {
    return step < FLIPS_FROM ? RELATIVE : FLIPPED;
  }

  private static double[] train(String variant, String optimizer, int threads) {
    try (Device device = Device.open("cpu", BackendOptions.DEFAULTS.withThreads(threads))) {
      Layer model = model(variant).init(device, 0);
      setWeights(model.parameters());
      Optimizer o = optimizer.equals("sgd") ? new SGD(0.05).momentum(0.9) : new Adam(1e-3);
      o.attach(model);
      double[] losses = new double[STEPS];
      try (Epoch batches = DataLoader.of(Mnist.train()).batchSize(BATCH).epoch(device, 0)) {
        int step = 0;
        for (Batch batch : batches) {
          if (step == STEPS) {
            break;
          }
          try (Step _ = device.step()) {
            Tensor loss = crossEntropy(model.forward(batch.inputs()), batch.labels());
            loss.backward();
            o.step();
            losses[step++] = loss.item();
          }
        }
      }
      return losses;
    }
  }

  private static Layer model(String variant) {
    boolean modern = variant.equals("modern");
    Supplier<Activation> act = modern ? () -> relu() : () -> scaledTanh();
    Supplier<Layer> pool = modern ? () -> maxPool2d(2) : () -> avgPool2d(2);
    return sequential(
        conv2d(1, 6, 5).padding(2),
        act.get(),
        pool.get(),
        conv2d(6, 16, 5),
        act.get(),
        pool.get(),
        flatten(),
        linear(400, 120),
        act.get(),
        linear(120, 84),
        act.get(),
        linear(84, 10));
  }

  /**
   * Sets each weight to a hash of its position, scaled as PyTorch's default is; the script does the
   * same.
   */
  private static void setWeights(List<Parameter> parameters) {
    int position = 0;
    double bound = 0;
    for (Parameter p : parameters) {
      if (p.shape().rank() > 1) {
        bound = 1 / Math.sqrt(p.shape().product(1, p.shape().rank()));
      }
      float[] values = new float[(int) p.shape().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (hashed(position++) * bound);
      }
      p.value().set(values);
    }
  }

  private static double hashed(int position) {
    int h = position;
    h = (h ^ h >>> 16) * 0x85EBCA6B;
    h = (h ^ h >>> 13) * 0xC2B2AE35;
    h ^= h >>> 16;
    return (h & 0xFFFFFFFFL) / 0x1p31 - 1;
  }

  private static double[] expected(String variant, String optimizer) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TorchLossesTest.class.getResourceAsStream("lenet5-losses.csv"))) {
      String prefix = variant + "," + optimizer + ",";
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(prefix))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)))
          .toArray();
    }
  }
}
