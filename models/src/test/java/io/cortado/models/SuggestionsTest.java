package io.cortado.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SuggestionsTest {

  @Test
  void findsTheNameThatWasMeant() {
    List<String> names = List.of("lenet5", "mlp", "alexnet");
    assertThat(Suggestions.nearest("lenet", names)).hasValue("lenet5");
    assertThat(Suggestions.nearest("LeNet5", names)).hasValue("lenet5");
    assertThat(Suggestions.nearest("mpl", names)).hasValue("mlp");
    assertThat(Suggestions.nearest("transformer", names)).isEmpty();
    assertThat(Suggestions.didYouMean("lenet6", names)).isEqualTo("; did you mean 'lenet5'?");
  }

  @Test
  void countsEdits() {
    assertThat(Suggestions.distance("abc", "abc")).isZero();
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("abdc", "abcd")).isEqualTo(1);
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
  }
}
