package io.cortado.models.characters;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor.Question;
import io.cortado.models.data.Characters;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Writes text by a trained network.
 *
 * @param network in evaluation mode
 * @param characters those of the text that it was trained on
 */
public record Writer(CharNetwork network, Characters characters) {

  /** Answers {@code --prompt}. */
  static void answer(Question question) {
    String prompt = question.need("--prompt");
    Writer writer = read(question.weights(), question.model(), question.device());
    question
        .out()
        .println(
            writer.write(
                prompt,
                (int) question.whole("--length", 400),
                question.number("--temperature", 0.8),
                question.whole("--seed", 1)));
  }

  /** Reads a trained network. */
  static Writer read(Path file, ModelDescription d, Device device) {
    Characters characters = new Characters(d.classes());
    CharNetwork network;
    try {
      network = new CharNetwork(CharNetwork.Size.of(d.name(), characters.size(), d.options()));
    } catch (NumberFormatException e) {
      throw FileException.of(
          file.toString(), "does not say how large its network is", "train it again");
    }
    network.init(device, 0);
    network.load(file);
    network.eval();
    return new Writer(network, characters);
  }

  /**
   * Goes on with a text.
   *
   * @param prompt what has been written; empty for a new line
   * @param length how many characters to add
   * @param temperature what scores are divided by: the lower, the surer is the likeliest character
   * @throws InputException if the prompt has a character that the network does not know
   */
  public String write(String prompt, int length, double temperature, long seed) {
    String start = !prompt.isEmpty() ? prompt : newLine();
    int[] next = characters.encode("--prompt", start);
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(prompt);
    Device device = network.device();
    try (Scope scope = device.scope()) {
      RNNState state = null;
      for (int i = 0; i < length; i++) {
        try (Step step = device.inference()) {
          RNNOutput out = network.forward(step.tensor(next, next.length, 1), state);
          if (state == null) {
            state = out.state().keep(scope);
          } else {
            out.state().copyTo(state);
          }
          int drawn = draw(out.output().toFloatArray(), temperature, random);
          text.append(characters.symbols().get(drawn));
          next = new int[] {drawn};
        }
      }
    }
    return text.toString();
  }

  private String newLine() {
    return characters.symbols().contains("\n") ? "\n" : characters.symbols().getFirst();
  }

  /** Draws by the scores of the last character, the last so many of the scores. */
  private int draw(float[] scores, double temperature, SplittableRandom random) {
    int n = characters.size();
    int from = scores.length - n;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, scores[from + i]);
    }
    double[] weights = new double[n];
    double all = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = Math.exp((scores[from + i] - largest) / temperature);
      all += weights[i];
    }
    double u = random.nextDouble() * all;
    int drawn = 0;
    while (drawn < n - 1 && (u -= weights[drawn]) > 0) {
      drawn++;
    }
    return drawn;
  }
}
