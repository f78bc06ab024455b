/**
 * Functions of numbers that run in one pass over memory, with their gradients by themselves.
 *
 * <p>{@link io.cortado.pointwise.Pointwise} is such a function of tensors, written as an {@link
 * io.cortado.pointwise.Expr expression} that looks like the formula. The gradient is derived from
 * the expression, and both become {@linkplain io.cortado.backend.spec.PointwiseProgram programs}
 * that the CPU runs block by block in its cache and the GPU as one generated kernel each.
 */
@NullMarked
package io.cortado.pointwise;

import org.jspecify.annotations.NullMarked;
