package io.cortado.nn;

import io.cortado.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A layer with a way around it: {@code y = x + body(x)}, or {@code y = shortcut(x) + body(x)}.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al., "Deep Residual Learning for Image
 *     Recognition" (2015)</a>
 */
public final class Residual extends Layer {

  private final Layer body;
  private final @Nullable Layer shortcut;

  /** Makes a block whose input goes around the body as it is. */
  public Residual(Layer body) {
    this(body, null);
  }

  /**
   * Makes a block.
   *
   * @param shortcut what brings the input to the shape of the body's output; null for nothing
   */
  public Residual(Layer body, @Nullable Layer shortcut) {
    this.body = child("body", body);
    this.shortcut = shortcut == null ? null : child("shortcut", shortcut);
  }

  /**
   * Computes the sum.
   *
   * @throws IllegalArgumentException if the two ways give different shapes
   */
  @Override
  public Tensor forward(Tensor x) {
    Tensor around = shortcut == null ? x : shortcut.call(x);
    Tensor through = body.call(x);
    if (!around.shape().equals(through.shape())) {
      throw new IllegalArgumentException(
          "residual: the body makes %s of %s, the way around it %s; give a shortcut that makes the body's shape"
              .formatted(through.shape(), x.shape(), around.shape()));
    }
    return around.add(through);
  }

  @Override
  public String toString() {
    return "Residual(" + body + (shortcut == null ? ")" : ", shortcut " + shortcut + ")");
  }
}
