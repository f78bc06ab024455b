package io.cortado.backend.spec;

import io.cortado.Shape;
import java.util.List;

/**
 * A reordering of axes: axis i of the output is axis {@code axes[i]} of the input.
 *
 * @param in the shape of the input
 * @param axes a permutation of the input's axes
 */
public record PermuteSpec(Shape in, List<Integer> axes) {

  /** Copies the list. */
  public PermuteSpec {
    axes = List.copyOf(axes);
  }

  /** Returns the shape of the output. */
  public Shape out() {
    int[] d = new int[axes.size()];
    for (int i = 0; i < d.length; i++) {
      d[i] = in.dim(axes.get(i));
    }
    return Shape.of(d);
  }
}
