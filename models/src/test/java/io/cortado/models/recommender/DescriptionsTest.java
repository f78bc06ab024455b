package io.cortado.models.recommender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.io.FileException;
import io.cortado.io.ModelDescription;
import io.cortado.models.classify.Checkpoint;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DescriptionsTest {

  private static ModelDescription with(ModelDescription d, Map<String, String> options) {
    return new ModelDescription(d.name(), d.input(), d.classes(), options);
  }

  @Test
  void filesThatSayNothingOfTheUnknownKnowAll(@TempDir Path dir) {
    Path file = dir.resolve("weights.safetensors");
    RatingProbe.saveWithContext(file);
    ModelDescription d = Checkpoint.description(file);
    Map<String, String> options = new HashMap<>(d.options());
    options.put("new_items", "2 6");
    assertThat(Descriptions.of(with(d, options), "it").newItems()).containsExactlyInAnyOrder(2, 6);
    options.put("new_items", "7");
    assertThatThrownBy(() -> Descriptions.of(with(d, options), "it"))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("\"new_items\" lists what is not there");
    options.keySet().removeAll(List.of("new_items", "new_users"));
    Descriptions before = Descriptions.of(with(d, options), "it");
    assertThat(before.newUsers()).isEmpty();
    assertThat(before.newItems()).isEmpty();
  }
}
