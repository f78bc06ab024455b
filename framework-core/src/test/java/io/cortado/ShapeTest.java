package io.cortado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void knowsItsExtents() {
    Shape s = Shape.of(2, 3, 4, 5);
    assertThat(s.rank()).isEqualTo(4);
    assertThat(s.size()).isEqualTo(120);
    assertThat(s.dim(-1)).isEqualTo(5);
    assertThat(s.product(1, 3)).isEqualTo(12);
    assertThat(s.with(-2, 9)).isEqualTo(Shape.of(2, 3, 9, 5));
    assertThat(s.without(0)).isEqualTo(Shape.of(new int[] {3, 4, 5}));
    assertThat(s.tail(2)).isEqualTo(Shape.of(4, 5));
    assertThat(s.tail(2).prepend(7)).isEqualTo(Shape.of(new int[] {7, 4, 5}));
    assertThat(s).hasToString("[2, 3, 4, 5]");
    assertThat(Shape.scalar().size()).isOne();
    assertThat(Shape.of(3, 0).size()).isZero();
  }

  @Test
  void cannotBeChangedFromOutside() {
    int[] dims = {2, 3, 4};
    Shape s = Shape.of(dims);
    dims[0] = 9;
    s.toArray()[1] = 9;
    assertThat(s).isEqualTo(Shape.of(new int[] {2, 3, 4}));
  }

  @Test
  void refusesWhatIsNoShape() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(2, -1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(new int[] {1, 2, -3}))
        .withMessageContaining("[1, 2, -3]");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> Shape.of(2, 3).dim(2))
        .withMessageContaining("axis 2 of shape [2, 3]");
    int k = 1 << 16;
    for (Supplier<Shape> large :
        List.<Supplier<Shape>>of(
            () -> Shape.of(k, k, k, k),
            () -> Shape.of(new int[] {k, k, k, k}),
            () -> Shape.of(k, k, k, 1).with(-1, k),
            () -> Shape.of(new int[] {k, k, k}).prepend(k))) {
      assertThatIllegalArgumentException()
          .isThrownBy(large::get)
          .withMessageContaining("[65536, 65536, 65536, 65536]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(2, 3).with(0, -1))
        .withMessageContaining("[-1, 3]");
    assertThat(Shape.of(new int[] {k, k, k, k, 0}).size()).isZero();
    assertThat(Shape.of(1 << 30, 1 << 30, 4, 1).size()).isEqualTo(1L << 62);
  }
}
