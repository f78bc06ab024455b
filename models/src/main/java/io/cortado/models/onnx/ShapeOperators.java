package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Embeddings;
import io.cortado.autograd.Padding;
import io.cortado.models.onnx.Call.Operator;
import io.cortado.models.onnx.Item.Floats;
import io.cortado.models.onnx.Item.Wholes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that move elements and compute none. */
final class ShapeOperators {

  private ShapeOperators() {}

  static @Nullable Operator of(StoredNode node) {
    return switch (node.operator()) {
      case "Identity", "Dropout" -> c -> List.of(c.item(0));
      case "Constant" -> constant(node);
      case "Shape" -> c -> List.of(Wholes.list(longs(c.item(0).shape())));
      case "Reshape" -> c -> reshaped(c.item(0), target(c));
      case "Flatten" -> c -> reshaped(c.item(0), flat(c));
      case "Squeeze" -> c -> reshaped(c.item(0), squeezed(c));
      case "Unsqueeze" -> c -> reshaped(c.item(0), unsqueezed(c));
      case "Transpose" -> ShapeOperators::transpose;
      case "Concat" -> ShapeOperators::concat;
      case "Slice" -> ShapeOperators::slice;
      case "Gather" -> ShapeOperators::gather;
      case "Expand" -> ShapeOperators::expand;
      case "Pad" -> ShapeOperators::pad;
      case "Cast" -> ShapeOperators::cast;
      case "ConstantOfShape" -> constantOfShape(node);
      default -> null;
    };
  }

  private static long[] longs(Shape s) {
    return Arrays.stream(s.toArray()).asLongStream().toArray();
  }

  private static Operator constant(StoredNode node) {
    StoredNode.Attribute value = node.attributes().get("value");
    if (value == null || value.tensors().isEmpty()) {
      throw node.refused("has no tensor as its value", "export constants as tensors");
    }
    StoredWeight weight = value.tensors().getFirst();
    return c -> List.of(item(c, weight));
  }

  /** Brings a file's tensor to where operators can use it. */
  static Item item(Call c, StoredWeight weight) {
    return weight.isWhole()
        ? new Wholes(weight.shape(), weight.wholes())
        : new Floats(c.step().tensor(weight.floats(), weight.shape().toArray()));
  }

  private static Operator constantOfShape(StoredNode node) {
    StoredNode.Attribute value = node.attributes().get("value");
    StoredWeight weight =
        value == null || value.tensors().isEmpty() ? null : value.tensors().getFirst();
    return c -> {
      int[] dims = c.wholes(0).ints();
      if (weight == null || !weight.isWhole()) {
        return Call.one(c.step().full(weight == null ? 0 : weight.floats()[0], dims));
      }
      return List.of(Wholes.of(Shape.of(dims), _ -> weight.wholes()[0]));
    };
  }

  private static List<Item> reshaped(Item x, int... dims) {
    return switch (x) {
      case Floats f -> Call.one(f.tensor().reshape(dims));
      case Wholes w -> Call.one(dims.length == 0 ? Shape.scalar() : Shape.of(dims), w.values());
    };
  }

  /** A 0 keeps an extent, and a -1 is what is left. */
  private static int[] target(Call c) {
    Shape x = c.item(0).shape();
    c.node().only("allowzero", 0);
    int[] dims = c.wholes(1).ints();
    long known = 1;
    for (int a = 0; a < dims.length; a++) {
      dims[a] = dims[a] == 0 && a < x.rank() ? x.dim(a) : dims[a];
      known *= dims[a] == -1 ? 1 : dims[a];
    }
    for (int a = 0; a < dims.length; a++) {
      dims[a] = dims[a] == -1 && known > 0 ? (int) (x.size() / known) : dims[a];
    }
    return dims;
  }

  private static int[] flat(Call c) {
    Shape x = c.item(0).shape();
    int axis = c.node().whole("axis", 1);
    axis = axis < 0 ? axis + x.rank() : axis;
    return new int[] {(int) x.product(0, axis), (int) x.product(axis, x.rank())};
  }

  private static int[] squeezed(Call c) {
    Shape x = c.item(0).shape();
    List<Integer> dims = new ArrayList<>();
    int[] axes =
        c.has(1)
            ? c.axes(1, x.rank())
            : IntStream.range(0, x.rank()).filter(a -> x.dim(a) == 1).toArray();
    for (int a = 0; a < x.rank(); a++) {
      int axis = a;
      if (Arrays.stream(axes).noneMatch(s -> s == axis)) {
        dims.add(x.dim(a));
      }
    }
    return dims.stream().mapToInt(d -> d).toArray();
  }

  private static int[] unsqueezed(Call c) {
    Shape x = c.item(0).shape();
    int rank = x.rank() + c.wholes(1).values().length;
    int[] axes = c.axes(1, rank);
    int[] dims = new int[rank];
    int from = 0;
    for (int a = 0; a < rank; a++) {
      int axis = a;
      dims[a] = Arrays.stream(axes).anyMatch(s -> s == axis) ? 1 : x.dim(from++);
    }
    return dims;
  }

  private static List<Item> transpose(Call c) {
    Shape x = c.item(0).shape();
    int[] perm = c.node().wholes("perm");
    if (perm.length == 0) {
      perm = IntStream.range(0, x.rank()).map(a -> x.rank() - 1 - a).toArray();
    }
    int[] order = perm;
    return switch (c.item(0)) {
      case Floats f -> Call.one(f.tensor().permute(order));
      case Wholes w -> {
        Shape shape = Shape.of(Arrays.stream(order).map(x::dim).toArray());
        int[] from = new int[order.length];
        yield List.of(
            Wholes.of(
                shape,
                at -> {
                  for (int a = 0; a < order.length; a++) {
                    from[order[a]] = at[a];
                  }
                  return w.at(from);
                }));
      }
    };
  }

  private static List<Item> concat(Call c) {
    int axis = c.axis(c.node().whole("axis", 0), c.item(0).shape().rank());
    int n = c.inputs().size();
    if (c.item(0) instanceof Floats) {
      Tensor[] parts = IntStream.range(0, n).mapToObj(c::tensor).toArray(Tensor[]::new);
      return Call.one(Tensor.concat(axis, parts));
    }
    int extent = IntStream.range(0, n).map(i -> c.wholes(i).shape().dim(axis)).sum();
    return List.of(
        Wholes.of(
            c.item(0).shape().with(axis, extent),
            at -> {
              int[] place = at.clone();
              int part = 0;
              while (place[axis] >= c.wholes(part).shape().dim(axis)) {
                place[axis] -= c.wholes(part++).shape().dim(axis);
              }
              return c.wholes(part).at(place);
            }));
  }

  private static List<Item> slice(Call c) {
    Item x = c.item(0);
    int[] axes = c.has(3) ? c.axes(3, x.shape().rank()) : null;
    long[] starts = c.wholes(1).values();
    long[] ends = c.wholes(2).values();
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : axes[i];
      if (c.has(4) && c.wholes(4).values()[i] != 1) {
        throw c.node().refused("takes steps of " + c.wholes(4).values()[i], "only 1 is read");
      }
      int extent = x.shape().dim(axis);
      int from = within(starts[i], extent);
      int to = Math.max(from, within(ends[i], extent));
      x =
          switch (x) {
            case Floats f -> new Floats(f.tensor().slice(axis, from, to));
            case Wholes w ->
                Wholes.of(
                    w.shape().with(axis, to - from),
                    at -> {
                      int[] place = at.clone();
                      place[axis] += from;
                      return w.at(place);
                    });
          };
    }
    return List.of(x);
  }

  private static int within(long place, int extent) {
    return (int) Math.clamp(place < 0 ? place + extent : place, 0, extent);
  }

  /** Rows of a table by their numbers, most often. */
  private static List<Item> gather(Call c) {
    Shape x = c.item(0).shape();
    int axis = c.axis(c.node().whole("axis", 0), x.rank());
    Wholes asked = c.wholes(1);
    int extent = x.dim(axis);
    int[] numbers = Arrays.stream(asked.ints()).map(i -> i < 0 ? i + extent : i).toArray();
    for (int i : numbers) {
      if (i < 0 || i >= extent) {
        throw c.node()
            .refused("asks for number %d of %d".formatted(i, extent), "give smaller numbers");
      }
    }
    int[] dims = joined(x.toArray(), axis, asked.shape().toArray());
    if (c.item(0) instanceof Wholes w) {
      int[] place = new int[x.rank()];
      int rank = asked.shape().rank();
      return List.of(
          Wholes.of(
              dims.length == 0 ? Shape.scalar() : Shape.of(dims),
              at -> {
                int index = 0;
                for (int a = 0; a < rank; a++) {
                  index = index * asked.shape().dim(a) + at[axis + a];
                }
                System.arraycopy(at, 0, place, 0, axis);
                place[axis] = numbers[index];
                System.arraycopy(at, axis + rank, place, axis + 1, place.length - axis - 1);
                return w.at(place);
              }));
    }
    Tensor indices = c.step().tensor(numbers, numbers.length);
    Tensor rows =
        axis == 0 && x.rank() == 2
            ? Embeddings.embedding(indices, c.tensor(0), Embeddings.NO_PADDING)
            : c.tensor(0).indexSelect(axis, indices);
    return Call.one(rows.reshape(dims));
  }

  private static int[] joined(int[] x, int axis, int[] inner) {
    int[] dims = new int[x.length - 1 + inner.length];
    System.arraycopy(x, 0, dims, 0, axis);
    System.arraycopy(inner, 0, dims, axis, inner.length);
    System.arraycopy(x, axis + 1, dims, axis + inner.length, x.length - axis - 1);
    return dims;
  }

  private static List<Item> expand(Call c) {
    Tensor x = c.tensor(0);
    int[] wanted = c.wholes(1).ints();
    int[] dims = new int[Math.max(wanted.length, x.shape().rank())];
    for (int a = 0; a < dims.length; a++) {
      int w = a - (dims.length - wanted.length);
      int own = a - (dims.length - x.shape().rank());
      dims[a] = Math.max(w < 0 ? 1 : wanted[w], own < 0 ? 1 : x.dim(own));
    }
    return Call.one(x.broadcastTo(dims));
  }

  private static List<Item> pad(Call c) {
    StoredNode node = c.node();
    Item x = c.item(0);
    int rank = x.shape().rank();
    int[] pads = c.wholes(1).ints();
    if (c.has(3) || !node.text("mode", "constant").equals("constant")) {
      throw node.refused(
          "pads by " + node.text("mode", "constant"), "a constant on all axes is read");
    }
    if (x instanceof Wholes w) {
      int[] dims = w.shape().toArray();
      for (int a = 0; a < rank; a++) {
        dims[a] += pads[a] + pads[rank + a];
      }
      long value = c.has(2) ? c.wholes(2).values()[0] : 0;
      return List.of(
          Wholes.of(
              Shape.of(dims),
              at -> {
                int[] place = at.clone();
                boolean inside = true;
                for (int a = 0; a < rank; a++) {
                  place[a] -= pads[a];
                  inside &= place[a] >= 0 && place[a] < w.shape().dim(a);
                }
                return inside ? w.at(place) : value;
              }));
    }
    int[] widths = new int[2 * rank];
    for (int a = 0; a < rank; a++) {
      widths[2 * (rank - 1 - a)] = pads[a];
      widths[2 * (rank - 1 - a) + 1] = pads[rank + a];
    }
    float value = c.has(2) ? c.tensor(2).item() : 0;
    return Call.one(c.tensor(0).pad(Padding.Mode.CONSTANT, value, widths));
  }

  private static List<Item> cast(Call c) {
    int to = c.node().whole("to", 0);
    boolean whole = to == Fields.DATA_INT32 || to == Fields.DATA_INT64 || to == Fields.DATA_BOOL;
    if (!whole && to != Fields.DATA_FLOAT) {
      throw c.node().refused("makes type " + to, "floats of 32 bits and whole numbers are read");
    }
    return switch (c.item(0)) {
      case Floats f when whole -> {
        float[] values = f.tensor().toFloatArray();
        long[] cut = new long[values.length];
        Arrays.setAll(cut, i -> (long) values[i]);
        yield Call.one(f.shape(), cut);
      }
      case Wholes w when !whole -> {
        float[] values = new float[w.values().length];
        for (int i = 0; i < values.length; i++) {
          values[i] = w.values()[i];
        }
        yield Call.one(c.step().tensor(values, w.shape().toArray()));
      }
      default -> List.of(c.item(0));
    };
  }
}
