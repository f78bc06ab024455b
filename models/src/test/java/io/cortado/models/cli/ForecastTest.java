package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains the forecaster by the command line. */
final class ForecastTest {

  private static final Pattern ERRORS =
      Pattern.compile("test RMSE +([0-9.]+), linear ([0-9.]+), persistence ([0-9.]+)");

  /** numpy's least squares has 20.43799 for the same windows. */
  private static final String LINEAR = "20.4380";

  @TempDir Path dir;

  @Test
  void sunspotsAreSaidBetterThanByPersistence() {
    Path out = dir.resolve("run");
    Cli.Result r = Cli.run("train", "forecast", "--epochs", "30", "--out", out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    Matcher m = ERRORS.matcher(r.out());
    assertThat(m.find()).as(r.out()).isTrue();
    assertThat(Double.parseDouble(m.group(1))).isLessThan(0.8 * Double.parseDouble(m.group(3)));
    assertThat(m.group(2)).isEqualTo(LINEAR);
    assertThat(out.resolve("forecast.png")).exists();
  }

  @Test
  void gapsAreCountedAndBadOptionsNamed() {
    String out = dir.resolve("run").toString();
    assertThat(Cli.run("train", "forecast", "--data", "co2", "--steps", "3", "--out", out).out())
        .contains("2,284 values, of which 59 were missing");
    String other = dir.resolve("other").toString();
    assertThat(Cli.run("train", "forecast", "--data", "sunspot", "--out", other).err())
        .contains("no series 'sunspot'", "did you mean 'sunspots'");
    assertThat(Cli.run("train", "forecast", "--window", "210", "--out", other).err())
        .contains("--window is 210", "only 216 values");
    assertThat(dir.resolve("other")).doesNotExist();
  }
}
