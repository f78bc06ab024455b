package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TastesTest {

  @TempDir Path dir;

  @Test
  void nobodyRatesAnythingTwice() {
    Ratings r = new Tastes().ratings(DataHome.of(dir));
    Set<Integer> pairs = new HashSet<>();
    for (int i = 0; i < r.size(); i++) {
      assertThat(pairs.add(r.users()[i] * r.itemNames().size() + r.items()[i])).isTrue();
      assertThat(r.values()[i]).isIn(1f, 2f, 3f, 4f, 5f);
    }
    assertThat(r.size()).isEqualTo(12_000);
    assertThat(new HashSet<>(r.userNames())).hasSize(200);
    assertThat(new HashSet<>(r.itemNames())).hasSize(120);
  }

  @Test
  void theyAreTheSameEachTime() {
    Ratings first = new Tastes().ratings(DataHome.of(dir));
    Ratings second = new Tastes().ratings(DataHome.of(dir));
    assertThat(first.items()).isEqualTo(second.items());
    assertThat(first.values()).isEqualTo(second.values());
  }
}
