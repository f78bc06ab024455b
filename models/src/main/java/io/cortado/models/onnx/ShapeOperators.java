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
      case "Split" -> ShapeOperators::split;
      case "Slice" -> ShapeOperators::slice;
      case "Gather" -> ShapeOperators::gather;
      case "Expand" -> ShapeOperators::expand;
      case "Pad" -> ShapeOperators::pad;
      case "DepthToSpace" -> depthToSpace(node);
      case "SpaceToDepth" -> ShapeOperators::spaceToDepth;
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
      long step = c.has(4) ? c.wholes(4).values()[i] : 1;
      if (step == 0) {
        throw c.node().refused("takes steps of 0", "the file is damaged: get it again");
      }
      int[] numbers = numbers(starts[i], ends[i], step, x.shape().dim(axis));
      x =
          switch (x) {
            case Floats f -> new Floats(chosen(c, f.tensor(), axis, step, numbers));
            case Wholes w ->
                Wholes.of(
                    w.shape().with(axis, numbers.length),
                    at -> {
                      int[] place = at.clone();
                      place[axis] = numbers[at[axis]];
                      return w.at(place);
                    });
          };
    }
    return List.of(x);
  }

  /** Returns the numbers from start to end, without the latter, that are within an axis. */
  private static int[] numbers(long start, long end, long step, int extent) {
    long first = step > 0 ? 0 : -1;
    long last = step > 0 ? extent : extent - 1;
    long from = Math.clamp(start < 0 ? start + extent : start, Math.min(0, last), last);
    long to = Math.clamp(end < 0 ? end + extent : end, first, last);
    long count = step > 0 ? Math.ceilDiv(to - from, step) : Math.ceilDiv(from - to, -step);
    int[] numbers = new int[(int) Math.max(0, count)];
    Arrays.setAll(numbers, i -> (int) (from + i * step));
    return numbers;
  }

  private static Tensor chosen(Call c, Tensor x, int axis, long step, int... numbers) {
    if (step == 1 || numbers.length == 0) {
      int from = numbers.length == 0 ? 0 : numbers[0];
      return x.slice(axis, from, from + numbers.length);
    }
    return x.indexSelect(axis, c.step().tensor(numbers, numbers.length));
  }

  /** Parts of extents that are given, or as even as they come, the last of them smaller. */
  private static List<Item> split(Call c) {
    StoredNode node = c.node();
    Tensor x = c.tensor(0);
    int axis = c.axis(node.whole("axis", 0), x.shape().rank());
    int parts = node.outputs().size();
    int[] extents = c.has(1) ? c.wholes(1).ints() : new int[parts];
    if (!c.has(1)) {
      int each = Math.ceilDiv(x.dim(axis), parts);
      Arrays.setAll(extents, i -> Math.clamp(x.dim(axis) - (long) i * each, 0, each));
    }
    if (extents.length != parts
        || Arrays.stream(extents).anyMatch(e -> e < 0)
        || Arrays.stream(extents).asLongStream().sum() != x.dim(axis)) {
      throw node.refused(
          "splits axis %d of %s into %d: %s"
              .formatted(axis, x.shape(), parts, Arrays.toString(extents)),
          "the file is damaged: get it again");
    }
    List<Item> all = new ArrayList<>();
    int from = 0;
    for (int extent : extents) {
      all.add(new Floats(x.slice(axis, from, from + extent)));
      from += extent;
    }
    return all;
  }

  /** A pixel's r x r come from channels that lie side by side (CRD), or far apart (DCR). */
  private static Operator depthToSpace(StoredNode node) {
    String mode = node.text("mode", "DCR");
    if (!mode.equals("DCR") && !mode.equals("CRD")) {
      throw node.refused("deals channels by " + mode, "ONNX has no such mode");
    }
    boolean near = mode.equals("CRD");
    return c -> {
      int r = blocks(c, true);
      Tensor x = c.tensor(0);
      int n = x.dim(0);
      int h = x.dim(2);
      int w = x.dim(3);
      int d = x.dim(1) / (r * r);
      Tensor apart = near ? x.reshape(n, d, r, r, h, w) : x.reshape(n, r, r, d, h, w);
      Tensor dealt = near ? apart.permute(0, 1, 4, 2, 5, 3) : apart.permute(0, 3, 4, 1, 5, 2);
      return Call.one(dealt.reshape(n, d, h * r, w * r));
    };
  }

  private static List<Item> spaceToDepth(Call c) {
    int r = blocks(c, false);
    Tensor x = c.tensor(0);
    int n = x.dim(0);
    int d = x.dim(1);
    int h = x.dim(2) / r;
    int w = x.dim(3) / r;
    return Call.one(
        x.reshape(n, d, h, r, w, r).permute(0, 3, 5, 1, 2, 4).reshape(n, d * r * r, h, w));
  }

  /** Returns the extent of a block of pixels, if the input can be cut into such. */
  private static int blocks(Call c, boolean channels) {
    int r = c.node().whole("blocksize", 0);
    Shape x = c.item(0).shape();
    if (x.rank() == 4
        && r > 0
        && (channels ? x.dim(1) % ((long) r * r) == 0 : x.dim(2) % r == 0 && x.dim(3) % r == 0)) {
      return r;
    }
    throw c.node()
        .refused("cuts %s into blocks of %d".formatted(x, r), "the file is damaged: get it again");
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
    if (c.has(3)) {
      throw node.refused("pads some axes", "give widths for all");
    }
    int[] pads = c.wholes(1).ints();
    String name = node.text("mode", "constant");
    Padding.Mode mode =
        switch (name) {
          case "constant" -> Padding.Mode.CONSTANT;
          case "reflect" -> Padding.Mode.REFLECT;
          case "edge" -> Padding.Mode.REPLICATE;
          case "wrap" -> Padding.Mode.CIRCULAR;
          default -> throw node.refused("pads by " + name, "ONNX has no such mode");
        };
    if (x instanceof Wholes w) {
      if (mode != Padding.Mode.CONSTANT) {
        throw node.refused("pads whole numbers by " + name, "a constant is read");
      }
      return padded(c, w, pads);
    }
    float value = c.has(2) ? c.tensor(2).item() : 0;
    return Call.one(Padding.pad(c.tensor(0), mode, value, WindowOperators.widths(pads)));
  }

  private static List<Item> padded(Call c, Wholes w, int... pads) {
    int[] dims = w.shape().toArray();
    int rank = dims.length;
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
