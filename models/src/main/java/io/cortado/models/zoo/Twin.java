package io.cortado.models.zoo;

import io.cortado.models.InputException;
import io.cortado.models.Trial;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The same training by PyTorch: a script that takes the training's arguments.
 *
 * <p>The last line that it prints is a JSON object of its figures. The environment's {@code
 * CORTADO_STATE} tells it where to save itself, which long trainings do ({@code resume.py}).
 *
 * @param python the Python that has PyTorch
 * @param script the model's script
 */
public record Twin(String python, Path script) {

  /**
   * Trains.
   *
   * @param saved where a long training saves itself after each epoch, and goes on from
   * @param log gets what it prints
   * @return its figures
   * @throws InputException if the script fails, or prints no figures
   */
  public Map<String, Double> train(Trial trial, long seed, Path saved, Path log)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    command.addAll(trial.arguments());
    command.addAll(List.of("--seed", Long.toString(seed)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().put("CORTADO_STATE", saved.toString());
    int code = waitFor(builder.start());
    List<String> printed = Files.readAllLines(log);
    if (code != 0 || printed.isEmpty()) {
      throw new InputException(
          String.join(" ", command) + " ended with " + code + "; what it said is in " + log);
    }
    try {
      return new JsonMapper().readValue(printed.getLast(), new TypeReference<>() {});
    } catch (JacksonException e) {
      throw new InputException(
          script + " has to print its figures as JSON in its last line, not: " + printed.getLast(),
          e);
    }
  }

  /** Waits, and takes it along where this program is ended meanwhile. */
  private static int waitFor(Process process) throws InterruptedException {
    Thread end = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(end);
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(end);
    return code;
  }
}
