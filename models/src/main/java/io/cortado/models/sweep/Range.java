package io.cortado.models.sweep;

import io.cortado.models.InputException;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An option, and between which numbers its values are drawn.
 *
 * @param option without its dashes
 * @param logarithmic whether all orders of magnitude are equally likely, rather than all numbers
 * @param whole whether only whole numbers are drawn
 */
public record Range(String option, double from, double to, boolean logarithmic, boolean whole) {

  private static final Pattern FORM =
      Pattern.compile("([^=]+)=([^:]+?)\\.\\.([^:]+)((?::log|:int)*)");

  /**
   * Reads {@code lr=1e-4..1e-1:log} or {@code hidden=16..256:log:int}.
   *
   * @throws InputException if it is none
   */
  public static Range parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw bad(text, "give an option and two numbers");
    }
    boolean log = m.group(4).contains(":log");
    double from;
    double to;
    try {
      from = Double.parseDouble(m.group(2));
      to = Double.parseDouble(m.group(3));
    } catch (NumberFormatException e) {
      throw bad(text, "give two numbers");
    }
    if (!(from < to) || !Double.isFinite(to - from)) {
      throw bad(text, "the first number has to be the smaller one");
    }
    if (log && from <= 0) {
      throw bad(text, "with :log both numbers have to be above 0");
    }
    return new Range(m.group(1), from, to, log, m.group(4).contains(":int"));
  }

  private static InputException bad(String text, String why) {
    return new InputException(
        "--range is '%s'; %s, as in lr=1e-4..1e-1:log or hidden=16..256:int".formatted(text, why));
  }

  /** Draws a value, with four digits. */
  String draw(RandomGenerator random) {
    double u = random.nextDouble();
    double value = logarithmic ? from * Math.pow(to / from, u) : from + u * (to - from);
    return whole
        ? Long.toString(Math.round(value))
        : Double.toString(Double.parseDouble(String.format(Locale.ROOT, "%.3e", value)));
  }
}
