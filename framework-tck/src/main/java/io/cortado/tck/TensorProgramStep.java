package io.cortado.tck;

import static java.util.Map.entry;

import io.cortado.Tensor;
import io.cortado.autograd.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A step of a {@link TensorProgram}: an operation's name, its operands' numbers, its arguments. */
final class TensorProgramStep {

  private static final Pattern MARKS = Pattern.compile("[x,]");

  private static final Map<String, UnaryOperator<Tensor>> UNARY =
      Map.ofEntries(
          entry("exp", Tensor::exp),
          entry("expm1", Tensor::expm1),
          entry("log", Tensor::log),
          entry("log1p", Tensor::log1p),
          entry("sqrt", Tensor::sqrt),
          entry("rsqrt", Tensor::rsqrt),
          entry("reciprocal", Tensor::reciprocal),
          entry("square", Tensor::square),
          entry("abs", Tensor::abs),
          entry("neg", Tensor::neg),
          entry("relu", Tensor::relu),
          entry("sigmoid", Tensor::sigmoid),
          entry("tanh", Tensor::tanh),
          entry("erf", Tensor::erf),
          entry("sin", Tensor::sin),
          entry("cos", Tensor::cos),
          entry("floor", Tensor::floor),
          entry("round", Tensor::round),
          entry("sign", Tensor::sign));

  private static final Map<String, BinaryOperator<Tensor>> BINARY =
      Map.ofEntries(
          entry("add", Tensor::add),
          entry("sub", Tensor::sub),
          entry("mul", Tensor::mul),
          entry("div", Tensor::div),
          entry("minimum", Tensor::minimum),
          entry("maximum", Tensor::maximum),
          entry("pow", Tensor::pow),
          entry("outer", Tensor::outer),
          entry("matmul", Tensor::matmul));

  private final String[] words;
  private final List<Tensor> values;

  private TensorProgramStep(String text, List<Tensor> values) {
    this.words = text.split(" ");
    this.values = values;
  }

  /** Runs a step that is no input. */
  static Tensor run(String text, List<Tensor> values) {
    TensorProgramStep step = new TensorProgramStep(text, values);
    String name = step.words[0];
    UnaryOperator<Tensor> unary = UNARY.get(name);
    if (unary != null) {
      return unary.apply(step.tensor(1));
    }
    BinaryOperator<Tensor> binary = BINARY.get(name);
    return binary != null ? binary.apply(step.tensor(1), step.tensor(2)) : step.run(name);
  }

  /** Returns the numbers between the marks, of "-" none. */
  static int[] list(String word) {
    return word.equals("-")
        ? new int[0]
        : MARKS.splitAsStream(word).mapToInt(Integer::parseInt).toArray();
  }

  private static int operandCount(String name) {
    return switch (name) {
      case "in" -> 0;
      case "where" -> 4;
      case "concat", "stack", "scatterAdd", "einsum2" -> 2;
      default -> BINARY.containsKey(name) ? 2 : 1;
    };
  }

  /** Returns the numbers of a step's operands. */
  static List<Integer> operands(String text) {
    String[] words = text.split(" ");
    return Arrays.stream(words, 1, 1 + operandCount(words[0])).map(Integer::valueOf).toList();
  }

  /** Returns the step with its operands' places in a list of steps instead of their numbers. */
  static String renumbered(String text, List<Integer> kept) {
    String[] words = text.split(" ");
    for (int i = 1; i <= operandCount(words[0]); i++) {
      words[i] = String.valueOf(kept.indexOf(Integer.valueOf(words[i])));
    }
    return Arrays.stream(words).collect(Collectors.joining(" "));
  }

  private Tensor tensor(int word) {
    return values.get(integer(word));
  }

  private int integer(int word) {
    return Integer.parseInt(words[word]);
  }

  private float number(int word) {
    return Float.parseFloat(words[word]);
  }

  private boolean flag(int word) {
    return words[word].equals("1");
  }

  private int[] list(int word) {
    return list(words[word]);
  }

  private Tensor indices(int word) {
    return tensor(1).device().tensor(list(word + 1), list(word));
  }

  private Tensor run(String name) {
    return switch (name) {
      case "addScalar" -> tensor(1).add(number(2));
      case "mulScalar" -> tensor(1).mul(number(2));
      case "powScalar" -> tensor(1).pow(number(2));
      case "clamp" -> tensor(1).clamp(number(2), number(3));
      case "where" -> Tensor.where(tensor(1).lt(tensor(2)), tensor(3), tensor(4));
      case "concat" -> Tensor.concat(integer(3), tensor(1), tensor(2));
      case "stack" -> Tensor.stack(integer(3), tensor(1), tensor(2));
      case "einsum1" -> Tensor.einsum(words[2], tensor(1));
      case "einsum2" -> Tensor.einsum(words[3], tensor(1), tensor(2));
      case "indexSelect" ->
          tensor(1).indexSelect(integer(2), tensor(1).device().tensor(list(3), list(3).length));
      case "gather" -> tensor(1).gather(integer(2), indices(3));
      case "scatterAdd" -> tensor(1).scatterAdd(integer(3), indices(4), tensor(2));
      case "sort" -> tensor(1).sort(integer(2), flag(3)).values();
      case "topk" -> tensor(1).topk(integer(2), integer(3), flag(4)).values();
      default -> reduction(name);
    };
  }

  private Tensor reduction(String name) {
    return switch (name) {
      case "sum" -> tensor(1).sum(list(2), flag(3));
      case "mean" -> tensor(1).mean(list(2), flag(3));
      case "amax" -> tensor(1).amax(list(2), flag(3));
      case "amin" -> tensor(1).amin(list(2), flag(3));
      case "logsumexp" -> tensor(1).logsumexp(list(2), flag(3));
      case "var" -> tensor(1).var(list(2), 1, flag(3));
      case "std" -> tensor(1).std(list(2), 1, flag(3));
      case "norm" -> tensor(1).norm(2, list(2), flag(3));
      case "max" -> tensor(1).max(integer(2), flag(3)).values();
      case "min" -> tensor(1).min(integer(2), flag(3)).values();
      case "prod" -> tensor(1).prod(integer(2), flag(3));
      case "cumsum" -> tensor(1).cumsum(integer(2));
      case "softmax" -> tensor(1).softmax(integer(2));
      case "logSoftmax" -> tensor(1).logSoftmax(integer(2));
      default -> layout(name);
    };
  }

  private Tensor layout(String name) {
    return switch (name) {
      case "reshape" -> tensor(1).reshape(list(2));
      case "permute" -> tensor(1).permute(list(2));
      case "transpose" -> tensor(1).transpose(integer(2), integer(3));
      case "slice" -> tensor(1).slice(integer(2), integer(3), integer(4));
      case "flip" -> tensor(1).flip(list(2));
      case "roll" -> tensor(1).roll(integer(2), integer(3));
      case "pad" -> tensor(1).pad(list(2));
      case "padMode" ->
          tensor(1).pad(Padding.Mode.valueOf(words[2].toUpperCase(Locale.ROOT)), 0, list(3));
      case "broadcastTo" -> tensor(1).broadcastTo(list(2));
      case "repeat" -> tensor(1).repeat(list(2));
      case "diagonal" -> tensor(1).diagonal(integer(2), integer(3), integer(4));
      case "unfold" -> tensor(1).unfold(integer(2), integer(3), integer(4));
      case "tril" -> tensor(1).tril(integer(2));
      case "triu" -> tensor(1).triu(integer(2));
      case "unsqueeze" -> tensor(1).unsqueeze(integer(2));
      case "squeeze" -> tensor(1).squeeze(integer(2));
      default -> throw new IllegalStateException("unknown step: " + String.join(" ", words));
    };
  }
}
