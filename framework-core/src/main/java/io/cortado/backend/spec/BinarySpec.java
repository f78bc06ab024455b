package io.cortado.backend.spec;

import io.cortado.Shape;

/**
 * A binary operation with broadcasting.
 *
 * <p>Shapes are aligned at their last axes, as in NumPy and PyTorch: an axis that is missing or has
 * extent 1 is repeated.
 *
 * @param op the function
 * @param a the shape of the first operand
 * @param b the shape of the second
 * @param out a shape that both broadcast to; it may be larger than both, as where a sum's gradient
 *     is repeated
 */
public record BinarySpec(BinaryOp op, Shape a, Shape b, Shape out) {}
