package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.models.onnx.Item.Floats;
import io.cortado.models.onnx.Item.Wholes;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator is given.
 *
 * @param inputs null where one is left out
 */
record Call(StoredNode node, List<@Nullable Item> inputs, Step step) {

  /** Computes. */
  interface Operator {
    List<Item> run(Call call);
  }

  boolean has(int input) {
    return input < inputs.size() && inputs.get(input) != null;
  }

  Item item(int input) {
    Item item = input < inputs.size() ? inputs.get(input) : null;
    if (item == null) {
      throw node.refused("has no input " + input, "the file is damaged: get it again");
    }
    return item;
  }

  /** Returns an input of single precision. */
  Tensor tensor(int input) {
    return switch (item(input)) {
      case Floats f -> f.tensor();
      case Wholes w ->
          throw node.refused("has whole numbers as input " + input, "only floats are read there");
    };
  }

  @Nullable Tensor tensorOrNull(int input) {
    return has(input) ? tensor(input) : null;
  }

  /** Returns an input of whole numbers. */
  Wholes wholes(int input) {
    return switch (item(input)) {
      case Wholes w -> w;
      case Floats f ->
          throw node.refused("has floats as input " + input, "only whole numbers are read there");
    };
  }

  /** Returns axes that an input lists, counted from the front; all of them if it is left out. */
  int[] axes(int input, int rank) {
    int[] listed = has(input) ? wholes(input).ints() : node.wholes("axes");
    if (listed.length == 0) {
      listed = new int[rank];
      Arrays.setAll(listed, a -> a);
    }
    return Arrays.stream(listed).map(a -> axis(a, rank)).toArray();
  }

  /** Returns an axis counted from the front. */
  int axis(int axis, int rank) {
    int a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank) {
      throw node.refused("has axis %d of %d".formatted(axis, rank), "the file is damaged");
    }
    return a;
  }

  static List<Item> one(Tensor t) {
    return List.of(new Floats(t));
  }

  static List<Item> one(Shape shape, long... values) {
    return List.of(new Wholes(shape, values));
  }
}
