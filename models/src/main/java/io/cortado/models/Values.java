package io.cortado.models;

import io.cortado.models.images.ImageFiles;
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

  /** The side of a picture, in pixels: no larger than pictures are read. */
  public static final class Side implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return (int) whole(value, 1, ImageFiles.MAX_SIDE);
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
      return aboveZero(value, "learning rate", "0.001");
    }
  }

  /** A ridge: how strongly weights are kept small. */
  public static final class Ridge implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return aboveZero(value, "ridge", "10");
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
      return aboveZero(value, "temperature", "0.8");
    }
  }

  private static double aboveZero(String value, String what, String example) {
    double x;
    try {
      x = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + value + "' is not a number; give one such as " + example);
    }
    if (!(x > 0) || Double.isInfinite(x)) {
      throw new TypeConversionException(
          "'%s' is no %s; give a finite number above 0, such as %s"
              .formatted(value, what, example));
    }
    return x;
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
