package io.cortado.models.classify;

import io.cortado.models.Suggestions;
import io.cortado.nn.Layer;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A model of the zoo.
 *
 * @param name what users call it
 * @param description one line
 * @param variants its forms
 * @param usualVariant the form to train on a data set unless the user names one
 * @param data the data set it is trained on by default
 * @param builder makes the network, not initialised yet
 * @param recipe how it is trained unless the user says otherwise
 */
public record ModelEntry(
    String name,
    String description,
    List<String> variants,
    UnaryOperator<String> usualVariant,
    String data,
    Function<ImageModel, Layer> builder,
    Function<ImageModel, Recipe> recipe) {

  /** Copies the variants. */
  public ModelEntry {
    variants = List.copyOf(variants);
  }

  /**
   * Makes the network.
   *
   * @throws InputException if there is no such variant, or the model cannot take such an input
   */
  public Layer build(ImageModel model) {
    checkVariant(model.variant());
    return builder.apply(model);
  }

  /**
   * Checks a variant's name.
   *
   * @throws InputException if this model has no such form
   */
  public String checkVariant(String variant) {
    if (!variants.contains(variant)) {
      throw Suggestions.unknown("variant of " + name, variant, variants);
    }
    return variant;
  }
}
