package io.cortado.models.alexnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.models.cli.Cli;
import io.cortado.models.data.PictureDrawings;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AlexNet as published, and trained by the command line on a folder of pictures. */
final class AlexNetTest {

  @TempDir Path dir;

  /** Weights and biases of each layer, as the paper's figure 2 and section 3.5 give them. */
  @Test
  void theFormOf2012HasThePapersParametersInEachLayer() {
    Sequential network = AlexNet.asPublished(3, 1000);
    List<Long> weights =
        network.parameters().stream().map(Parameter::shape).map(s -> s.size()).toList();
    assertThat(weights)
        .containsExactly(
            11L * 11 * 3 * 96, 96L,
            5L * 5 * 48 * 256, 256L,
            3L * 3 * 256 * 384, 384L,
            3L * 3 * 192 * 384, 384L,
            3L * 3 * 192 * 256, 256L,
            6L * 6 * 256 * 4096, 4096L,
            4096L * 4096, 4096L,
            4096L * 1000, 1000L);
    assertThat(network.parameterCount()).isEqualTo(60_965_224);
  }

  @Test
  void itTakes227PixelsAndTheBiasesAreThePapers() {
    try (Device device = Device.open("cpu")) {
      Sequential network = AlexNet.asPublished(3, 10);
      network.init(device, 1);
      List<Parameter> all = network.parameters();
      float[] first = {0, 1, 0, 1, 1, 1, 1, 0}; // conv1 to conv5, full layers
      for (int layer = 0; layer < first.length; layer++) {
        assertThat(all.get(2 * layer + 1).value().toFloatArray())
            .as("layer %d", layer)
            .containsOnly(first[layer]);
      }
      network.eval();
      try (Step step = device.inference()) {
        float[] x = new float[3 * 227 * 227];
        assertThat(network.forward(step.tensor(x, 1, 3, 227, 227)).shape().toArray())
            .containsExactly(1, 10);
      }
    }
  }

  @Test
  void aFolderOfPicturesOfMixedSizesIsLearntAndAsked() throws IOException {
    PictureDrawings.crossesAndRings(dir.resolve("pictures"), 40);
    Path run = dir.resolve("run");
    Cli.Result r =
        Cli.run(
            "train",
            "alexnet",
            "--data",
            dir.resolve("pictures").toString(),
            "--image-size",
            "32",
            "--augment",
            "none",
            "--epochs",
            "2",
            "--batch-size",
            "8",
            "--lr",
            "0.01",
            "--out",
            run.toString());
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    assertThat(r.out()).contains("test accuracy  100.00 %");
    assertThat(run.resolve("filters.png")).exists();
    assertThat(run.resolve("maps.png")).exists();
    Cli.Result asked =
        Cli.run(
            "predict",
            run.resolve("weights.safetensors").toString(),
            dir.resolve("pictures").resolve("ring").resolve("7.png").toString());
    assertThat(asked.code()).as(asked.err()).isZero();
    assertThat(asked.out().lines().skip(1).findFirst().orElseThrow()).contains("ring");
    Cli.Result measured =
        Cli.run(
            "eval",
            "alexnet",
            run.resolve("weights.safetensors").toString(),
            "--data",
            dir.resolve("pictures").toString());
    assertThat(measured.code()).as(measured.err()).isZero();
    assertThat(measured.out()).contains("pictures, 16 images", "100.00 %");
  }

  @Test
  void theFormOf2012IsRefusedForSmallPictures() {
    Cli.Result r =
        Cli.run("train", "alexnet", "--variant", "2012", "--data", "digits", "--out", dir + "/x");
    assertThat(r.code()).isNotZero();
    assertThat(r.err()).contains("needs pictures of 256 x 256 or more", "--variant cifar");
    assertThat(dir.resolve("x")).doesNotExist();
  }

  @Test
  void theFormOf2012TrainsOnPartsOfPictures() throws IOException {
    PictureDrawings.crossesAndRings(dir.resolve("pictures"), 12);
    Path run = dir.resolve("run");
    Cli.Result r =
        Cli.run(
            "train",
            "alexnet",
            "--variant",
            "2012",
            "--data",
            dir.resolve("pictures").toString(),
            "--steps",
            "2",
            "--batch-size",
            "4",
            "--out",
            run.toString());
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    assertThat(r.out()).contains("[1, 96, 55, 55]", "56,876,418", "principal components");
  }
}
