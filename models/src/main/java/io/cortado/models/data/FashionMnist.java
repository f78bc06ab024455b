package io.cortado.models.data;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Scaling;
import io.cortado.models.data.Download.Remote;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fashion-MNIST: articles of clothing, 28x28, grey.
 *
 * <p>Looked for in the {@link DataHome} and where Debian's package {@code dataset-fashion-mnist}
 * puts it; otherwise downloaded (31 MB) from its authors. Every file is checked against its
 * published checksum, however it was packed.
 */
public final class FashionMnist implements ImageDataSet {

  private static final ImageInfo INFO =
      new ImageInfo(
          "fashion-mnist",
          "articles of clothing, 28x28, grey",
          "Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST (2017), Zalando SE",
          "MIT",
          60_000,
          10_000,
          List.of(
              "T-shirt/top",
              "Trouser",
              "Pullover",
              "Dress",
              "Coat",
              "Sandal",
              "Shirt",
              "Sneaker",
              "Bag",
              "Ankle boot"),
          1,
          28,
          28,
          Scaling.normalize(0.2860f, 0.3530f));

  private static final URI SITE =
      URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/");
  private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

  /**
   * One of the four files.
   *
   * @param packedSize the size of the published gzip file
   * @param packedSha its checksum
   * @param sha the checksum of what is in it
   */
  private record Part(String name, long packedSize, String packedSha, String sha) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(
              IdxImages.images(true),
              26_421_880,
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          new Part(
              IdxImages.labels(true),
              29_515,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          new Part(
              IdxImages.images(false),
              4_422_102,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          new Part(
              IdxImages.labels(false),
              5_148,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  private final URI site;
  private final List<Path> more;
  private final Download download;

  /** Makes the set as published. */
  public FashionMnist() {
    this(SITE, List.of(DEBIAN), Download.standard());
  }

  /** Makes the set with another place to download from, and other folders to look in. */
  FashionMnist(URI site, List<Path> more, Download download) {
    this.site = site;
    this.more = more;
    this.download = download;
  }

  /** Reads the training part from the standard places, downloading it if it is missing. */
  public static Dataset train() {
    return new FashionMnist().train(DataHome.standard());
  }

  /** Reads the test part from the standard places, downloading it if it is missing. */
  public static Dataset test() {
    return new FashionMnist().test(DataHome.standard());
  }

  @Override
  public ImageInfo info() {
    return INFO;
  }

  @Override
  public Optional<String> location(DataHome home) {
    Optional<String> folder = Optional.empty();
    for (Part part : PARTS) {
      Optional<Path> file = find(part, home);
      if (file.isEmpty()) {
        return Optional.empty();
      }
      folder = file.map(f -> String.valueOf(f.getParent()));
    }
    return folder;
  }

  @Override
  public void fetch(DataHome home) {
    for (Part part : PARTS) {
      read(part, find(part, home).orElseGet(() -> bring(part, home)));
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
    Idx images = open(part(IdxImages.images(train)), home);
    Idx labels = open(part(IdxImages.labels(train)), home);
    return IdxImages.dataset(INFO, train, images, labels);
  }

  private static Part part(String name) {
    return PARTS.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
  }

  private Optional<Path> find(Part part, DataHome home) {
    return home.find(INFO.name(), part.name(), more);
  }

  private Idx open(Part part, DataHome home) {
    Optional<Path> found = find(part, home);
    if (found.isPresent()) {
      return read(part, home.reads(INFO.name(), found.get()));
    }
    String missing =
        INFO.name()
            + " is not on this machine: "
            + part.name()
            + "[.gz] was looked for in "
            + home.searched(INFO.name(), more);
    String remedy =
        "; with the internet at hand, 'cortado data fetch " + INFO.name() + "' brings it";
    Path brought = download.bring(remote(part), home, INFO.name(), packed(part), missing, remedy);
    return read(part, home.reads(INFO.name(), brought));
  }

  private Path bring(Part part, DataHome home) {
    Path target = home.downloadFolder(INFO.name()).resolve(packed(part));
    download.fetch(remote(part), target, home.progress());
    return target;
  }

  private Remote remote(Part part) {
    return new Remote(site.resolve(packed(part)), part.packedSize(), part.packedSha());
  }

  private static String packed(Part part) {
    return part.name() + ".gz";
  }

  private static Idx read(Part part, Path file) {
    Idx idx = Idx.read(file);
    String actual = idx.sha256();
    if (!actual.equals(part.sha())) {
      throw new DataException(
          file
              + " is not the published "
              + part.name()
              + ": its content's SHA-256 is "
              + actual
              + ", expected "
              + part.sha()
              + "; delete it, and run 'cortado data fetch "
              + INFO.name()
              + "'");
    }
    return idx;
  }
}
