package io.cortado.nn;

import io.cortado.Device;
import io.cortado.DeviceObserver;
import io.cortado.Shape;
import io.cortado.Tensor;

/** A module with one input and one output. */
public abstract class Layer extends Module {

  /** Computes the output. */
  public abstract Tensor forward(Tensor x);

  /**
   * Computes the output as {@link #forward}, and tells the device's observer which layer that is,
   * as PyTorch's {@code __call__} runs hooks.
   *
   * <p>Layers that are made of others call them so; what is called by {@code forward} is counted
   * with the layer around it, or with that of the last parameter that was used.
   */
  public final Tensor call(Tensor x) {
    DeviceObserver observer = x.device().observer();
    if (observer == null) {
      return forward(x);
    }
    observer.entered(this);
    try {
      Tensor y = forward(x);
      observer.output(this, y);
      return y;
    } finally {
      observer.left(this);
    }
  }

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
