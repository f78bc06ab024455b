package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.models.Values;
import io.cortado.models.characters.Writer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code cortado predict} asks of a model that writes text. */
final class TextOptions {

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Go on with this text, by a model that was trained on one.")
  private @Nullable String prompt;

  @Option(
      names = "--length",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "How many characters to add to the prompt (default: ${DEFAULT-VALUE}).")
  private int length = 400;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "How daring: below 1 keeps to what is likely (default: ${DEFAULT-VALUE}).")
  private double temperature = 0.8;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Values.Seed.class,
      description = "Chooses what is drawn (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  /** Says whether there is something to go on with. */
  boolean given() {
    return prompt != null;
  }

  /** Returns the prompt and what follows it. */
  String write(Path weights, Device device) {
    return Writer.read(weights, device)
        .write(prompt == null ? "" : prompt, length, temperature, seed);
  }
}
