package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.models.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataSetsTest {

  @TempDir Path folder;

  /** A home that holds nothing. */
  private DataHome emptyHome() {
    return DataHome.of(folder, Map.of(), "Linux", folder.resolve("home"));
  }

  /** Fashion-MNIST that is nowhere: no Debian folder, and a port that nobody listens on. */
  private static FashionMnist unreachable() {
    return new FashionMnist(
        URI.create("http://localhost:1/"),
        List.of(),
        new Download(Duration.ofSeconds(5), Duration.ofMillis(1)));
  }

  /** Checks the sizes, the classes, and that the scaling gives mean 0 and standard deviation 1. */
  private static void assertSound(ImageInfo info, Dataset train, Dataset test) {
    assertThat(train.size()).isEqualTo(info.trainSize());
    assertThat(test.size()).isEqualTo(info.testSize());
    assertThat(train.inputShape().toArray())
        .containsExactly(info.channels(), info.height(), info.width());
    assertThat(train.labels()).containsOnly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(test.labels()).containsOnly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    Row row = Row.of(train);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < train.size(); i++) {
      train.read(i, row);
      for (float x : row.floats(0)) {
        sum += x;
        squares += x * x;
      }
    }
    double n = (double) train.size() * row.floats(0).length;
    assertThat(sum / n).isCloseTo(0, within(1e-3));
    assertThat(squares / n).isCloseTo(1, within(1e-3));
  }

  @Test
  void mnistComesWithTheModels() {
    Dataset train = Mnist.train();
    assertSound(new Mnist().info(), train, Mnist.test());
    assertThat(train.labels()).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    assertThat(Mnist.test().labels()).startsWith(7, 2, 1, 0, 4, 1, 4, 9);
  }

  @Test
  void mnistIsThePublishedOne() {
    // Of the files whose MD5 sums the authors' mirrors publish (6bbc9ace..., a25bea73...).
    assertThat(Resources.read("mnist/train-images-idx3-ubyte.gz", Idx::read).sha256())
        .isEqualTo("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db");
    assertThat(Resources.read("mnist/train-labels-idx1-ubyte.gz", Idx::read).sha256())
        .isEqualTo("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5");
    assertThat(Resources.read("mnist/t10k-images-idx3-ubyte.gz", Idx::read).sha256())
        .isEqualTo("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7");
    assertThat(Resources.read("mnist/t10k-labels-idx1-ubyte.gz", Idx::read).sha256())
        .isEqualTo("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
  }

  @Test
  void digitsComeWithTheModels() {
    assertSound(new Digits().info(), Digits.train(), Digits.test());
    assertThat(Digits.train().labels()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThatThrownBy(() -> digits("0,1,2\n"))
        .isInstanceOf(DataException.class)
        .hasMessage("f, line 1: 3 values, expected 65");
    assertThatThrownBy(() -> digits("17" + ",0".repeat(64)))
        .hasMessage("f, line 1: '17' is no number from 0 to 16");
    assertThatThrownBy(() -> digits("16" + ",0".repeat(64)))
        .hasMessage("f is truncated: it has 1 lines, expected 1797");
  }

  private static void digits(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    Digits.parse("f", new ByteArrayInputStream(IdxTest.gzip(bytes)));
  }

  @Test
  void fashionMnistOfAPackageIsRead() {
    FashionMnist set = new FashionMnist();
    DataHome home = emptyHome().offline();
    Assumptions.assumeTrue(
        set.location(home).isPresent(), "Debian's dataset-fashion-mnist is not installed");
    assertSound(set.info(), set.train(home), set.test(home));
    assertThat(set.train(home).labels()).startsWith(9, 0, 0, 3, 0, 2, 7, 2, 5, 5);
    set.fetch(home);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatIsMissingIsAnErrorThatListsThePlacesAndTheRemedy() {
    FashionMnist set = unreachable();
    assertThat(set.location(emptyHome())).isEmpty();
    assertThatThrownBy(() -> set.train(emptyHome().offline()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "fashion-mnist is not on this machine: train-images-idx3-ubyte[.gz] was looked for in "
                + folder.resolve("fashion-mnist")
                + " (--data-dir), "
                + folder.resolve("home/.cache/cortado/fashion-mnist")
                + " (the user's cache); with the internet at hand, 'cortado data fetch fashion-mnist'"
                + " brings it");
    assertThatThrownBy(() -> set.train(emptyHome()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is no connection to localhost")
        .hasMessageContaining("'cortado data fetch fashion-mnist'");
  }

  @Test
  void anAlteredFileIsNamed() throws IOException {
    Path file =
        Files.createDirectories(folder.resolve("fashion-mnist")).resolve("t10k-images-idx3-ubyte");
    byte[] bytes = new byte[16 + 10_000 * 28 * 28];
    System.arraycopy(
        new byte[] {0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0, 28, 0, 0, 0, 28}, 0, bytes, 0, 16);
    Files.write(file, bytes);
    assertThatThrownBy(() -> unreachable().test(emptyHome()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + " is not the published t10k-images-idx3-ubyte: ")
        .hasMessageContaining("expected 5b4141f0");
  }

  @Test
  void placesAreSearchedInTheirOrder() throws IOException {
    Path named = Files.createDirectories(folder.resolve("named/s"));
    Path variable = Files.createDirectories(folder.resolve("variable/s"));
    Path cache = Files.createDirectories(folder.resolve("xdg/cortado/s"));
    Path more = Files.createDirectories(folder.resolve("more"));
    Map<String, String> environment =
        Map.of(
            "CORTADO_DATA", folder.resolve("variable").toString(),
            "XDG_CACHE_HOME", folder.resolve("xdg").toString());
    DataHome home = DataHome.of(folder.resolve("named"), environment, "Linux", folder);
    assertThat(home.find("s", "f", List.of(more))).isEmpty();
    for (Path place : List.of(more, cache, variable, named)) { // each comes before those so far
      Path file = Files.createFile(place.resolve("f.gz"));
      assertThat(home.find("s", "f", List.of(more))).contains(file);
    }
    assertThat(home.downloadFolder("s")).isEqualTo(named);
    assertThat(DataHome.of(null, environment, "Linux", folder).downloadFolder("s"))
        .isEqualTo(variable);
    assertThat(DataHome.of(null, Map.of(), "Mac OS X", folder).downloadFolder("s"))
        .isEqualTo(folder.resolve("Library/Caches/cortado/s"));
    assertThat(
            DataHome.of(null, Map.of("LOCALAPPDATA", folder.toString()), "Windows 11", folder)
                .downloadFolder("s"))
        .isEqualTo(folder.resolve("cortado/s"));
  }

  @Test
  void setsAreKnownByName() {
    for (ImageDataSet set : DataSets.all(ImageDataSet.class)) {
      assertThat(DataSets.image(set.info().name())).isSameAs(set);
      assertThat(set.info().classes()).isEqualTo(10);
    }
    assertThat(DataSets.image("mnist").location(emptyHome())).contains("comes with Cortado");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> DataSets.image("mnits"))
        .withMessage(
            "there is no data set 'mnits'; did you mean 'mnist'? There are: mnist, fashion-mnist, digits, cifar-10");
  }
}
