package io.cortado.autograd;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.ReduceOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Einstein's sums: products of tensors, axes of which are named and summed over.
 *
 * <p>Two operands become one batched matrix product: axes that both have and that stay are its
 * batch, those that both have and that do not are summed over by it. More operands are taken from
 * the left, two at a time.
 */
public final class Einsum {

  private final String equation;
  private final List<String> inputs;
  private final String output;

  private Einsum(String equation, List<String> inputs, String output) {
    this.equation = equation;
    this.inputs = inputs;
    this.output = output;
  }

  /**
   * Computes a sum of products as an equation says, as in {@code "bij,bjk->bik"}.
   *
   * <p>Each letter names an axis; one that stands twice in an operand takes its diagonal. Letters
   * that the result has not are summed over. Without an arrow the result has those letters that
   * stand once, in alphabetical order. Ellipses are not understood: name the axes they stand for.
   *
   * @throws IllegalArgumentException if the equation cannot be read, has not as many operands as
   *     there are, or a letter stands for different extents
   * @see <a href="https://pytorch.org/docs/stable/generated/torch.einsum.html">torch.einsum</a>
   */
  public static Tensor einsum(String equation, Tensor... operands) {
    Einsum e = parse(equation);
    e.check(operands);
    return e.compute(operands);
  }

  private static Einsum parse(String equation) {
    String text = equation.replace(" ", "");
    if (text.contains(".")) {
      throw wrong(equation, "ellipses are not supported: name the axes that they stand for");
    }
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    List<String> inputs = Arrays.asList(left.split(",", -1));
    String output = arrow < 0 ? once(left) : text.substring(arrow + 2);
    for (String labels : inputs) {
      checkLetters(equation, labels);
    }
    checkLetters(equation, output);
    for (int i = 0; i < output.length(); i++) {
      char c = output.charAt(i);
      if (output.indexOf(c) != i) {
        throw wrong(equation, "the result names axis " + c + " twice");
      }
      if (left.indexOf(c) < 0) {
        throw wrong(equation, "the result's axis " + c + " is none of an operand's");
      }
    }
    return new Einsum(equation, inputs, output);
  }

  private static void checkLetters(String equation, String labels) {
    for (int i = 0; i < labels.length(); i++) {
      char c = labels.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
        throw wrong(equation, "'" + c + "' is no letter; write operands as ij,jk->ik");
      }
    }
  }

  private static IllegalArgumentException wrong(String equation, String reason) {
    return new IllegalArgumentException("einsum: \"" + equation + "\": " + reason);
  }

  /** Returns the letters that stand once, in order. */
  private static String once(String left) {
    return left.chars()
        .filter(c -> c != ',' && left.indexOf(c) == left.lastIndexOf(c))
        .sorted()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private void check(Tensor[] operands) {
    if (inputs.size() != operands.length) {
      throw wrong(
          equation,
          "it has " + inputs.size() + " operands, and " + operands.length + " were given");
    }
    Map<Character, Integer> extents = new LinkedHashMap<>();
    for (int i = 0; i < operands.length; i++) {
      Shape s = operands[i].shape();
      String labels = inputs.get(i);
      Checks.sameDevice("einsum", operands[0], operands[i]);
      Checks.floats("einsum", operands[i]);
      if (labels.length() != s.rank()) {
        throw wrong(
            equation,
            "operand "
                + i
                + " of shape "
                + s
                + " has not the "
                + labels.length()
                + " axes of "
                + labels);
      }
      for (int a = 0; a < labels.length(); a++) {
        Integer known = extents.putIfAbsent(labels.charAt(a), s.dim(a));
        if (known != null && known != s.dim(a)) {
          throw wrong(
              equation,
              "axis "
                  + labels.charAt(a)
                  + " is "
                  + known
                  + " and, in operand "
                  + i
                  + " of shape "
                  + s
                  + ", "
                  + s.dim(a));
        }
      }
    }
  }

  /** A tensor and the letters of its axes. */
  private record Named(Tensor tensor, String labels) {

    int extent(char label) {
      return tensor.dim(labels.indexOf(label));
    }

    /** Returns this with its axes in another order. */
    Named ordered(String order) {
      if (order.equals(labels)) {
        return this;
      }
      int[] axes = order.chars().map(labels::indexOf).toArray();
      return new Named(Shaping.permute(tensor, axes), order);
    }

    /** Sums over all axes but some. */
    Named summedTo(String kept) {
      int[] gone = labels.chars().filter(c -> kept.indexOf(c) < 0).map(labels::indexOf).toArray();
      return gone.length == 0
          ? this
          : new Named(Reductions.axes(ReduceOp.SUM, tensor, false, gone), common(labels, kept));
    }

    /** Takes the diagonal of axes that have one letter. */
    Named withoutRepeats() {
      for (int a = 0; a < labels.length(); a++) {
        char c = labels.charAt(a);
        int again = labels.lastIndexOf(c);
        if (again != a) {
          String rest = new StringBuilder(labels).deleteCharAt(again).deleteCharAt(a).toString();
          return new Named(Layouts.diagonal(tensor, 0, a, again), rest + c).withoutRepeats();
        }
      }
      return this;
    }
  }

  private static String common(String labels, String others) {
    StringBuilder common = new StringBuilder();
    for (int i = 0; i < labels.length(); i++) {
      if (others.indexOf(labels.charAt(i)) >= 0) {
        common.append(labels.charAt(i));
      }
    }
    return common.toString();
  }

  private static String without(String labels, String others) {
    StringBuilder rest = new StringBuilder();
    for (int i = 0; i < labels.length(); i++) {
      if (others.indexOf(labels.charAt(i)) < 0) {
        rest.append(labels.charAt(i));
      }
    }
    return rest.toString();
  }

  private Tensor compute(Tensor[] operands) {
    Named result = new Named(operands[0], inputs.get(0)).withoutRepeats();
    for (int i = 1; i < operands.length; i++) {
      String needed = output + String.join("", inputs.subList(i + 1, inputs.size()));
      Named next = new Named(operands[i], inputs.get(i)).withoutRepeats();
      result =
          product(
              result.summedTo(needed + next.labels()),
              next.summedTo(needed + result.labels()),
              needed);
    }
    return result.summedTo(output).ordered(output).tensor();
  }

  /** Multiplies two tensors and sums over the axes that are not needed. */
  private static Named product(Named a, Named b, String needed) {
    String both = common(a.labels(), b.labels());
    String batch = common(both, needed);
    String summed = without(both, needed);
    String onlyA = without(a.labels(), both);
    String onlyB = without(b.labels(), both);
    int k = size(a, summed);
    int n = size(a, batch);
    Tensor left = Shaping.reshape(a.ordered(batch + onlyA + summed).tensor(), n, size(a, onlyA), k);
    Tensor right =
        Shaping.reshape(b.ordered(batch + summed + onlyB).tensor(), n, k, size(b, onlyB));
    List<Integer> dims = new ArrayList<>();
    (batch + onlyA).chars().forEach(c -> dims.add(a.extent((char) c)));
    onlyB.chars().forEach(c -> dims.add(b.extent((char) c)));
    Tensor y = MatMul.matmul(left, right);
    int[] shape = dims.stream().mapToInt(Integer::intValue).toArray();
    return new Named(Shaping.reshape(y, shape), batch + onlyA + onlyB);
  }

  private static int size(Named t, String labels) {
    int size = 1;
    for (int i = 0; i < labels.length(); i++) {
      size = Math.multiplyExact(size, t.extent(labels.charAt(i)));
    }
    return size;
  }
}
