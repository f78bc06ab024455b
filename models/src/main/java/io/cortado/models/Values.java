package io.cortado.models;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the numbers that options take, and says what is wrong with one. */
public final class Values {

  private Values() {}

  /** A whole number from 1 on. */
  public static final class Positive implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return (int) whole(value, 1, Integer.MAX_VALUE);
    }
  }

  /** A whole number from 0 on. */
  public static final class NotNegative implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return (int) whole(value, 0, Integer.MAX_VALUE);
    }
  }

  /** A number of threads. */
  public static final class Threads implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return (int) whole(value, 0, 1024);
    }
  }

  /** A seed: any whole number of 64 bits. */
  public static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
    }
  }

  /** A learning rate. */
  public static final class LearningRate implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      double lr;
      try {
        lr = Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + value + "' is not a number; give one such as 0.001");
      }
      if (!(lr > 0) || Double.isInfinite(lr)) {
        throw new TypeConversionException(
            "'" + value + "' is no learning rate; give a finite number above 0, such as 0.001");
      }
      return lr;
    }
  }

  /**
   * Checks a probability of which 1 would leave nothing.
   *
   * @param option for the message
   * @throws InputException if it is not from 0 to below 1
   */
  public static void checkProbability(String option, double p) {
    if (!(p >= 0 && p < 1)) {
      throw new InputException(
          "%s is %s; give a probability from 0 to below 1".formatted(option, p));
    }
  }

  /** A temperature: what scores are divided by. */
  public static final class Temperature implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      double t;
      try {
        t = Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + value + "' is not a number; give one such as 0.8");
      }
      if (!(t > 0) || Double.isInfinite(t)) {
        throw new TypeConversionException(
            "'" + value + "' is no temperature; give a finite number above 0, such as 0.8");
      }
      return t;
    }
  }

  private static long whole(String value, long least, long most) {
    long n;
    try {
      n = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'"
              + value
              + "' is not a whole number"
              + (value.matches("[+-]?\\d+") ? " of 64 bits" : ""));
    }
    if (n < least) {
      throw new TypeConversionException("'" + value + "' is too small; give " + least + " or more");
    }
    if (n > most) {
      throw new TypeConversionException("'" + value + "' is too large; give " + most + " at most");
    }
    return n;
  }
}
