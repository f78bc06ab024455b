package io.cortado.tck;

import io.cortado.tck.TorchFixtures.Case;
import java.util.Arrays;
import java.util.function.BiFunction;

/**
 * The options in the name of a recorded layer, such as {@code Conv2d-in_channels=3,stride=2x1}.
 *
 * <p>Layers are changed by methods that return the layer; what a name does not say is left at our
 * own default.
 */
final class TorchLayerOptions extends TorchLossOptions {

  TorchLayerOptions(Case recorded) {
    super(recorded);
  }

  /** Says whether an option is given; {@code None} is not. */
  boolean has(String option) {
    String value = value(option);
    return value != null && !value.equals("None");
  }

  /** Returns an option that has to be there. */
  String text(String option) {
    String value = value(option);
    if (value == null) {
      throw new IllegalStateException("the case's name has no option " + option);
    }
    return value;
  }

  /** Returns an integer that has to be there. */
  int integer(String option) {
    return Integer.parseInt(text(option));
  }

  /** Returns an integer, or another one where it is not given. */
  int integer(String option, int otherwise) {
    return has(option) ? integer(option) : otherwise;
  }

  /** Returns a number, or another one where it is not given. */
  double number(String option, double otherwise) {
    return has(option) ? Double.parseDouble(text(option)) : otherwise;
  }

  /** Returns a flag, or another one where it is not given. */
  boolean flag(String option, boolean otherwise) {
    return has(option) ? text(option).equals("True") : otherwise;
  }

  /** Returns the numbers of an option that has to be there: one for each axis, or one for all. */
  double[] numbers(String option) {
    return Arrays.stream(text(option).split("x")).mapToDouble(Double::parseDouble).toArray();
  }

  /** Returns the integers of an option that has to be there: one for each axis, or one for all. */
  int[] integers(String option) {
    return Arrays.stream(text(option).split("x")).mapToInt(Integer::parseInt).toArray();
  }

  /**
   * Returns as many integers as there are axes, the last given one again where some are missing.
   */
  int[] integers(String option, int axes) {
    int[] given = integers(option);
    int[] all = new int[axes];
    Arrays.setAll(all, a -> given[Math.min(a, given.length - 1)]);
    return all;
  }

  /** Returns a layer with an option of one integer or of several, where it is given. */
  <L> L integers(L layer, String option, int axes, BiFunction<L, int[], L> setter) {
    return has(option) ? setter.apply(layer, integers(option, axes)) : layer;
  }

  /** Returns a layer with an option of one integer, where it is given. */
  <L> L integer(L layer, String option, BiFunction<L, Integer, L> setter) {
    return has(option) ? setter.apply(layer, integer(option)) : layer;
  }

  /** Returns a layer with a flag, where it is given. */
  <L> L flag(L layer, String option, BiFunction<L, Boolean, L> setter) {
    return has(option) ? setter.apply(layer, flag(option, false)) : layer;
  }
}
