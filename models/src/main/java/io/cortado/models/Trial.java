package io.cortado.models;

import java.util.List;

/**
 * A training of a zoo's table, and what is expected of it.
 *
 * @param title what it is called in the table
 * @param arguments what follows the model's name in {@code cortado train}
 * @param figure which of the training's {@link Figures} counts
 * @param goal what it should reach
 * @param seeds over how many seeds, from 1 on, the mean is taken
 * @param reference what the figure is to be compared with, and who measured that
 */
public record Trial(
    String title, List<String> arguments, String figure, Goal goal, int seeds, String reference) {

  /** Copies the arguments. */
  public Trial {
    arguments = List.copyOf(arguments);
    if (seeds < 1) {
      throw new IllegalArgumentException("seeds: is " + seeds + ", it has to be at least 1");
    }
  }

  /** A bound of a figure. */
  public sealed interface Goal {

    /** Says whether a value reaches it. */
    boolean reached(double value);

    /** The value has to be the bound or more. */
    static Goal atLeast(double bound) {
      return new AtLeast(bound);
    }

    /** The value has to be the bound or less. */
    static Goal atMost(double bound) {
      return new AtMost(bound);
    }
  }

  private record AtLeast(double bound) implements Goal {
    @Override
    public boolean reached(double value) {
      return value >= bound;
    }

    @Override
    public String toString() {
      return "≥ " + bound;
    }
  }

  private record AtMost(double bound) implements Goal {
    @Override
    public boolean reached(double value) {
      return value <= bound;
    }

    @Override
    public String toString() {
      return "≤ " + bound;
    }
  }

  /** Returns a trial of one seed that is compared with nothing: a floor. */
  public static Trial floor(String title, String arguments, String figure, Goal goal) {
    return new Trial(title, words(arguments), figure, goal, 1, "");
  }

  /** Returns a trial whose arguments are given as on a command line, without quotes. */
  public static Trial of(
      String title, String arguments, String figure, Goal goal, int seeds, String reference) {
    return new Trial(title, words(arguments), figure, goal, seeds, reference);
  }

  private static List<String> words(String arguments) {
    return arguments.isBlank() ? List.of() : List.of(arguments.strip().split("\\s+"));
  }
}
