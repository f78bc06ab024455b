package io.cortado.autograd;

import io.cortado.Tensor;
import io.cortado.backend.Buffer;

/**
 * The gradients as one backward function sees them.
 *
 * <p>The usual form is {@code if (g.needs(x)) backend.someBackward(..., g.upstream(), g.beta(x),
 * g.of(x))}. Java evaluates arguments from the left, so {@code beta} is read before {@code of}
 * marks the gradient as written; every method of the seam has them in this order.
 */
public interface Gradients {

  /** Returns the gradient of the operation's output; the function may overwrite it. */
  Buffer upstream();

  /** Says whether the upstream gradient is the number 1 with which a backward pass starts. */
  boolean isUnit();

  /** Says whether a gradient of this input is wanted. */
  boolean needs(Tensor input);

  /**
   * Returns 0 if nothing has been written to the input's gradient yet, else 1: what the seam calls
   * beta.
   */
  float beta(Tensor input);

  /** Returns where to write the input's gradient, and takes it as written from now on. */
  Buffer of(Tensor input);

  /**
   * Returns {@link #beta}, or 1 where the input's gradient is known to be 0 as {@link #ofRows}
   * needs it.
   */
  float betaOfRows(Tensor input);

  /**
   * Returns where to add to some rows of the input's gradient, and takes these as written; all
   * others have to be left as they are, or made 0 where {@link #betaOfRows} is.
   *
   * @param input a table, {@code [rows, width]}
   * @param numbers the rows' numbers, int32, in any order and more than once
   * @see io.cortado.GradientRows
   */
  Buffer ofRows(Tensor input, Tensor numbers);

  /**
   * Gives a buffer, made by {@link io.cortado.Scope#scratch}, that holds the input's gradient or a
   * part of it.
   *
   * <p>It becomes the gradient itself where there is none yet; else it is added and freed. Not to
   * be used afterwards.
   */
  void give(Tensor input, Buffer gradient);

  /**
   * Gives the upstream gradient on as the input's, without a copy where possible; the last thing a
   * function does with it.
   */
  void pass(Tensor input);
}
