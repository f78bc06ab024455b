package io.cortado.models.cli;

import io.cortado.models.Onlooker;
import io.cortado.models.RunFolder;
import io.cortado.models.Values;
import io.cortado.models.tensorboard.TensorBoardRun;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a training is written down for TensorBoard. */
final class TensorBoardOptions {

  @Option(
      names = "--tensorboard",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "50", // TensorBoardLog.EVERY_STEPS
      converter = Values.Positive.class,
      description =
          "Write files for TensorBoard into the folder tensorboard of the run's: a point every N steps (default: 50). Look at them by 'tensorboard --logdir runs'.")
  private @Nullable Integer every;

  /** Returns who writes; empty if that is not wanted. */
  Optional<Onlooker> onlooker(RunFolder folder, Map<String, String> settings, PrintWriter err) {
    return Optional.ofNullable(every)
        .map(n ->
            new TensorBoardRun(
                folder.path(),
                n,
                settings,
                warning -> {
                  err.println("cortado: " + warning);
                  err.flush();
                }));
  }
}
