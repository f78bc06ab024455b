package io.cortado.tck;

import io.cortado.backend.spec.Reduction;
import io.cortado.tck.TorchFixtures.Case;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The options in the name of a recorded loss, such as {@code SmoothL1Loss/beta=0.5,reduction=sum}.
 *
 * <p>What a name does not say is not set, so that defaults are compared too; what it says has to be
 * asked for, so that no option is passed over.
 */
sealed class TorchLossOptions permits TorchLayerOptions {

  private final Case recorded;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();

  TorchLossOptions(Case recorded) {
    this.recorded = recorded;
    String name = recorded.name();
    for (String option : name.substring(end(name) + 1).split(",", -1)) {
      int equals = option.indexOf('=');
      values.put(
          equals < 0 ? option : option.substring(0, equals),
          equals < 0 ? "" : option.substring(equals + 1));
    }
    asked.add("data"); // describes the inputs
  }

  /** Returns the class of torch.nn. */
  static String torchClass(Case recorded) {
    return recorded.name().substring(0, end(recorded.name()));
  }

  /** Returns where the class's name ends: a layer's at a dash, a loss's at a slash. */
  private static int end(String name) {
    int end = 0;
    while (Character.isJavaIdentifierPart(name.charAt(end))) {
      end++;
    }
    return end;
  }

  final @Nullable String value(String option) {
    asked.add(option);
    return values.get(option);
  }

  /** Sets a number where it is given. */
  void number(String option, DoubleConsumer setter) {
    String value = value(option);
    if (value != null) {
      setter.accept(Double.parseDouble(value));
    }
  }

  /** Sets an integer where it is given. */
  void integer(String option, IntConsumer setter) {
    String value = value(option);
    if (value != null) {
      setter.accept(Integer.parseInt(value));
    }
  }

  /** Sets a flag where it is given. */
  void flag(String option, Consumer<Boolean> setter) {
    String value = value(option);
    if (value != null) {
      setter.accept(value.equals("True"));
    }
  }

  /** Sets a tensor where it is given. */
  void tensor(String option, WeightSetter setter) {
    if (value(option) != null) {
      setter.set(recorded.floats(option), recorded.shape(option));
    }
  }

  /** Takes a tensor's numbers and its shape. */
  @FunctionalInterface
  interface WeightSetter {
    void set(float[] values, int[] shape);
  }

  /** Sets the reduction where it is given. */
  void reduction(Consumer<Reduction> setter) {
    String value = value("reduction");
    if (value != null) {
      setter.accept(Reduction.valueOf(value.toUpperCase(Locale.ROOT)));
    }
  }

  /** Says whether an option has a value. */
  boolean is(String option, String wanted) {
    return wanted.equals(value(option));
  }

  /** Fails if an option was not asked for. */
  void checkAllAsked() {
    Set<String> left = new HashSet<>(values.keySet());
    left.removeAll(asked);
    if (!left.isEmpty()) {
      throw new IllegalStateException(
          "case %s: options %s are not passed on, only %s"
              .formatted(recorded, left, Arrays.toString(asked.toArray())));
    }
  }
}
