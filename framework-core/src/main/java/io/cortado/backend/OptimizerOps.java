package io.cortado.backend;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import org.jspecify.annotations.Nullable;

/** Steps of optimizers, in place, and the norms of gradients. */
public interface OptimizerOps extends MemoryOps {

  /**
   * Adds 1 to a number that is kept in device memory.
   *
   * @param counter int32: the low and the high word
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   */
  void advance(Buffer counter, @Nullable Buffer skip);

  /**
   * Takes a step of stochastic gradient descent in place.
   *
   * @param hyper the numbers that change, in device memory, at {@link SgdSpec}'s indices
   * @param step int32: the low and the high word of this step's number, from 1; at the first the
   *     momentum buffer may hold anything. Null where there is no momentum
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   * @param momentum the direction so far; null where {@link SgdSpec#momentum()} is 0
   */
  void sgd(
      SgdSpec spec,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum);

  /**
   * Takes a step of Adam or AdamW in place.
   *
   * @param hyper the numbers that change, in device memory, at {@link AdamSpec}'s indices
   * @param step int32: the low and the high word of this step's number, from 1
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   * @param m the first moment
   * @param v the second moment
   */
  void adam(
      AdamSpec spec,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v);

  /**
   * Scales x so that its Euclidean norm is at most {@code maxNorm}: {@code x *= min(1, maxNorm /
   * (norm + 1e-6))}.
   *
   * <p>A norm that is NaN makes all of x NaN but its zeros, which stay: the gaps between gradients
   * are such, and nothing would ever make them 0 again.
   *
   * @param norm receives the norm before, one number
   */
  void clipNorm(long n, float maxNorm, Buffer x, Buffer norm);

  /**
   * Writes the Euclidean norm of n elements, {@code sqrt(sum of x^2)}, and leaves them as they are;
   * infinite or NaN where one of them is.
   *
   * @param norm receives one number
   */
  default void vectorNorm(long n, Buffer x, Buffer norm) {
    FusedDefaults.vectorNorm(this, n, x, norm);
  }
}
