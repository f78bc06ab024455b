package io.cortado.autograd;

import io.cortado.Step;
import io.cortado.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs functions whose gradients are written by hand. */
final class CustomFunctions {

  private CustomFunctions() {}

  private static final class Kept implements CustomFunction.Context {
    private final List<Tensor> tensors = new ArrayList<>();
    private final boolean[] needed;

    Kept(boolean[] needed) {
      this.needed = needed;
    }

    @Override
    public void save(Tensor... more) {
      tensors.addAll(List.of(more));
    }

    @Override
    public Tensor saved(int i) {
      if (i < 0 || i >= tensors.size()) {
        throw new IllegalArgumentException(
            "saved: tensor " + i + " of the " + tensors.size() + " that the forward pass saved");
      }
      return tensors.get(i);
    }

    @Override
    public boolean needs(int input) {
      return needed[input];
    }
  }

  static Tensor apply(CustomFunction function, Tensor... inputs) {
    String name = function.name();
    if (inputs.length == 0) {
      throw new IllegalArgumentException(name + ": no inputs; give one at least");
    }
    Step step = Checks.step(name, inputs[0]);
    boolean[] needed = new boolean[inputs.length];
    boolean records = false;
    for (int i = 0; i < inputs.length; i++) {
      Checks.sameDevice(name, inputs[0], inputs[i]);
      needed[i] = step.records(inputs[i]);
      records |= needed[i];
    }
    Kept kept = new Kept(needed);
    Tensor made = step.withoutRecording(() -> function.forward(kept, inputs));
    // A tensor of its own, whatever the function gave: an input, or a view of one.
    Tensor y = made.view(step, made.shape());
    return records ? step.record(name, y, g -> backward(function, kept, inputs, y, step, g)) : y;
  }

  private static void backward(
      CustomFunction function, Kept kept, Tensor[] inputs, Tensor y, Step step, Gradients g) {
    Tensor upstream = Tensor.over(step, y.shape(), g.upstream());
    List<@Nullable Tensor> gradients =
        step.withoutRecording(() -> function.backward(kept, upstream));
    if (gradients.size() != inputs.length) {
      throw new IllegalStateException(
          function.name()
              + ": its backward gave "
              + gradients.size()
              + " gradients for "
              + inputs.length
              + " inputs; give one, or null, for each");
    }
    for (int i = 0; i < inputs.length; i++) {
      Tensor gradient = gradients.get(i);
      Tensor x = inputs[i];
      if (gradient == null || !g.needs(x)) {
        continue;
      }
      if (!gradient.shape().equals(x.shape())) {
        throw Checks.mismatch(
            function.name(), gradient.shape(), x.shape(), "gradient " + i + " needs its input's");
      }
      x.device().backend().axpby(x.size(), 1, gradient.buffer(), g.beta(x), g.of(x));
    }
  }
}
