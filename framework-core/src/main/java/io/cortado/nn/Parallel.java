package io.cortado.nn;

import io.cortado.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Layers that all get the same input, and whose outputs are joined or added up.
 *
 * <p>Its parts are named "0", "1" and so on.
 *
 * @see <a href="https://arxiv.org/abs/1409.4842">Szegedy et al., "Going Deeper with Convolutions"
 *     (2014)</a>
 */
public final class Parallel extends Layer {

  private final List<Layer> layers;
  private final @Nullable Integer axis; // null for the sum

  private Parallel(@Nullable Integer axis, Layer... layers) {
    if (layers.length == 0) {
      throw new IllegalArgumentException("parallel: no layers; give at least one");
    }
    this.axis = axis;
    this.layers = List.of(layers);
    for (int i = 0; i < layers.length; i++) {
      child(Integer.toString(i), layers[i]);
    }
  }

  /**
   * Joins outputs along an axis.
   *
   * @throws IllegalArgumentException if there is no layer
   */
  public static Parallel concat(int axis, Layer... layers) {
    return new Parallel(axis, layers);
  }

  /**
   * Adds outputs up.
   *
   * @throws IllegalArgumentException if there is no layer
   */
  public static Parallel sum(Layer... layers) {
    return new Parallel(null, layers);
  }

  /** Returns its parts. */
  public List<Layer> layers() {
    return layers;
  }

  /** Returns the axis that outputs are joined along; none if they are added up. */
  public OptionalInt axis() {
    return axis == null ? OptionalInt.empty() : OptionalInt.of(axis);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor[] outputs = layers.stream().map(l -> l.call(x)).toArray(Tensor[]::new);
    return axis == null
        ? Arrays.stream(outputs).reduce(Tensor::add).orElseThrow()
        : Tensor.concat(axis, outputs);
  }

  @Override
  public String toString() {
    return "Parallel(" + (axis == null ? "sum" : "axis " + axis) + ", " + layers + ")";
  }
}
