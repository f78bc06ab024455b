package io.cortado.data;

import io.cortado.DType;
import io.cortado.Shape;

/**
 * One named part of every sample of a data set, such as its image or its label.
 *
 * @param name the name; supervised sets have {@value #INPUTS} and {@value #LABELS}
 * @param dtype the type of its elements
 * @param shape the shape in one sample; a batch has one more axis in front
 * @param classes for integers, how many classes (or rows of an embedding) there are, so that each
 *     element is checked to be at least 0 and below; 0 if unknown, and nothing is checked
 */
public record Field(String name, DType dtype, Shape shape, int classes) {

  /** The name of what a model is given. */
  public static final String INPUTS = "inputs";

  /** The name of what a model is to answer: class indices, or numbers to come close to. */
  public static final String LABELS = "labels";

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the name is blank, a sample of it is too large for an
   *     array, or classes are given for floats
   */
  public Field {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a field's name must not be blank");
    }
    if (shape.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "field " + name + ": shape " + shape + " is too large for one sample");
    }
    if (classes < 0 || classes > 0 && dtype != DType.INT32) {
      throw new IllegalArgumentException(
          "field "
              + name
              + ": "
              + classes
              + " classes for elements of type "
              + dtype
              + "; a class count is at least 0, and only integer fields can have one");
    }
  }

  /** Describes numbers. */
  public static Field floats(String name, int... shape) {
    return new Field(name, DType.FLOAT32, Shape.of(shape), 0);
  }

  /** Describes integers of unknown range. */
  public static Field ints(String name, int... shape) {
    return new Field(name, DType.INT32, Shape.of(shape), 0);
  }

  /** Describes integers that are at least 0 and below {@code classes}. */
  public static Field categories(String name, int classes, int... shape) {
    return new Field(name, DType.INT32, Shape.of(shape), classes);
  }

  /** Returns how many elements one sample has. */
  public int size() {
    return (int) shape.size();
  }

  /** Returns this field with another shape. */
  public Field withShape(Shape newShape) {
    return new Field(name, dtype, newShape, classes);
  }

  /** Returns this field under another name. */
  public Field withName(String newName) {
    return new Field(newName, dtype, shape, classes);
  }
}
