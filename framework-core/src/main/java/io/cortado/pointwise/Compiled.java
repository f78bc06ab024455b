package io.cortado.pointwise;

import io.cortado.backend.spec.PointwiseProgram;

/**
 * A program and the values of its parameters.
 *
 * @param program what is computed
 * @param parameters the numbers that were written into the formula; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Compiled(PointwiseProgram program, float[] parameters) {}
