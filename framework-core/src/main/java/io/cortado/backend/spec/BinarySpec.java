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
 * @param out the shape that both broadcast to
 */
public record BinarySpec(BinaryOp op, Shape a, Shape b, Shape out) {}
