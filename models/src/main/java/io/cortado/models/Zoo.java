package io.cortado.models;

import io.cortado.models.lenet.LeNet5;
import io.cortado.models.mlp.Mlp;
import java.util.List;

/** The models there are. */
public final class Zoo {

  private static final List<ModelEntry> MODELS = List.of(Mlp.entry(), LeNet5.entry());

  private Zoo() {}

  /** Returns all models. */
  public static List<ModelEntry> models() {
    return MODELS;
  }

  /**
   * Finds a model by name.
   *
   * @throws InputException if there is none
   */
  public static ModelEntry find(String name) {
    return MODELS.stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Suggestions.unknown("model", name, MODELS.stream().map(ModelEntry::name).toList()));
  }
}
