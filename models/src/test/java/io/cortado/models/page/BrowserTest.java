package io.cortado.models.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cortado.models.cli.Cli;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser watches a real run, presses its buttons, and compares it with one that has ended.
 *
 * <p>With {@code -Dcortado.screenshots=FOLDER} it leaves pictures there.
 */
@Timeout(180)
final class BrowserTest {

  private static final String STATE = "document.querySelector('#state').textContent";

  /** A phone of the usual width. */
  private static final int NARROW = 390;

  @TempDir Path dir;

  private static String drawn(String title) {
    return "document.querySelector('[data-title=\"" + title + "\"] canvas').toDataURL()";
  }

  private static String press(String button) {
    return "document.querySelector('#" + button + "').click()";
  }

  @Test
  void curvesMoveButtonsWorkAndASecondRunIsCompared() throws Exception {
    Optional<Path> browser = Chromium.find();
    if (browser.isEmpty()) {
      System.out.println("BrowserTest is skipped: there is no Chromium or Chrome on the PATH");
    }
    assumeTrue(browser.isPresent(), "no Chromium or Chrome on the PATH");
    Path runs = dir.resolve("runs");
    String before = runs.resolve("before").toString();
    assertThat(
            Cli.run(
                    "train",
                    "mlp",
                    "--data",
                    "digits",
                    "--epochs",
                    "3",
                    "--lr",
                    "0.01",
                    "--ui",
                    "--out",
                    before)
                .code())
        .isZero();
    try (UiRun run = UiRun.mlp(runs.resolve("now"), 100_000);
        Chromium page = Chromium.start(browser.get(), dir.resolve("profile"))) {
      page.look(1280, 900, "light");
      page.open(run.address());
      page.until(STATE + " === 'training'");
      page.until("document.querySelectorAll('.layer path[d^=M]').length > 6");
      page.until("document.querySelectorAll('#filters canvas').length > 0");
      page.until("document.querySelector('[data-title=\"Validation accuracy\"] canvas') !== null");

      String first = page.value(drawn("Loss")).asString();
      page.until(drawn("Loss") + " !== '" + first + "'");
      page.value("document.querySelectorAll('#runs input')[1].click()");
      page.until(
          "document.querySelector('[data-title=\"Loss\"] .u-legend').textContent.includes('before')");
      shoot(page, "page-wide-light.png");

      page.look(NARROW, 844, "dark");
      page.until("document.documentElement.scrollWidth <= " + NARROW);
      page.until("getComputedStyle(document.body).backgroundColor === 'rgb(20, 21, 23)'");
      shoot(page, "page-narrow-dark.png");

      page.value(press("pause"));
      page.until(STATE + " === 'paused'");
      String still = page.value(drawn("Loss")).asString();
      page.value(press("checkpoint"));
      page.until("document.querySelector('#numbers').textContent.includes('checkpoint')");
      page.value(press("pause"));
      page.until(STATE + " === 'training'");
      page.until(drawn("Loss") + " !== '" + still + "'");
      page.value(press("stop"));
      assertThat(page.value(STATE).asString()).as("stop has to be sure").isEqualTo("training");
      page.value(press("stop"));
      page.until(STATE + " === 'ended'");
      assertThat(run.code()).isEqualTo(130);
      assertThat(page.faults()).isEmpty();
    }
    assertThat(runs.resolve("now/page.json")).exists();
  }

  private static void shoot(Chromium page, String name) throws Exception {
    String folder = System.getProperty("cortado.screenshots");
    if (folder != null) {
      Thread.sleep(300); // until it is drawn
      page.shoot(Path.of(folder, name));
    }
  }
}
