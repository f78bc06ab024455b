package io.cortado.models.data;

import io.cortado.data.Dataset;
import io.cortado.data.Scaling;
import java.util.List;
import java.util.Optional;

/** MNIST: handwritten digits, 28x28, grey; white on black. It comes with this module. */
public final class Mnist implements ImageDataSet {

  private static final ImageInfo INFO =
      new ImageInfo(
          "mnist",
          "handwritten digits, 28x28, grey",
          "Yann LeCun, Corinna Cortes, Christopher J. C. Burges: The MNIST database of handwritten digits"
              + " (1998), from NIST Special Databases 1 and 3",
          "no licence by its authors, free for research; often given as CC BY-SA 3.0",
          60_000,
          10_000,
          List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          1,
          28,
          28,
          Scaling.normalize(0.1307f, 0.3081f));

  /** Reads the training part. */
  public static Dataset train() {
    return read(true);
  }

  /** Reads the test part. */
  public static Dataset test() {
    return read(false);
  }

  private static Dataset read(boolean train) {
    Idx images = Resources.read(images(train), Idx::read);
    Idx labels = Resources.read(labels(train), Idx::read);
    return IdxImages.dataset(INFO, train, images, labels);
  }

  @Override
  public ImageInfo info() {
    return INFO;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of("comes with Cortado");
  }

  @Override
  public void fetch(DataHome home) {
    // Nothing to bring: it is in the jar.
  }

  @Override
  public Dataset train(DataHome home) {
    return read(true, home);
  }

  @Override
  public Dataset test(DataHome home) {
    return read(false, home);
  }

  private static Dataset read(boolean train, DataHome home) {
    home.readsResource(images(train));
    home.readsResource(labels(train));
    return read(train);
  }

  private static String images(boolean train) {
    return "mnist/" + IdxImages.images(train) + ".gz";
  }

  private static String labels(boolean train) {
    return "mnist/" + IdxImages.labels(train) + ".gz";
  }
}
