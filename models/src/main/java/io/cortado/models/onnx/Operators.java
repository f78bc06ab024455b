package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.models.onnx.Call.Operator;
import io.cortado.models.onnx.Item.Floats;
import io.cortado.models.onnx.Item.Wholes;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The operators that are read from ONNX files. */
final class Operators {

  private Operators() {}

  /**
   * Returns what computes a node.
   *
   * @throws io.cortado.models.InputException if that operator, or an attribute of it, is not read
   */
  static Operator of(StoredNode node) {
    Operator found = pointwise(node);
    found = found == null ? ActivationOperators.of(node) : found;
    found = found == null ? sums(node) : found;
    found = found == null ? ShapeOperators.of(node) : found;
    found = found == null ? WindowOperators.of(node) : found;
    if (found == null) {
      throw node.refused(
          "is not read", "docs/exchange.md lists those that are: export the model by these");
    }
    return found;
  }

  private static @Nullable Operator pointwise(StoredNode node) {
    return switch (node.operator()) {
      case "Add" -> binary(Tensor::add, Long::sum);
      case "Sub" -> binary(Tensor::sub, (a, b) -> a - b);
      case "Mul" -> binary(Tensor::mul, (a, b) -> a * b);
      case "Div" -> binary(Tensor::div, (a, b) -> b == 0 ? 0 : a / b);
      case "Max" -> binary(Tensor::maximum, Math::max);
      case "Min" -> binary(Tensor::minimum, Math::min);
      case "Pow" -> binary(Tensor::pow, (a, b) -> Math.round(Math.pow(a, b)));
      case "Exp" -> unary(Tensor::exp);
      case "Log" -> unary(Tensor::log);
      case "Sqrt" -> unary(Tensor::sqrt);
      case "Abs" -> unary(Tensor::abs);
      case "Neg" -> unary(Tensor::neg);
      case "Reciprocal" -> unary(Tensor::reciprocal);
      case "Erf" -> unary(Tensor::erf);
      case "Sign" -> unary(Tensor::sign);
      case "Floor" -> unary(Tensor::floor);
      case "Round" -> unary(Tensor::round);
      case "Sin" -> unary(Tensor::sin);
      case "Cos" -> unary(Tensor::cos);
      case "Less" -> binary(Tensor::lt, (a, b) -> a < b ? 1 : 0);
      case "LessOrEqual" -> binary(Tensor::le, (a, b) -> a <= b ? 1 : 0);
      case "Greater" -> binary(Tensor::gt, (a, b) -> a > b ? 1 : 0);
      case "GreaterOrEqual" -> binary(Tensor::ge, (a, b) -> a >= b ? 1 : 0);
      case "Equal" -> binary(Tensor::eq, (a, b) -> a == b ? 1 : 0);
      case "Not" -> Operators::not;
      case "Where" -> Operators::where;
      case "Relu" -> unary(Tensor::relu);
      case "Sigmoid" -> unary(Tensor::sigmoid);
      case "Tanh" -> unary(Tensor::tanh);
      case "LeakyRelu" -> {
        float alpha = node.number("alpha", 0.01f);
        yield unary(x -> x.relu().sub(x.neg().relu().mul(alpha)));
      }
      case "PRelu" ->
          c -> Call.one(c.tensor(0).relu().sub(c.tensor(0).neg().relu().mul(c.tensor(1))));
      case "Softmax" -> c -> Call.one(c.tensor(0).softmax(node.whole("axis", -1)));
      case "LogSoftmax" -> c -> Call.one(c.tensor(0).logSoftmax(node.whole("axis", -1)));
      case "Clip" -> Operators::clip;
      default -> null;
    };
  }

  private static Operator unary(UnaryOperator<Tensor> f) {
    return c -> Call.one(f.apply(c.tensor(0)));
  }

  /** Of two or more inputs, all floats or all whole numbers. */
  private static Operator binary(BinaryOperator<Tensor> floats, LongBinaryOperator wholes) {
    return c -> {
      Item all = c.item(0);
      for (int i = 1; i < c.inputs().size(); i++) {
        all =
            all instanceof Wholes a && c.item(i) instanceof Wholes b
                ? combined(c, a, b, wholes)
                : new Floats(floats.apply(tensor(c, all), c.tensor(i)));
      }
      return List.of(all);
    };
  }

  private static Tensor tensor(Call c, Item item) {
    return item instanceof Floats f ? f.tensor() : c.tensor(0);
  }

  private static Wholes combined(Call c, Wholes a, Wholes b, LongBinaryOperator f) {
    boolean single = a.values().length == 1;
    boolean fits = single || b.values().length == 1 || a.shape().equals(b.shape());
    if (!fits) {
      throw c.node()
          .refused(
              "combines whole numbers of %s and %s".formatted(a.shape(), b.shape()),
              "give one shape");
    }
    Shape shape = single ? b.shape() : a.shape();
    long[] values = new long[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      long y = b.values()[b.values().length == 1 ? 0 : i];
      values[i] = f.applyAsLong(a.values()[single ? 0 : i], y);
    }
    return new Wholes(shape, values);
  }

  /** What is true of floats is 1 on the device, and of whole numbers here. */
  private static List<Item> not(Call c) {
    return switch (c.item(0)) {
      case Floats f -> Call.one(f.tensor().eq(0));
      case Wholes w ->
          Call.one(w.shape(), Arrays.stream(w.values()).map(v -> v == 0 ? 1 : 0).toArray());
    };
  }

  private static List<Item> where(Call c) {
    Tensor mask =
        switch (c.item(0)) {
          case Floats f -> f.tensor();
          case Wholes w -> {
            float[] values = new float[w.values().length];
            for (int i = 0; i < values.length; i++) {
              values[i] = w.values()[i] == 0 ? 0 : 1;
            }
            yield c.step().tensor(values, w.shape().toArray());
          }
        };
    return Call.one(Tensor.where(mask, c.tensor(1), c.tensor(2)));
  }

  private static List<Item> clip(Call c) {
    Tensor x = c.tensor(0);
    float low = c.has(1) ? c.tensor(1).item() : Float.NEGATIVE_INFINITY;
    float high = c.has(2) ? c.tensor(2).item() : Float.POSITIVE_INFINITY;
    return Call.one(x.clamp(low, high));
  }

  private static @Nullable Operator sums(StoredNode node) {
    return switch (node.operator()) {
      case "MatMul" -> c -> Call.one(c.tensor(0).matmul(c.tensor(1)));
      case "Gemm" -> Operators::gemm;
      case "ReduceSum" -> c -> Call.one(c.tensor(0).sum(axes(c), keeps(node)));
      case "ReduceMean" -> c -> Call.one(c.tensor(0).mean(axes(c), keeps(node)));
      case "ReduceMax" -> c -> Call.one(c.tensor(0).amax(axes(c), keeps(node)));
      case "ReduceMin" -> c -> Call.one(c.tensor(0).amin(axes(c), keeps(node)));
      case "GlobalAveragePool" -> c -> Call.one(c.tensor(0).mean(behindChannels(c), true));
      case "GlobalMaxPool" -> c -> Call.one(c.tensor(0).amax(behindChannels(c), true));
      default -> null;
    };
  }

  private static int[] axes(Call c) {
    return c.axes(1, c.tensor(0).shape().rank());
  }

  private static int[] behindChannels(Call c) {
    return IntStream.range(2, c.tensor(0).shape().rank()).toArray();
  }

  private static boolean keeps(StoredNode node) {
    return node.whole("keepdims", 1) != 0;
  }

  private static List<Item> gemm(Call c) {
    StoredNode node = c.node();
    Tensor a = node.flag("transA") ? c.tensor(0).transpose(0, 1) : c.tensor(0);
    Tensor b = node.flag("transB") ? c.tensor(1).transpose(0, 1) : c.tensor(1);
    Tensor product = scaled(a.matmul(b), node.number("alpha", 1));
    return Call.one(c.has(2) ? product.add(scaled(c.tensor(2), node.number("beta", 1))) : product);
  }

  private static Tensor scaled(Tensor t, float factor) {
    return factor == 1 ? t : t.mul(factor);
  }
}
