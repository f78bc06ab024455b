package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Scaling;
import io.cortado.models.classify.TrainingData;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads pictures from folders, and CIFAR-10's archive. */
final class PictureSetsTest {

  @TempDir Path dir;

  private void picture(String name, int width, int height, Color color) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(color);
    g.fillRect(0, 0, width, height);
    g.dispose();
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private void twoClasses(int each) throws IOException {
    for (int i = 0; i < each; i++) {
      picture("red/" + i + ".png", 4, 4, new Color(200, i, 0));
      picture("blue/" + i + ".png", 4, 4, new Color(0, i, 100));
    }
  }

  private DataHome home() {
    return DataHome.of(dir, Map.of(), "Linux", dir.resolve("home")).offline();
  }

  @Test
  void aFolderForEachClassIsSplitAndScaledByItsTrainingPart() throws IOException {
    twoClasses(10);
    FolderDataSet set = FolderDataSet.open(dir, 0, false);
    assertThat(set.info().classNames()).containsExactly("blue", "red");
    assertThat(set.info().trainSize()).isEqualTo(16);
    assertThat(set.info().testSize()).isEqualTo(4);
    Dataset test = set.test(home());
    assertThat(test.labels()).containsExactly(0, 0, 1, 1);
    Row row = Row.of(test);
    test.read(3, row);
    int red = set.info().scaling().invert(0, row.floats(0)[0]);
    int blue = set.info().scaling().invert(2, row.floats(0)[47]);
    assertThat(red).isEqualTo(200);
    assertThat(blue).isZero();
  }

  @Test
  void ownPartsAreKept() throws IOException {
    for (int i = 0; i < 7; i++) {
      picture("train/a/" + i + ".png", 4, 4, Color.RED);
      picture("train/b/" + i + ".png", 4, 4, Color.BLUE);
    }
    picture("test/a/1.png", 4, 4, Color.RED);
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test has only one");
    picture("test/b/1.png", 4, 4, Color.BLUE);
    assertThat(FolderDataSet.open(dir, 0, false).info().trainSize()).isEqualTo(14);
    picture("test/c/1.png", 4, 4, Color.BLUE);
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .hasMessageContaining("both need the same folders");
  }

  @Test
  void oneOfEachClassTestsAndOneValidates() throws IOException {
    twoClasses(8);
    Dataset validation = TrainingData.read(FolderDataSet.open(dir, 0, false), home()).validation();
    assertThat(validation.labels()).containsExactly(0, 1);
    Files.delete(dir.resolve("red/0.png"));
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the class 'red' has 7 pictures; 8 or more are needed, so that one");
    // What is trained already is measured on fewer.
    Scaling known = Scaling.normalize(new float[3], new float[] {1, 1, 1});
    assertThat(FolderDataSet.open(dir, 4, false, known).info().testSize()).isEqualTo(2);
    for (int i = 4; i < 8; i++) {
      Files.delete(dir.resolve("blue/" + i + ".png"));
    }
    assertThatThrownBy(() -> FolderDataSet.open(dir, 4, false, known))
        .hasMessageContaining("the class 'blue' has 4 pictures; 5 or more are needed");
  }

  @Test
  void brokenPicturesDoNotCountAsThoseThatAreNeeded() throws IOException {
    twoClasses(8);
    for (int i = 0; i < 8; i++) {
      Path file = dir.resolve("red/" + i + ".png");
      byte[] sound = Files.readAllBytes(file);
      Files.writeString(file, "no picture");
      assertThatThrownBy(() -> FolderDataSet.open(dir, 4, true))
          .isInstanceOf(DataException.class)
          .message()
          .containsAnyOf(
              "'red' has 6 pictures to train on that can be read; 7 or more are needed",
              "'red' has 0 pictures for the test that can be read; 1 or more");
      Files.write(file, sound);
    }
  }

  @Test
  void whatIsPassedOverIsSaidAndFoldersInAClassAreRefused() throws IOException {
    twoClasses(8);
    Files.writeString(dir.resolve("red/notes.txt"), "red");
    Files.writeString(dir.resolve("blue/a.webp"), "");
    Files.writeString(dir.resolve("blue/.DS_Store"), "");
    FolderDataSet set = FolderDataSet.open(dir, 0, false);
    assertThat(set.without()).isEqualTo("; without 2 files of another kind");
    picture("red/more/8.png", 4, 4, Color.RED);
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(dir.resolve("red/more") + " is a folder in that of a class");
  }

  @Test
  void mixedSizesNeedToBeNamed() throws IOException {
    twoClasses(8);
    picture("red/wide.png", 8, 4, Color.RED);
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("wide.png")
        .hasMessageContaining("--image-size");
    FolderDataSet set = FolderDataSet.open(dir, 6, false);
    assertThat(set.train(home()).inputShape().toArray()).containsExactly(3, 6, 6);
  }

  @Test
  void brokenPicturesAreNamedAndOnlySkippedOnDemand() throws IOException {
    twoClasses(10);
    Files.writeString(dir.resolve("red/broken.jpg"), "no picture");
    assertThatThrownBy(() -> FolderDataSet.open(dir, 4, false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1 of the")
        .hasMessageContaining("broken.jpg")
        .hasMessageContaining("--skip-broken");
    FolderDataSet set = FolderDataSet.open(dir, 0, true);
    assertThat(set.info().trainSize() + set.info().testSize()).isEqualTo(20);
    assertThat(set.info().description()).contains("without 1 broken");
    assertThat(set.without()).isEqualTo("; without 1 broken picture");
  }

  @Test
  void emptyFoldersAreNamed() throws IOException {
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false)).hasMessageContaining("no folders");
    twoClasses(4);
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .hasMessageContaining("the class 'blue' has 4 pictures; 8 or more");
    Files.createDirectories(dir.resolve("green"));
    assertThatThrownBy(() -> FolderDataSet.open(dir, 0, false))
        .hasMessageContaining("green has no picture");
  }

  private static final int RECORD = 3073;

  private void archive(int testRecords) throws IOException {
    Path file = dir.resolve("cifar-10").resolve("cifar-10-binary.tar.gz");
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int part = 0; part < 6; part++) {
        int records = part == 0 ? testRecords : 10_000;
        byte[] bytes = new byte[records * RECORD];
        for (int i = 0; i < records; i++) {
          bytes[i * RECORD] = (byte) ((i + part) % 10);
          bytes[i * RECORD + 1] = (byte) (10 * part);
          bytes[i * RECORD + RECORD - 1] = (byte) 200;
        }
        String name = part == 0 ? "test_batch.bin" : "data_batch_" + part + ".bin";
        TarArchiveEntry entry = new TarArchiveEntry("cifar-10-batches-bin/" + name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
  }

  @Test
  void cifar10IsReadFromItsArchive() throws IOException {
    archive(10_000);
    Cifar10 set = new Cifar10();
    Dataset train = set.train(home());
    assertThat(train.size()).isEqualTo(50_000);
    assertThat(train.labels()[0]).isEqualTo(1);
    assertThat(train.labels()[49_999]).isEqualTo(4);
    Row row = Row.of(train);
    train.read(40_000, row);
    assertThat(set.info().scaling().invert(0, row.floats(0)[0])).isEqualTo(50);
    assertThat(set.info().scaling().invert(2, row.floats(0)[3071])).isEqualTo(200);
    assertThat(set.test(home()).labels()[7]).isEqualTo(7);
  }

  @Test
  void aShortOrMissingArchiveIsNamed() throws IOException {
    Cifar10 away =
        new Cifar10(
            new Download.Remote(URI.create("http://localhost:1/"), 1, "00"),
            new Download(Duration.ofSeconds(5), Duration.ofMillis(1)));
    assertThatThrownBy(() -> away.train(home()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cifar-10 is not on this machine")
        .hasMessageContaining("cortado data fetch cifar-10");
    archive(9_999);
    assertThatThrownBy(() -> away.test(home()))
        .hasMessageContaining("test_batch.bin, record 9999: it is cut short");
  }
}
