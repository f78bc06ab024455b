package io.cortado.models.classify;

import io.cortado.models.Suggestions;
import io.cortado.nn.Layer;
import java.util.List;
import java.util.Map;
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
 * @param cuts for variants that look at parts of pictures, which
 */
public record ModelEntry(
    String name,
    String description,
    List<String> variants,
    UnaryOperator<String> usualVariant,
    String data,
    Function<ImageModel, Layer> builder,
    Function<ImageModel, Recipe> recipe,
    Map<String, Cut> cuts) {

  /**
   * What a variant looks at.
   *
   * @param scaled the side that pictures of a folder are scaled to
   * @param cut the side of the square that is cut out of them, at random in training
   */
  public record Cut(int scaled, int cut) {}

  /** Copies the variants. */
  public ModelEntry {
    variants = List.copyOf(variants);
    cuts = Map.copyOf(cuts);
  }

  /** Makes an entry whose variants look at whole pictures. */
  public ModelEntry(
      String name,
      String description,
      List<String> variants,
      UnaryOperator<String> usualVariant,
      String data,
      Function<ImageModel, Layer> builder,
      Function<ImageModel, Recipe> recipe) {
    this(name, description, variants, usualVariant, data, builder, recipe, Map.of());
  }

  /** Returns this entry with a variant that looks at parts of pictures. */
  public ModelEntry cut(String variant, int scaled, int cut) {
    return new ModelEntry(
        name,
        description,
        variants,
        usualVariant,
        data,
        builder,
        recipe,
        Map.of(variant, new Cut(scaled, cut)));
  }

  /**
   * Makes the network.
   *
   * @throws io.cortado.models.InputException if there is no such variant, or the model cannot take
   *     such an input
   */
  public Layer build(ImageModel model) {
    checkVariant(model.variant());
    return builder.apply(model);
  }

  /**
   * Checks a variant's name.
   *
   * @throws io.cortado.models.InputException if this model has no such form
   */
  public String checkVariant(String variant) {
    if (!variants.contains(variant)) {
      throw Suggestions.unknown("variant of " + name, variant, variants);
    }
    return variant;
  }
}
