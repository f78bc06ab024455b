package io.cortado.tck;

import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A straight-line program of tensor operations, as {@code record_programs.py} writes them: each
 * step makes one tensor, which later steps know by its number; the last one is the result.
 *
 * @param steps the steps, such as {@code in 2x3} and {@code add 0 1}
 * @param inputs the values of the steps that are inputs, in their order
 */
record TensorProgram(List<String> steps, List<float[]> inputs) {

  /** What a program gives: the result, and the gradient of each input. */
  record Outcome(float[] result, List<float[]> gradients) {}

  /** Runs the steps on leaf tensors. */
  Tensor result(Tensor[] leaves) {
    List<Tensor> values = new ArrayList<>();
    int next = 0;
    for (String step : steps) {
      values.add(isInput(step) ? leaves[next++] : TensorProgramStep.run(step, values));
    }
    return values.getLast();
  }

  /** Runs the program and its backward pass in a step. */
  Outcome run(Step step) {
    Tensor[] leaves = leaves(step);
    Tensor y = result(leaves);
    if (y.requiresGrad()) {
      y.backward(step.tensor(upstream(Math.toIntExact(y.size())), y.shape().toArray()));
    }
    return new Outcome(y.toFloatArray(), Arrays.stream(leaves).map(TensorProgram::grad).toList());
  }

  /** Brings the inputs to a device, for as long as a scope is open. */
  Tensor[] leaves(Scope scope) {
    List<Tensor> leaves = new ArrayList<>();
    for (String step : steps) {
      if (isInput(step)) {
        int[] shape = TensorProgramStep.list(step.split(" ")[1]);
        leaves.add(scope.tensor(inputs.get(leaves.size()), shape).requiresGrad(true));
      }
    }
    return leaves.toArray(Tensor[]::new);
  }

  private static float[] grad(Tensor x) {
    Tensor gradient = x.grad();
    return gradient == null ? new float[Math.toIntExact(x.size())] : gradient.toFloatArray();
  }

  /** The gradient of each result's element, the same as in Python. */
  static float[] upstream(int n) {
    float[] dy = new float[n];
    for (int i = 0; i < n; i++) {
      dy[i] = (i % 7 - 3) / 4f + 0.125f;
    }
    return dy;
  }

  private static boolean isInput(String step) {
    return step.startsWith("in ");
  }

  /** Returns the program whose result is a step of this one, without what that does not need. */
  TensorProgram upTo(int last) {
    TreeSet<Integer> needed = new TreeSet<>(List.of(last));
    for (int i = last; i >= 0; i--) {
      if (needed.contains(i)) {
        needed.addAll(TensorProgramStep.operands(steps.get(i)));
      }
    }
    List<Integer> kept = List.copyOf(needed);
    List<String> shorter = new ArrayList<>();
    List<float[]> values = new ArrayList<>();
    for (int i = 0, input = 0; i <= last; i++) {
      boolean isInput = isInput(steps.get(i));
      if (needed.contains(i)) {
        shorter.add(TensorProgramStep.renumbered(steps.get(i), kept));
        if (isInput) {
          values.add(inputs.get(input));
        }
      }
      input += isInput ? 1 : 0;
    }
    return new TensorProgram(shorter, values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.join("; ", steps));
    inputs.forEach(x -> text.append("\n  of ").append(Arrays.toString(x)));
    return text.toString();
  }
}
