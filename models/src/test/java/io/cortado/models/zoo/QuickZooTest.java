package io.cortado.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.models.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains every model for seconds; each has to come to its floor. */
final class QuickZooTest {

  @TempDir Path dir;

  @Test
  void everyModelComesToItsFloor() {
    Cli.Result r = Cli.run("zoo", "--quick", "--runs", dir.toString());
    System.out.print(r.out()); // the seconds of each
    assertThat(r.code()).as("%s%n%s", r.out(), r.err()).isZero();
    assertThat(r.out()).doesNotContain("MISSED");
  }
}
