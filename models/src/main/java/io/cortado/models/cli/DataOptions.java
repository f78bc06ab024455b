package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.classify.ImageModel;
import io.cortado.models.data.DataHome;
import io.cortado.models.data.ImageInfo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
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

  /** Returns where to look; downloads are shown. */
  DataHome home(PrintWriter err) {
    return DataHome.of(folder).showing(new DownloadLine(err));
  }

  /**
   * Checks that a trained model can be given a set's images.
   *
   * @throws InputException if their shapes or the classes differ
   */
  static void checkFits(ImageModel model, Path file, ImageInfo info) {
    int[] images = {info.channels(), info.height(), info.width()};
    if (!Arrays.equals(model.input().toArray(), images)) {
      throw new InputException(
          "%s takes images %s, but those of %s are [%d, %d, %d]; give --data %s"
              .formatted(
                  file, model.input(), info.name(), images[0], images[1], images[2], model.data()));
    }
    if (model.classes().size() != info.classes()) {
      throw new InputException(
          "%s tells %d classes apart, but %s has %d; give --data %s"
              .formatted(file, model.classes().size(), info.name(), info.classes(), model.data()));
    }
  }
}
