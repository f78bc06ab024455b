package io.cortado.models.zoo;

import java.util.List;
import java.util.Map;

/**
 * What one training came to, as a line of the results file.
 *
 * @param side {@code "cortado"}, or {@code "pytorch"} for the same training by a PyTorch script
 * @param model the model's name
 * @param arguments the training's arguments, without the seed
 * @param seed the training's seed
 * @param figures its figures by name
 * @param seconds how long it took, reading of data included
 * @param date the day, as 2026-11-28
 * @param machine what computed
 */
public record TrialResult(
    String side,
    String model,
    List<String> arguments,
    long seed,
    Map<String, Double> figures,
    double seconds,
    String date,
    String machine) {

  /** Cortado's own results. */
  public static final String CORTADO = "cortado";

  /** Those of the same training by PyTorch. */
  public static final String PYTORCH = "pytorch";

  /** Says whether this is a result of a training. */
  boolean isOf(String otherSide, String otherModel, List<String> otherArguments) {
    return side.equals(otherSide) && model.equals(otherModel) && arguments.equals(otherArguments);
  }
}
