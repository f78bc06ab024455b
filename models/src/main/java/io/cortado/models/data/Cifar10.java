package io.cortado.models.data;

import io.cortado.data.ArrayDataset;
import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Scaling;
import io.cortado.models.data.Download.Remote;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10: things and animals, 32x32, in color.
 *
 * <p>Looked for in the {@link DataHome}: the published archive {@code cifar-10-binary.tar.gz}, or
 * folders {@code train/CLASS} and {@code test/CLASS} of pictures (a copy in JPEG has lost a little:
 * say so beside a figure). Otherwise the archive (170 MB) is downloaded from its author, and
 * checked.
 */
public final class Cifar10 implements ImageDataSet {

  private static final int SIDE = 32;
  private static final int PIXELS = 3 * SIDE * SIDE;
  private static final int PER_FILE = 10_000;
  private static final String ARCHIVE = "cifar-10-binary.tar.gz";

  private static final ImageInfo INFO =
      new ImageInfo(
          "cifar-10",
          "things and animals, 32x32, color",
          "Alex Krizhevsky: Learning multiple layers of features from tiny images (2009)",
          "no licence by its authors, free for research",
          50_000,
          10_000,
          List.of(
              "airplane",
              "automobile",
              "bird",
              "cat",
              "deer",
              "dog",
              "frog",
              "horse",
              "ship",
              "truck"),
          3,
          SIDE,
          SIDE,
          Scaling.normalize(
              new float[] {0.4914f, 0.4822f, 0.4465f}, new float[] {0.2470f, 0.2435f, 0.2616f}));

  private static final Remote REMOTE =
      new Remote(
          URI.create("https://www.cs.toronto.edu/~kriz/" + ARCHIVE),
          170_052_171,
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");

  private final Remote remote;
  private final Download download;

  /** Makes the set as published. */
  public Cifar10() {
    this(REMOTE, Download.standard());
  }

  /** Makes the set with another place to download from. */
  Cifar10(Remote remote, Download download) {
    this.remote = remote;
    this.download = download;
  }

  @Override
  public ImageInfo info() {
    return INFO;
  }

  private Optional<Path> archive(DataHome home) {
    return home.find(INFO.name(), ARCHIVE, List.of());
  }

  private Optional<Path> pictures(DataHome home) {
    return home.findFolder(INFO.name(), "train")
        .filter(folder -> Files.isDirectory(folder.resolve("test")));
  }

  @Override
  public Optional<String> location(DataHome home) {
    return archive(home).or(() -> pictures(home)).map(Path::toString);
  }

  @Override
  public void fetch(DataHome home) {
    if (pictures(home).isEmpty() || archive(home).isPresent()) {
      read(archive(home).orElseGet(() -> bring(home)), true, 5);
    }
  }

  @Override
  public Dataset train(DataHome home) {
    return dataset(home, true);
  }

  @Override
  public Dataset test(DataHome home) {
    return dataset(home, false);
  }

  private Dataset dataset(DataHome home, boolean train) {
    Optional<Path> archive = archive(home);
    Optional<Path> pictures = pictures(home);
    if (archive.isEmpty() && pictures.isPresent()) {
      return read(home.reads(INFO.name(), pictures.get().resolve(train ? "train" : "test")));
    }
    Path file = archive.orElseGet(() -> bring(home));
    return read(home.reads(INFO.name(), file), train, train ? 5 : 1);
  }

  private Path bring(DataHome home) {
    String missing =
        "%s is not on this machine: %s was looked for in %s"
            .formatted(INFO.name(), ARCHIVE, home.searched(INFO.name(), List.of()));
    String remedy = "; with the internet at hand, 'cortado data fetch cifar-10' brings it";
    return download.bring(remote, home, INFO.name(), ARCHIVE, missing, remedy);
  }

  /** Reads folders of pictures. */
  private static Dataset read(Path folder) {
    PictureFolder all = PictureFolder.list(folder);
    if (!all.classes().equals(INFO.classNames())) {
      throw new DataException(
          "%s has the classes %s; CIFAR-10's are %s"
              .formatted(folder, all.classes(), INFO.classNames()));
    }
    return images(all.decode(SIDE, SIDE), all.labels());
  }

  /** Reads the archive: files of 10,000 records, each a class and the planes of a picture. */
  private static Dataset read(Path archive, boolean train, int files) {
    byte[] pixels = new byte[files * PER_FILE * PIXELS];
    int[] labels = new int[files * PER_FILE];
    boolean[] seen = new boolean[files];
    try {
      TarGz.read(
          archive,
          (path, content) -> {
            int file = number(path, train);
            if (file >= 0) {
              records(content, file * PER_FILE, pixels, labels, archive + ", " + path);
              seen[file] = true;
            }
          });
    } catch (IOException e) {
      throw new DataException(
          "%s is damaged (%s); delete it, and run 'cortado data fetch %s'"
              .formatted(archive, e.getMessage(), INFO.name()),
          e);
    }
    for (boolean there : seen) {
      if (!there) {
        throw new DataException(
            "%s is not CIFAR-10's archive: a file data_batch_N.bin or test_batch.bin is missing"
                .formatted(archive));
      }
    }
    return images(pixels, labels);
  }

  /** Returns which file of a part it is, -1 for none. */
  private static int number(String name, boolean train) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    if (!train) {
      return file.equals("test_batch.bin") ? 0 : -1;
    }
    return file.matches("data_batch_[1-5]\\.bin") ? file.charAt(11) - '1' : -1;
  }

  private static void records(InputStream in, int first, byte[] pixels, int[] labels, String source)
      throws IOException {
    for (int i = first; i < first + PER_FILE; i++) {
      labels[i] = in.read();
      int n = in.readNBytes(pixels, i * PIXELS, PIXELS);
      if (n < PIXELS || labels[i] >= INFO.classes()) {
        throw new DataException(
            "%s, record %d: %s"
                .formatted(
                    source,
                    i - first,
                    n < PIXELS ? "it is cut short" : "there is no class " + labels[i]));
      }
    }
  }

  private static Dataset images(byte[] pixels, int[] labels) {
    return ArrayDataset.builder()
        .images(pixels, 3, SIDE, SIDE, INFO.scaling())
        .classes(Field.LABELS, labels, INFO.classes())
        .build();
  }
}
