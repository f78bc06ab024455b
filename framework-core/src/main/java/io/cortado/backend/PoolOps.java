package io.cortado.backend;

import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/** Poolings over the rows and columns of pictures, and their gradients. */
public interface PoolOps {

  /**
   * Returns how many int32 elements a pooling keeps between its forward and backward pass: those of
   * the output for a maximum, which tell where it was found; 0 for none.
   */
  long poolReserveSize(PoolSpec spec);

  /**
   * Computes a pooling.
   *
   * @param reserve of {@link #poolReserveSize} elements, which receives the place {@code row * w +
   *     column} of each maximum within its channel; null where there is none, or no backward pass
   *     will follow
   */
  void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve);

  /** Computes a pooling's gradient; x, y and reserve are the forward pass's. */
  void poolBackward(
      PoolSpec spec,
      Buffer x,
      Buffer y,
      @Nullable Buffer reserve,
      Buffer dy,
      float beta,
      Buffer dx);
}
