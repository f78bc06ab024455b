package io.cortado.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.data.DataException;
import org.junit.jupiter.api.Test;

final class SeriesTest {

  private static Series parse(String text) {
    return Series.parse("a.csv", text, "a", "what");
  }

  @Test
  void gapsAreFilledByStraightLines() {
    Series s = parse("date,value\n1,2\n2,\n3,\n4,8\n");
    assertThat(s.values()).containsExactly(2, 4, 6, 8);
    assertThat(s.filled()).isEqualTo(2);
    assertThat(s.times()).containsExactly(1, 2, 3, 4);
    assertThat(parse("date,value\n19580101,2\n").times()).containsExactly(1958);
    assertThat(parse("date,value\n19580702,2\n").times()[0]).isBetween(1958.49, 1958.51);
  }

  @Test
  void badLinesAreNamed() {
    assertThatThrownBy(() -> parse("date,value\n1,2\n2,x\n"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.csv, line 3", "2,x");
    assertThatThrownBy(() -> parse("date,value\n19581301,2\n")).hasMessageContaining("line 2");
    assertThatThrownBy(() -> parse("date,value\n1,\n2,3\n")).hasMessageContaining("first");
  }
}
