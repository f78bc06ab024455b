package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.data.DataHome;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command finds data sets. */
final class DataOptions {

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "A folder of data sets, one folder for each (default: $$CORTADO_DATA, else the user's cache).")
  private @Nullable Path folder;

  /**
   * Returns where to look; downloads are shown.
   *
   * @throws InputException if a folder is named that does not exist: sets found elsewhere would
   *     pass for those that were meant
   */
  DataHome home(PrintWriter err) {
    if (folder != null && !Files.isDirectory(folder)) {
      throw new InputException(
          "--data-dir %s does not exist or is no folder; check the path, or make it for downloads"
              .formatted(folder));
    }
    return homeToFill(err);
  }

  /** Returns the same for a download, which makes the folder. */
  DataHome homeToFill(PrintWriter err) {
    return DataHome.of(folder).showing(new DownloadLine(err));
  }
}
