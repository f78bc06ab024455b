package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/** A value while a graph runs: numbers on the device, or whole ones here, shapes for example. */
sealed interface Item {

  Shape shape();

  /** Numbers of single precision. */
  record Floats(Tensor tensor) implements Item {
    @Override
    public Shape shape() {
      return tensor.shape();
    }
  }

  /** Whole numbers, in the order of rows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Wholes(Shape shape, long... values) implements Item {

    static Wholes list(long... values) {
      return new Wholes(Shape.of(values.length), values);
    }

    /** Makes numbers by their places. */
    static Wholes of(Shape shape, ToLongFunction<int[]> value) {
      long[] values = new long[Math.toIntExact(shape.size())];
      int[] at = new int[shape.rank()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.applyAsLong(at);
        for (int a = at.length - 1; a >= 0 && ++at[a] == shape.dim(a); a--) {
          at[a] = 0;
        }
      }
      return new Wholes(shape, values);
    }

    long at(int... place) {
      int index = 0;
      for (int a = 0; a < place.length; a++) {
        index = index * shape.dim(a) + place[a];
      }
      return values[index];
    }

    int[] ints() {
      return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
  }
}
