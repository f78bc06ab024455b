package io.cortado.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cortado.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelDescriptionTest {

  @Test
  void comesBackFromItsJson() {
    ModelDescription model =
        new ModelDescription(
            "lenet5",
            Shape.of(new int[] {1, 28, 28}),
            List.of("T-shirt/top", "\"bag\""),
            Map.of("activation", "tanh"));
    assertThat(model.toJson())
        .isEqualTo(
            "{\"name\":\"lenet5\",\"input\":[1,28,28],\"classes\":[\"T-shirt/top\",\"\\\"bag\\\"\"],\"options\":{\"activation\":\"tanh\"}}");
    assertThat(ModelDescription.parse("f", model.toJson())).isEqualTo(model);
    assertThat(ModelDescription.parse("f", "{\"later\":[{}],\"name\":\"m\"}").name())
        .isEqualTo("m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"name\":3}",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"a\"",
        "{\"name\":\"a\",\"input\":[-1]}",
        "{\"name\":\"a\",\"input\":[2147483647,2147483647,2147483647]}",
        "{\"name\":\"a\",\"input\":[9999999999]}",
        "{\"name\":\"a\",\"classes\":[1]}",
        "{\"name\":\"a\",\"options\":{\"x\":{}}}",
      })
  void whatIsNoDescriptionIsRefused(String json) {
    assertThatExceptionOfType(FileException.class)
        .isThrownBy(() -> ModelDescription.parse("f", json))
        .withMessageStartingWith("f: its description of the model (cortado.model) ");
  }

  @Test
  void aNameIsNeeded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelDescription("", Shape.of(1), List.of(), Map.of()))
        .withMessageContaining("needs a name");
  }
}
