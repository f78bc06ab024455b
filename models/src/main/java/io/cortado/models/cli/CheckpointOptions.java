package io.cortado.models.cli;

import io.cortado.io.FileException;
import io.cortado.models.CheckpointPlan;
import io.cortado.models.InputException;
import io.cortado.models.RunFolder;
import io.cortado.models.RunNames;
import io.cortado.models.Values;
import io.cortado.models.ZooModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a run is saved while it goes on, and which run goes on. */
final class CheckpointOptions {

  private static final String LATEST = "latest";

  @Option(
      names = "--checkpoint-every",
      paramLabel = "WHEN",
      converter = Plan.class,
      description =
          "Save the run so that it can go on: after each epoch, 'epoch' (default), a time such as 60s or 5m, or a number of steps.")
  private @Nullable CheckpointPlan plan;

  @Option(
      names = "--keep",
      paramLabel = "N",
      converter = Values.Positive.class,
      description = "Keep the newest N of these (default: 1).")
  private @Nullable Integer keep;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the run in this folder, or 'latest' in runs; its options need not be given again.")
  private @Nullable String resume;

  /** Reads when a run is saved. */
  static final class Plan implements ITypeConverter<CheckpointPlan> {
    @Override
    public CheckpointPlan convert(String value) {
      try {
        return CheckpointPlan.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Returns when the run is saved. */
  CheckpointPlan plan() {
    CheckpointPlan when = plan == null ? CheckpointPlan.EACH_EPOCH : plan;
    return keep == null ? when : when.keeping(keep);
  }

  /**
   * Finds the run that is to go on.
   *
   * @param out where the user wants the results
   * @return its folder, null for a new run
   * @throws InputException if there is none, or the model cannot go on
   */
  @Nullable Path resumed(ZooModel model, @Nullable Path out) {
    if (!model.resumes()) {
      if (resume != null || plan != null || keep != null) {
        throw new InputException(
            "%s is not saved while it trains; leave out %s"
                .formatted(
                    model.name(),
                    resume != null ? "--resume" : plan != null ? "--checkpoint-every" : "--keep"));
      }
      return null;
    }
    if (resume == null) {
      return null;
    }
    if (resume.equals(LATEST)) {
      return out == null ? latest(model.name()) : checked(out);
    }
    if (out != null) {
      throw new InputException(
          "--resume goes on in the run's own folder; leave out --out, or give --resume latest");
    }
    return checked(Path.of(resume));
  }

  private static Path checked(Path named) {
    if (!Files.isDirectory(named)) {
      throw new InputException("--resume " + named + " is no folder; give that of a run");
    }
    for (Path p = named.toAbsolutePath().normalize(); p != null; p = p.getParent()) {
      if (Files.exists(p.resolve(RunFolder.RECORD))) {
        if (p.equals(named.toAbsolutePath().normalize())) {
          return named;
        }
        throw new InputException(
            "--resume %s is a part of the run in %s; give that folder, a run goes on from its newest checkpoint"
                .formatted(named, p));
      }
    }
    throw new InputException(
        "--resume %s has no %s; give the folder of a run of 'cortado train'"
            .formatted(named, RunFolder.RECORD));
  }

  private static Path latest(String model) {
    RunNames runs = RunNames.standard();
    return runs.latest(model)
        .orElseThrow(() ->
            new InputException(
                "--resume latest: there is no run of %s in %s; give its folder"
                    .formatted(model, runs.folder().toAbsolutePath())));
  }

  /**
   * Checks that there is a sound state to go on from; a run that was killed before its first
   * checkpoint begins anew.
   *
   * @throws InputException if there are checkpoints, and all of them are damaged
   * @throws FileException if one is of a newer version
   */
  static void checkSound(RunFolder folder) {
    if (folder.hasCheckpoints() && !folder.hasSoundCheckpoint()) {
      throw new InputException(
          folder.checkpoints() + " holds damaged checkpoints only; begin anew with another --out");
    }
  }
}
