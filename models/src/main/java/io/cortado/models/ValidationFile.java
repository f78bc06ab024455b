package io.cortado.models;

import io.cortado.io.AtomicFile;
import io.cortado.train.Callback;
import io.cortado.train.EpochResult;
import io.cortado.train.Monitor;
import io.cortado.train.StopReason;
import io.cortado.train.TrainingContext;
import io.cortado.train.TrainingResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes down what validation came to in the best epoch, so that runs can be compared without their
 * test data.
 */
public final class ValidationFile implements Callback {

  /**
   * What is in the file.
   *
   * @param figure what was measured, such as {@code val_accuracy}
   * @param value the best epoch's
   * @param epoch its number
   * @param higherIsBetter whether larger values are
   */
  public record Best(String figure, double value, int epoch, boolean higherIsBetter) {}

  private final Path file;

  ValidationFile(Path file) {
    this.file = file;
  }

  @Override
  public void onFitEnd(TrainingContext training, StopReason why) {
    boolean ended = why == StopReason.COMPLETED || why == StopReason.BY_CALLBACK;
    if (ended && !training.history().isEmpty()) {
      Monitor by = training.monitor();
      EpochResult best =
          new TrainingResult(training.history(), why, "", by)
              .best()
              .orElseThrow(() -> new IllegalStateException("no epoch"));
      write(file, new Best(by.name(), best.value(by.name()), best.epoch(), by.higherIsBetter()));
    }
  }

  /** Writes a file; one that is there is replaced. */
  public static void write(Path file, Best best) {
    String text = new JsonMapper().writeValueAsString(best);
    AtomicFile.write(file, out -> out.write((text + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it is missing or damaged
   */
  public static Best read(Path file) {
    try {
      return new JsonMapper().readValue(Files.readString(file), Best.class);
    } catch (IOException | JacksonException e) {
      throw new InputException(
          "%s cannot be read, which says what validation came to; train that run again"
              .formatted(file),
          e);
    }
  }
}
