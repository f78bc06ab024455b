package io.cortado.autograd;

import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.SoftmaxSpec;

/** The softmax and its logarithm. */
public final class Softmax {

  private Softmax() {}

  /** Computes {@code e^x / sum e^x} along one axis, or the logarithm of it. */
  public static Tensor softmax(Tensor x, int axis, boolean log) {
    String name = log ? "logSoftmax" : "softmax";
    Step step = Checks.step(name, x);
    Checks.floats(name, x);
    SoftmaxSpec spec = new SoftmaxSpec(AxisSpec.of(x.shape(), axis), log);
    Tensor y = step.empty(x.shape());
    Backend backend = x.device().backend();
    backend.softmax(spec, x.buffer(), y.buffer());
    return step.records(x)
        ? step.record(
            name,
            y,
            g -> backend.softmaxBackward(spec, y.buffer(), g.upstream(), g.beta(x), g.of(x)))
        : y;
  }
}
