package io.cortado.nn;

import io.cortado.Device;
import io.cortado.Tensor;
import java.util.List;

/**
 * Layers one after another.
 *
 * <p>An activation that follows a linear or convolutional layer is applied while that layer's
 * output is still in the cache, where its gradient allows.
 */
public final class Sequential extends Layer {

  private final Layer[] layers;

  /** Makes a chain; its parts are named "0", "1" and so on, as PyTorch's. */
  public Sequential(Layer... layers) {
    this.layers = layers.clone();
    for (int i = 0; i < layers.length; i++) {
      child(Integer.toString(i), layers[i]);
    }
  }

  /** Returns the layers. */
  public List<Layer> layers() {
    return List.of(layers);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < layers.length; i++) {
      if (i + 1 < layers.length && layers[i + 1] instanceof Activation) {
        y = FusableLayer.forward(layers[i], layers[i + 1], y);
        i++;
      } else {
        y = layers[i].call(y);
      }
    }
    return y;
  }

  @Override
  public Sequential init(Device device, long seed) {
    super.init(device, seed);
    return this;
  }

  @Override
  public Sequential train() {
    super.train();
    return this;
  }

  @Override
  public Sequential eval() {
    super.eval();
    return this;
  }

  /** Returns one line for each layer, with its parameters. */
  @Override
  public String toString() {
    return Summary.withoutShapes(this).toString();
  }
}
