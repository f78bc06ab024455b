package io.cortado.models.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.http.Crowd;
import io.cortado.models.http.Crowd.Taken;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets a thousand browsers come that ask for the events and read none. */
final class PageCrowdTest {

  private static final int MANY = 1000;

  /** The log of 1,000 lines, and of it one event for each of those that are let in. */
  private static final long BYTES = 48 << 20;

  private static final int THREADS = 16;

  @TempDir Path dir;

  @Test
  void aThousandStreamsThatNobodyReadsAreBoundedAndOthersAreAnswered() throws Exception {
    Taken.needFiles(2 * MANY + 500);
    StringWriter err = new StringWriter();
    try (LivePage page =
            LivePage.open(
                dir.resolve("x"), 0, Duration.ofSeconds(2), () -> {}, new PrintWriter(err));
        Crowd crowd = new Crowd()) {
      ask(page);
      Taken before = Taken.now();
      String path = page.address().getPath() + "events";
      crowd.and(page.address(), MANY, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      Crowd.await(
          "all places are taken",
          () -> {
            int unused = crowd.said();
            return page.viewers() == EventStream.MOST;
          });
      PrintWriter out = page.alsoTo(new PrintWriter(StringWriter.nullWriter()));
      String line = "\u2026".repeat(Recording.LINE);
      for (int i = 0; i < Recording.LINES; i++) {
        out.println(line);
      }
      ask(page);
      int unused = crowd.said();
      Taken with = Taken.now();
      assertThat(with.threads()).isLessThanOrEqualTo(before.threads() + THREADS);
      assertThat(with.bytes()).isLessThan(before.bytes() + BYTES);
      assertThat(with.files())
          .as("the crowd's own, and the page's")
          .isLessThan(before.files() + MANY + 100);
      crowd.close();
      Crowd.await(
          "all are seen to have gone",
          () -> {
            out.println("news");
            return page.viewers() == 0;
          });
      try (Viewer viewer = new Viewer(page.address());
          Viewer.Stream events = viewer.events()) {
        assertThat(events.next()).isTrue();
      }
      Crowd.await("files are closed", () -> Taken.now().files() <= before.files() + 5);
    }
    assertThat(err.toString()).isEmpty();
  }

  private static void ask(LivePage page) throws Exception {
    try (Viewer viewer = new Viewer(page.address())) {
      assertThat(viewer.get("runs").statusCode()).isEqualTo(200);
    }
  }
}
