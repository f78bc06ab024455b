package io.cortado;

import io.cortado.autograd.BackwardFunction;
import io.cortado.autograd.Gradients;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one step in the order they ran, and the walk back over them.
 *
 * <p>Three parallel arrays rather than node objects, reused from step to step: recording an
 * operation allocates nothing but its backward function.
 */
final class Tape implements Gradients {

  private @Nullable Tensor[] outputs = new Tensor[64];
  private @Nullable BackwardFunction[] functions = new BackwardFunction[64];
  private String[] names = new String[64];
  private int size;

  private @Nullable Tensor current; // the output whose backward function runs
  private boolean unit;

  void record(String name, Tensor output, BackwardFunction function) {
    if (size == outputs.length) {
      outputs = Arrays.copyOf(outputs, 2 * size);
      functions = Arrays.copyOf(functions, 2 * size);
      names = Arrays.copyOf(names, 2 * size);
    }
    outputs[size] = output;
    functions[size] = function;
    names[size] = name;
    output.recordedAs(size++);
  }

  void clear() {
    Arrays.fill(outputs, 0, size, null);
    Arrays.fill(functions, 0, size, null);
    size = 0;
    current = null;
  }

  void backward(Tensor root, @Nullable Tensor seed) {
    int last = root.node();
    checkNotReplayed(root, "backward");
    if (seed != null) {
      Buffer start = root.scope().scratch(DType.FLOAT32, root.size());
      root.device().backend().copy(seed.buffer(), 0, start, 0, root.size());
      give(root, start);
    }
    unit = seed == null;
    for (int i = last; i >= 0; i--) {
      Tensor y = outputs[i];
      if (y != null && (y.gradientWritten || i == last)) {
        replay(i, y);
        unit = false;
      }
    }
    current = null;
  }

  private void replay(int i, Tensor y) {
    BackwardFunction function = functions[i];
    if (function == null) {
      throw new IllegalStateException(names[i] + " was recorded without a backward function");
    }
    current = y;
    function.backward(this);
    if (y.gradient != null) { // not passed on as an input's gradient
      y.scope().free(y.gradient);
      y.gradient = null;
    }
    y.gradientWritten = false;
    outputs[i] = null;
    functions[i] = null;
  }

  private void checkNotReplayed(Tensor t, String operation) {
    int i = t.node();
    if (i >= 0 && functions[i] == null) {
      throw new IllegalStateException(
          operation
              + ": the graph behind the result of "
              + names[i]
              + " "
              + t.shape()
              + " was already walked back and is gone; add the losses up and call backward once, or run the forward pass again");
    }
  }

  private Tensor current() {
    if (current == null) {
      throw new IllegalStateException(
          "gradients are available only while a backward function runs");
    }
    return current;
  }

  @Override
  public Buffer upstream() {
    Tensor y = current();
    Buffer g = y.gradient;
    if (g == null) {
      g = y.scope().scratch(DType.FLOAT32, Math.max(1, y.size()));
      y.gradient = g;
      y.device().backend().fill(g, y.size(), 1);
    }
    return g;
  }

  @Override
  public boolean isUnit() {
    return unit;
  }

  @Override
  public boolean needs(Tensor input) {
    return input.requiresGrad();
  }

  @Override
  public float beta(Tensor input) {
    return input.gradientWritten ? 1 : 0;
  }

  @Override
  public Buffer of(Tensor input) {
    checkNotReplayed(input, "backward");
    Buffer g = input.gradient;
    if (g == null) {
      g = input.scope().scratch(DType.FLOAT32, Math.max(1, input.size()));
      input.gradient = g;
    }
    StepGraph graph = input.device().recordingGraph();
    if (graph != null && input.scope() != current().scope()) {
      graph.writesGradient(input);
    }
    input.gradientWritten = true;
    return g;
  }

  @Override
  public void give(Tensor input, Buffer part) {
    checkNotReplayed(input, "backward");
    Scope owner = current == null ? input.scope() : current.scope();
    if (input.gradient == null && input.scope() == owner) {
      input.gradient = part;
      input.gradientWritten = true;
    } else { // it has a gradient already, or one that outlives the step
      Backend backend = input.device().backend();
      backend.axpby(input.size(), 1, part, beta(input), of(input));
      owner.free(part);
    }
  }

  @Override
  public void pass(Tensor input) {
    Tensor y = current();
    Buffer g = upstream();
    y.gradient = null;
    give(input, g);
  }
}
