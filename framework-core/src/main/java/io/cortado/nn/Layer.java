package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Tensor;

/** A module with one input and one output. */
public abstract class Layer extends Module {

  /** Computes the output. */
  public abstract Tensor forward(Tensor x);

  @Override
  public Layer init(Device device, long seed) {
    super.init(device, seed);
    return this;
  }

  @Override
  public Layer train() {
    super.train();
    return this;
  }

  @Override
  public Layer eval() {
    super.eval();
    return this;
  }

  /**
   * Returns a table of the layers with output shapes, parameters and multiply-adds; runs the model
   * once, in eval mode.
   *
   * @param input the shape of a batch
   */
  public final Summary summary(Shape input) {
    return Summary.of(this, input);
  }
}
