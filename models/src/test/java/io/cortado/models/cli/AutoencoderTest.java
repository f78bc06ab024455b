package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains autoencoders by the command line. */
final class AutoencoderTest {

  private static final Pattern ERRORS =
      Pattern.compile("test MSE +([0-9.]+), by 4 principal components ([0-9.]+)");

  @TempDir Path dir;

  private Cli.Result train(String... options) {
    String[] all = new String[options.length + 4];
    System.arraycopy(new String[] {"train", "autoencoder"}, 0, all, 0, 2);
    System.arraycopy(options, 0, all, 2, options.length);
    all[all.length - 2] = "--out";
    all[all.length - 1] = dir.resolve("run").toString();
    return Cli.run(all);
  }

  private void checkBelowPca(Cli.Result r) {
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    Matcher m = ERRORS.matcher(r.out());
    assertThat(m.find()).as(r.out()).isTrue();
    assertThat(Double.parseDouble(m.group(1))).isLessThan(Double.parseDouble(m.group(2)));
    assertThat(dir.resolve("run/weights.safetensors")).exists();
    assertThat(dir.resolve("run/reconstructions.png")).exists();
  }

  @Test
  void fourNumbersTellMoreThanFourComponents() {
    checkBelowPca(train("--data", "digits", "--code", "4", "--epochs", "60"));
  }

  @Test
  void tiedWeightsDoToo() {
    Cli.Result r = train("--data", "digits", "--code", "4", "--epochs", "80", "--tied");
    checkBelowPca(r);
    assertThat(r.out()).contains("100,164"); // little more than half of the weights without
  }

  @Test
  void twoNumbersAreDrawn() {
    Cli.Result r = train("--data", "digits", "--form", "denoising", "--code", "2", "--epochs", "2");
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("noisy images");
    assertThat(dir.resolve("run/code.png")).exists();
  }

  @Test
  void badOptionsAreNamed() {
    assertThat(train("--form", "dens").err()).contains("no form 'dens'", "did you mean 'dense'");
    assertThat(train("--code", "65", "--data", "digits").err())
        .contains("--code is 65", "only 64 pixels");
    assertThat(dir.resolve("run")).doesNotExist();
  }
}
