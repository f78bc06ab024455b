package io.cortado.models.characters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Tensor;
import io.cortado.models.InputException;
import io.cortado.models.data.Characters;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.ShakespeareSample;
import io.cortado.nn.Parameter;
import io.cortado.optim.Adam;
import io.cortado.train.Callback;
import io.cortado.train.TrainingContext;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code src/test/python/char_model_losses.py} made the expected losses. */
final class CharModelTest {

  private static final int STEPS = 20;

  /** Steps of training multiply differences in the last bits of a sum. */
  private static final double RELATIVE = 1e-4;

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void lossesAreTorchs(String cell) throws IOException {
    double[] expected = expected(cell);
    String text = new ShakespeareSample().text(DataHome.standard());
    Characters characters = Characters.of(text);
    List<Double> losses = new ArrayList<>();
    try (Device device = Device.cpu()) {
      CharNetwork network =
          new CharNetwork(new CharNetwork.Size(cell, characters.size(), 16, 32, 2, 0));
      network.init(device, 0);
      setWeights(network.parameters());
      Streams parts = new Streams(characters.encode("the text", text), 8, 24);
      try (CarriedState state = new CarriedState(network, 8, 8)) {
        TrainingResult unused =
            CharModel.trainer(network, state)
                .optimizer(new Adam(3e-3))
                .objective((scores, batch) -> {
                  Tensor loss = CharModel.loss(scores, batch);
                  losses.add((double) loss.item());
                  return loss;
                })
                .on(
                    new Callback() {
                      @Override
                      public void onStepEnd(TrainingContext training) {
                        if (losses.size() == STEPS) {
                          training.stop("enough");
                        }
                      }
                    })
                .fit(parts, null);
      }
    }
    assertThat(losses).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      assertThat(losses.get(step) / expected[step] - 1)
          .as("step %d: %s, PyTorch has %s", step, losses.get(step), expected[step])
          .isBetween(-RELATIVE, RELATIVE);
    }
  }

  /** Sets each weight to a hash of its position, as the script does. */
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

  private static double[] expected(String cell) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            CharModelTest.class.getResourceAsStream("/io/cortado/models/char-model-losses.csv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(cell + ","))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)))
          .toArray();
    }
  }

  @Test
  void partsGoOnWhereTheLastEnded() {
    int[] text = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    Streams two = new Streams(text, 2, 2);
    assertThat(two.parts()).isEqualTo(2);
    assertThat(two.inputs(0)).containsExactly(0, 6, 1, 7);
    assertThat(two.targets(0)).containsExactly(1, 7, 2, 8);
    assertThat(two.inputs(1)).containsExactly(2, 8, 3, 9);
  }

  @Test
  void charactersThatWereNeverSeenAreNamed() {
    Characters c = Characters.of("hello\n\uD83D\uDE00");
    assertThat(c.symbols()).containsExactly("\n", "e", "h", "l", "o", "\uD83D\uDE00");
    assertThat(c.encode("a", "\uD83D\uDE00lo")).containsExactly(5, 3, 4);
    assertThatThrownBy(() -> c.encode("--prompt", "hex"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--prompt: character 3 is 'x'")
        .hasMessageContaining("U+000A 'e' 'h'");
  }
}
